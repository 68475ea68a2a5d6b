-- The stored truth: revisions, layers, units and their versions. A row of a version holds for the
-- revisions from rev_from (included) to rev_to (excluded); rev_to null means that it still holds.

-- A published state. The chain is linear: each revision has one predecessor and at most one successor.
create table revision (
  number integer not null,                  -- 1 for the first import, then one more with each publish
  prev integer,                             -- the revision before; null for the first
  effective_from text not null,             -- RFC 3339 with microseconds, UTC; when it took effect
  state_hash blob not null,                 -- SHA-256 over the whole state, 32 bytes
  note text,                                -- shown with everything drawn from it, e.g. that it is demo data
  attributes text not null default '{}',    -- JSON object: document number, legal date …
  constraint pk_revision primary key (number),
  constraint fk_revision_prev foreign key (prev) references revision (number),
  constraint uk_revision_prev unique (prev),
  constraint ck_revision_number check (number = coalesce(prev, 0) + 1),
  constraint ck_revision_state_hash check (length(state_hash) = 32)
);

-- A coverage: land 网格, water 水域网格, police 警格.
create table layer (
  name text not null,                       -- the name in routes, JSON and everywhere else
  title text not null,                      -- what Chinese readers call it
  levels text not null,                     -- JSON list of level names, top to bottom; the last has the geometry
  outline text not null,                    -- own: bounded by rows of outline; of: by another layer's; none
  outline_of text,                          -- the other layer, when outline is 'of'
  position integer not null,                -- the order in which layers are drawn and listed
  constraint pk_layer primary key (name),
  constraint ck_layer_outline check (outline in ('own', 'of', 'none')),
  constraint ck_layer_outline_of check ((outline = 'of') = (outline_of is not null))
);

-- What bounds a gap-free layer; a face inside it without a unit is a gap.
create table outline (
  fid integer not null,                     -- a number for other programs; means nothing
  layer text not null,                      -- whose outline
  rev_from integer not null,                -- the first revision in which it holds
  rev_to integer,                           -- the first in which it no longer does; null: still holds
  geom multipolygon not null,               -- GeoPackage blob with envelope, srs 4490, lattice integers / 1e7
  constraint pk_outline primary key (fid autoincrement),
  constraint fk_outline_layer foreign key (layer) references layer (name),
  constraint fk_outline_rev_from foreign key (rev_from) references revision (number),
  constraint fk_outline_rev_to foreign key (rev_to) references revision (number),
  constraint ck_outline_span check (rev_to > rev_from)
);
create unique index uk_outline_now on outline (layer) where rev_to is null;

-- Every unit that ever was. The id is immutable and never given to another unit.
create table unit (
  id integer not null,                      -- positive, below 2^53
  layer text not null,                      -- the layer that it belongs to, for ever
  constraint pk_unit primary key (id),
  constraint fk_unit_layer foreign key (layer) references layer (name),
  constraint ck_unit_id check (id between 1 and 9007199254740991)
);

-- What a unit was over a span of revisions: one row per version.
create table unit_version (
  fid integer not null,                     -- a number for other programs; means nothing
  unit integer not null,                    -- whose version
  rev_from integer not null,                -- the first revision in which it holds
  rev_to integer,                           -- the first in which it no longer does; null: still holds
  layer text not null,                      -- the unit's layer, repeated to make codes unique in it
  level text not null,                      -- the level's name in its layer
  code text not null,                       -- public code, unique among the layer's current units
  name text not null,                       -- as shown
  parent integer,                           -- the unit one level up; null at the top
  attributes text not null default '{}',    -- JSON object of everything else, in the order it came
  geom multipolygon,                        -- grids only: GeoPackage blob with envelope, srs 4490, lattice integers / 1e7
  constraint pk_unit_version primary key (fid autoincrement),
  constraint fk_unit_version_unit foreign key (unit) references unit (id),
  constraint fk_unit_version_parent foreign key (parent) references unit (id),
  constraint fk_unit_version_layer foreign key (layer) references layer (name),
  constraint fk_unit_version_rev_from foreign key (rev_from) references revision (number),
  constraint fk_unit_version_rev_to foreign key (rev_to) references revision (number),
  constraint ck_unit_version_span check (rev_to > rev_from),
  constraint uk_unit_version unique (unit, rev_from)
);
create unique index uk_unit_version_unit_now on unit_version (unit) where rev_to is null;
create unique index uk_unit_version_code_now on unit_version (layer, code) where rev_to is null;

insert into gpkg_contents
  (table_name, data_type, identifier, description, srs_id)
values
  ('outline', 'features', 'outline', 'outlines of the gap-free layers, by revision', 4490),
  ('unit_version', 'features', 'unit_version', 'versions of units; geometry at the lowest level only', 4490);

insert into gpkg_geometry_columns
  (table_name, column_name, geometry_type_name, srs_id, z, m)
values
  ('outline', 'geom', 'MULTIPOLYGON', 4490, 0, 0),
  ('unit_version', 'geom', 'MULTIPOLYGON', 4490, 0, 0);
