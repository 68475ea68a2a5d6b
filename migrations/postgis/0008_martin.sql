-- Tiles by a tile server of others, such as martin: the drawings of the newest revision, and a function that
-- cuts them. Nothing here is truth: it is drawn from the units, and may be thrown away and drawn again.

-- Which revision the drawings show. Without a row none are kept.
create table drawing (
  one boolean not null default true,        -- always true: there is one row, or none
  revision bigint,                          -- what is drawn, all of it; null: not drawn yet
  render bigint,                            -- in which way, as counted by the program; null: not drawn yet
  drawn_at timestamptz,                     -- when it was drawn; null: not drawn yet
  constraint pk_drawing primary key (one),
  constraint ck_drawing_one check (one),
  constraint ck_drawing_whole check ((revision is null) = (render is null) and (revision is null) = (drawn_at is null)),
  constraint fk_drawing_revision foreign key (revision) references revision (number)
);

-- What is seen at each zoom: the ground of units, the borders between them, the places of their names. Counted
-- in tile units of the zoom's world, 4096 to a tile: x from 180° W to the east, y from the northern end to the
-- south. The words of a unit are not repeated here; they are those of its version in the drawing's revision.
create table drawn (
  zoom smallint not null,                   -- from 4 to 16
  digest bytea not null,                    -- 16 bytes of SHA-256 over all the rest: equal things are one row
  kind text not null,                       -- ground, border or label
  layer text not null,                      -- the layer
  level text not null,                      -- the level of the unit, or of the border
  unit bigint,                              -- whose ground or label; null for a border
  left_unit bigint,                         -- of a border: the unit on its left; null is the outside
  right_unit bigint,                        -- of a border: the unit on its right; null is the outside
  tint smallint,                            -- of ground: its tint, from 0 to 3; null where there are none
  rank smallint,                            -- of a label: 0 is the most important of its level
  bounds box not null,                      -- the box around the shape
  shape bytea not null,                     -- TWKB without decimals: multipolygon, line or point
  constraint pk_drawn primary key (zoom, digest),
  constraint fk_drawn_layer foreign key (layer) references layer (name),
  constraint ck_drawn_digest check (length(digest) = 16),
  constraint ck_drawn_kind check (kind in ('ground', 'border', 'label')),
  constraint ck_drawn_unit check ((kind = 'border') = (unit is null))
);
-- One for all zooms: the world of a zoom is twice as wide as the one before, so that a city lies elsewhere in it.
create index ix_drawn_bounds on drawn using gist (bounds);

