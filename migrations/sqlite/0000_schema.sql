-- Which migrations made this file, and which program applied them. Read before anything else: a file from
-- a newer program is refused, an older one is backed up and brought forward.
create table wangge_schema (
  version integer not null,                 -- the migration's number
  name text not null,                       -- its name
  written_by text not null,                 -- the version of wangge that applied it
  applied_at text not null                  -- RFC 3339, UTC
    default (strftime('%Y-%m-%dT%H:%M:%fZ', 'now')),
  constraint pk_wangge_schema primary key (version)
);
