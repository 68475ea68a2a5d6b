-- The tables that make a SQLite file a GeoPackage 1.3 (OGC 12-128r17). The store file and every exported
-- GeoPackage start with them. Their names and columns are the standard's.

-- Reference systems that geometries may name. EPSG:4490 (CGCS2000) and EPSG:4326 (WGS 84) are taken as
-- equal by wangge; the axis order of a GeoPackage is always east, north.
create table gpkg_spatial_ref_sys (
  srs_name text not null,                   -- what people call it
  srs_id integer not null primary key,      -- the number that geometries carry
  organization text not null,               -- who defined it: EPSG, NONE
  organization_coordsys_id integer not null,-- its number there
  definition text not null,                 -- well-known text, or 'undefined'
  description text                          -- a note for people
);

insert into gpkg_spatial_ref_sys
  (srs_name, srs_id, organization, organization_coordsys_id, definition, description)
values
  ('Undefined Cartesian', -1, 'NONE', -1, 'undefined', 'undefined Cartesian coordinate reference system'),
  ('Undefined geographic', 0, 'NONE', 0, 'undefined', 'undefined geographic coordinate reference system'),
  ('WGS 84', 4326, 'EPSG', 4326,
   'GEOGCS["WGS 84",DATUM["WGS_1984",SPHEROID["WGS 84",6378137,298.257223563,AUTHORITY["EPSG","7030"]],AUTHORITY["EPSG","6326"]],PRIMEM["Greenwich",0,AUTHORITY["EPSG","8901"]],UNIT["degree",0.0174532925199433,AUTHORITY["EPSG","9122"]],AXIS["Latitude",NORTH],AXIS["Longitude",EAST],AUTHORITY["EPSG","4326"]]',
   'longitude and latitude on the WGS 84 ellipsoid'),
  ('China Geodetic Coordinate System 2000', 4490, 'EPSG', 4490,
   'GEOGCS["China Geodetic Coordinate System 2000",DATUM["China_2000",SPHEROID["CGCS2000",6378137,298.257222101,AUTHORITY["EPSG","1024"]],AUTHORITY["EPSG","1043"]],PRIMEM["Greenwich",0,AUTHORITY["EPSG","8901"]],UNIT["degree",0.0174532925199433,AUTHORITY["EPSG","9122"]],AXIS["Latitude",NORTH],AXIS["Longitude",EAST],AUTHORITY["EPSG","4490"]]',
   'longitude and latitude on the CGCS2000 ellipsoid');

-- What the file holds, a row per table that other programs may read.
create table gpkg_contents (
  table_name text not null primary key,     -- the table
  data_type text not null,                  -- features or attributes
  identifier text unique,                   -- a short name for people
  description text default '',              -- a longer one
  last_change datetime not null default (strftime('%Y-%m-%dT%H:%M:%fZ', 'now')), -- RFC 3339, UTC
  min_x double,                             -- west of everything, in the table's reference system
  min_y double,                             -- south
  max_x double,                             -- east
  max_y double,                             -- north
  srs_id integer,                           -- the table's reference system
  constraint fk_gc_r_srs_id foreign key (srs_id) references gpkg_spatial_ref_sys (srs_id)
);

-- The geometry column of each feature table.
create table gpkg_geometry_columns (
  table_name text not null,                 -- the table
  column_name text not null,                -- its geometry column
  geometry_type_name text not null,         -- MULTIPOLYGON, POINT …
  srs_id integer not null,                  -- the reference system of its geometries
  z tinyint not null,                       -- 0: no heights
  m tinyint not null,                       -- 0: no measures
  constraint pk_geom_cols primary key (table_name, column_name),
  constraint uk_gc_table_name unique (table_name),
  constraint fk_gc_tn foreign key (table_name) references gpkg_contents (table_name),
  constraint fk_gc_srs foreign key (srs_id) references gpkg_spatial_ref_sys (srs_id)
);
