-- Which migrations made this schema, and which program applied them. Read before anything else: a store of
-- a newer program is refused, an older one is brought forward. All names are unqualified: the tables lie in
-- the first schema of the search path, which is wangge, or wangge_partial while a store is being built.
create table wangge_schema (
  version bigint not null,                  -- the migration's number
  name text not null,                       -- its name
  written_by text not null,                 -- the version of wangge that applied it
  applied_at timestamptz not null           -- when
    default now(),
  constraint pk_wangge_schema primary key (version)
);