-- Made as text, because it names the schema that PostGIS lies in, and the one that this one will be called.
do $do$
begin
  execute format($make$
create function wangge_tile(z integer, x integer, y integer, query json default null)
returns bytea
language plpgsql
stable
parallel safe
security definer
set search_path = wangge, %I, pg_temp
as $body$
declare
  shown bigint;
  west constant double precision := x * 4096.0;
  north constant double precision := y * 4096.0;
  -- 64 units over each side, so that no line ends on a seam.
  around constant box := box(point(west - 64, north - 64), point(west + 4160, north + 4160));
  here constant box2d := st_makebox2d(st_point(-64, -64), st_point(4160, 4160));
  tile bytea;
begin
  select revision into shown from drawing;
  if shown is null then
    raise exception 'no drawings are kept in this store' using hint = 'wangge draw --database … makes them';
  end if;
  if (z between 4 and 16 and x between 0 and (1 << z) - 1 and y between 0 and (1 << z) - 1) is not true then
    return null;
  end if;
  with
    -- All that meets the tile; a label is in the one tile that holds it.
    met as materialized (
      select d.kind, d.level, d.unit, d.left_unit, d.right_unit, d.tint, d.rank, d.layer, d.shape,
        l.position as layer_place, array_position(l.levels, d.level) as level_place,
        st_translate(st_geomfromtwkb(d.shape), -west, -north) as whole,
        d.bounds <@ around as inside
      from drawn d
      join layer l on l.name = d.layer
      where d.zoom = z
        and d.bounds && around
        and (d.kind <> 'label'
          or (d.bounds[0])[0] >= west and (d.bounds[0])[0] < west + 4096
            and (d.bounds[0])[1] >= north and (d.bounds[0])[1] < north + 4096)
    ),
    ground as (
      select m.layer_place, m.level_place, m.level, m.tint, m.unit,
        case
          when m.inside then m.whole
          else (
            select st_collect(st_forcepolygonccw(part.geom))
            from st_dump(st_snaptogrid(st_clipbybox2d(m.whole, here), 1)) as part
            where st_dimension(part.geom) = 2 and st_area(part.geom) > 0
          )
        end as geom
      from met m
      where m.kind = 'ground'
    ),
    border as (
      select m.layer_place, m.level_place, m.layer, m.level, m.left_unit, m.right_unit, m.shape,
        case
          when m.inside then m.whole
          else (
            select st_collect(part.geom)
            from st_dump(st_snaptogrid(st_clipbybox2d(m.whole, here), 1)) as part
            where st_dimension(part.geom) = 1
          )
        end as geom
      from met m
      where m.kind = 'border'
    ),
    -- A unit as it was in the revision that is drawn, whatever was published since.
    word as materialized (
      select v.unit, v.code, v.name, v.parent
      from unit_version v
      where v.unit in (select m.unit from met m where m.kind <> 'border')
        and v.rev_from <= shown
        and (v.rev_to is null or v.rev_to > shown)
    ),
    part as (
      select 1 as part, g.layer_place, g.level_place,
        st_asmvt(feature, g.level, 4096, 'geom', 'id' order by feature.id) as bytes
      from ground g
      join word w on w.unit = g.unit
      cross join lateral (
        select g.unit as id, w.code, w.name, (
            select p.code
            from unit_version p
            where p.unit = w.parent and p.rev_from <= shown and (p.rev_to is null or p.rev_to > shown)
          ) as parent, g.tint, g.geom
      ) as feature
      where g.geom is not null
      group by g.layer_place, g.level_place, g.level
      union all
      select 2, 0, 0,
        st_asmvt(feature, 'border', 4096, 'geom'
          order by b.layer_place, b.level_place, b.left_unit nulls first, b.right_unit nulls first, b.shape)
      from border b
      cross join lateral (
        select b.layer, b.level,
          case when z >= 12 then b.left_unit end as "left",
          case when z >= 12 then b.right_unit end as "right",
          b.geom
      ) as feature
      where b.geom is not null
      union all
      select 3, m.layer_place, m.level_place,
        st_asmvt(feature, m.level || '_label', 4096, 'geom', 'id' order by feature.rank, feature.id)
      from met m
      join word w on w.unit = m.unit
      cross join lateral (
        select m.unit as id, w.code, w.name, m.rank, m.whole as geom
      ) as feature
      where m.kind = 'label'
      group by m.layer_place, m.level_place, m.level
    )
  select string_agg(p.bytes, ''::bytea order by p.part, p.layer_place, p.level_place) into tile from part p;
  return tile;
end
$body$
$make$, (
    select n.nspname
    from pg_extension e
    join pg_namespace n on n.oid = e.extnamespace
    where e.extname = 'postgis'
  ));
end
$do$;

-- What martin puts into its TileJSON.
comment on function wangge_tile(integer, integer, integer, json) is '{
  "name": "grid",
  "minzoom": 4,
  "maxzoom": 16,
  "vector_layers": [
    {"id": "county", "minzoom": 4, "maxzoom": 16, "fields": {"code": "String", "name": "String", "parent": "String", "tint": "Number"}},
    {"id": "township", "minzoom": 7, "maxzoom": 16, "fields": {"code": "String", "name": "String", "parent": "String", "tint": "Number"}},
    {"id": "village", "minzoom": 9, "maxzoom": 16, "fields": {"code": "String", "name": "String", "parent": "String", "tint": "Number"}},
    {"id": "grid", "minzoom": 11, "maxzoom": 16, "fields": {"code": "String", "name": "String", "parent": "String"}},
    {"id": "water", "minzoom": 7, "maxzoom": 16, "fields": {"code": "String", "name": "String", "parent": "String"}},
    {"id": "station", "minzoom": 9, "maxzoom": 16, "fields": {"code": "String", "name": "String", "parent": "String"}},
    {"id": "police", "minzoom": 11, "maxzoom": 16, "fields": {"code": "String", "name": "String", "parent": "String"}},
    {"id": "border", "minzoom": 4, "maxzoom": 16, "fields": {"layer": "String", "level": "String", "left": "Number", "right": "Number"}},
    {"id": "county_label", "minzoom": 4, "maxzoom": 16, "fields": {"code": "String", "name": "String", "rank": "Number"}},
    {"id": "township_label", "minzoom": 8, "maxzoom": 16, "fields": {"code": "String", "name": "String", "rank": "Number"}},
    {"id": "village_label", "minzoom": 10, "maxzoom": 16, "fields": {"code": "String", "name": "String", "rank": "Number"}},
    {"id": "grid_label", "minzoom": 13, "maxzoom": 16, "fields": {"code": "String", "name": "String", "rank": "Number"}},
    {"id": "water_label", "minzoom": 12, "maxzoom": 16, "fields": {"code": "String", "name": "String", "rank": "Number"}},
    {"id": "station_label", "minzoom": 9, "maxzoom": 16, "fields": {"code": "String", "name": "String", "rank": "Number"}},
    {"id": "police_label", "minzoom": 12, "maxzoom": 16, "fields": {"code": "String", "name": "String", "rank": "Number"}}
  ]
}';
