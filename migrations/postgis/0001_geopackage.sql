-- What gpkg_spatial_ref_sys and gpkg_geometry_columns are to a GeoPackage, PostGIS has by itself. It must
-- know the reference system of every stored geometry: EPSG:4490, CGCS2000 longitude and latitude.
do $$
begin
  if not exists (select from spatial_ref_sys where srid = 4490) then
    raise exception 'spatial_ref_sys lacks EPSG:4490 (CGCS2000)';
  end if;
end
$$;
