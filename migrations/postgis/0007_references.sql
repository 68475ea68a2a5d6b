-- Lines along which borders may be drawn: roads, rivers, plans. Never part of a coverage, a state or its hash.

-- A set of lines that came from one file.
create table reference (
  name text not null,                       -- what people call it; another of this name takes its place
  source text not null,                     -- the file that it came from
  imported_at timestamptz not null,         -- to the microsecond
  constraint pk_reference primary key (name),
  constraint ck_reference_name check (length(name) between 1 and 64)
);

-- One line of a set.
create table reference_line (
  reference text not null,                  -- the set
  seq bigint not null,                      -- 1 for the first of the file
  name text,                                -- its own name, such as a road's
  geom geometry(LineString, 4490) not null, -- lattice integers / 1e7, exactly
  constraint pk_reference_line primary key (reference, seq),
  constraint fk_reference_line_reference foreign key (reference) references reference (name) on delete cascade,
  constraint ck_reference_line_seq check (seq > 0)
);
