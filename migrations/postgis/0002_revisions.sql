-- The stored truth: revisions, layers, units and their versions. A row of a version holds for the
-- revisions from rev_from (included) to rev_to (excluded); rev_to null means that it still holds.

-- A published state. The chain is linear: each revision has one predecessor and at most one successor.
-- The newest is read off the primary key, so that every node can ask for it each second.
create table revision (
  number bigint not null,                   -- 1 for the first import, then one more with each publish
  prev bigint,                              -- the revision before; null for the first
  effective_from timestamptz not null,      -- to the microsecond; when it took effect
  state_hash bytea not null,                -- SHA-256 over the whole state, 32 bytes
  note text,                                -- shown with everything drawn from it, e.g. that it is demo data
  attributes json not null default '{}',    -- object: document number, legal date …; json keeps the order
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
  levels text[] not null,                   -- level names, top to bottom; the last has the geometry
  outline text not null,                    -- own: bounded by rows of outline; of: by another layer's; none
  outline_of text,                          -- the other layer, when outline is 'of'
  position bigint not null,                 -- the order in which layers are drawn and listed
  constraint pk_layer primary key (name),
  constraint ck_layer_outline check (outline in ('own', 'of', 'none')),
  constraint ck_layer_outline_of check ((outline = 'of') = (outline_of is not null))
);

-- What bounds a gap-free layer; a face inside it without a unit is a gap.
create table outline (
  fid bigint generated always as identity,  -- a number for other programs; means nothing
  layer text not null,                      -- whose outline
  rev_from bigint not null,                 -- the first revision in which it holds
  rev_to bigint,                            -- the first in which it no longer does; null: still holds
  geom geometry(MultiPolygon, 4490) not null, -- lattice integers / 1e7, exactly
  constraint pk_outline primary key (fid),
  constraint fk_outline_layer foreign key (layer) references layer (name),
  constraint fk_outline_rev_from foreign key (rev_from) references revision (number),
  constraint fk_outline_rev_to foreign key (rev_to) references revision (number),
  constraint ck_outline_span check (rev_to > rev_from)
);
create unique index uk_outline_now on outline (layer) where rev_to is null;

-- Every unit that ever was. The id is immutable and never given to another unit.
create table unit (
  id bigint not null,                       -- positive, below 2^53
  layer text not null,                      -- the layer that it belongs to, for ever
  constraint pk_unit primary key (id),
  constraint fk_unit_layer foreign key (layer) references layer (name),
  constraint ck_unit_id check (id between 1 and 9007199254740991)
);

-- What a unit was over a span of revisions: one row per version.
create table unit_version (
  fid bigint generated always as identity,  -- a number for other programs; means nothing
  unit bigint not null,                     -- whose version
  rev_from bigint not null,                 -- the first revision in which it holds
  rev_to bigint,                            -- the first in which it no longer does; null: still holds
  layer text not null,                      -- the unit's layer, repeated to make codes unique in it
  level text not null,                      -- the level's name in its layer
  code text not null,                       -- public code, unique among the layer's current units
  name text not null,                       -- as shown
  parent bigint,                            -- the unit one level up; null at the top
  attributes json not null default '{}',    -- object of everything else; json keeps the order in which it came
  geom geometry(MultiPolygon, 4490),        -- grids only: lattice integers / 1e7, exactly
  constraint pk_unit_version primary key (fid),
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
-- For other programs that look at the map: QGIS, tile servers. wangge itself asks no geometry of the database.
create index ix_unit_version_geom_now on unit_version using gist (geom) where rev_to is null;
