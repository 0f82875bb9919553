create table area_division (
  code text primary key check (code ~ '^[0-9]{6}([0-9]{3}){0,3}$'),
  parent_code text references area_division (code),
  level smallint not null check (level in (6, 9, 12, 15)),
  name text not null,
  short_name text not null,
  center point,
  illustrative boolean not null default false,
  retired_at timestamptz
);
comment on table area_division is 'Division tree (行政区划): county, towns, villages, grids; codes are retired, never reused';
comment on column area_division.code is '6 county, 9 town (镇街), 12 village (村社区), 15 grid (网格)';
comment on column area_division.parent_code is 'The division it lies in';
comment on column area_division.level is 'Length of the code';
comment on column area_division.name is 'Full name';
comment on column area_division.short_name is 'Name in lists';
comment on column area_division.center is 'Point for the map, longitude and latitude (GCJ-02)';
comment on column area_division.illustrative is 'The point is 示意, not surveyed';
comment on column area_division.retired_at is 'Set when the division was abolished';
create index area_division_parent on area_division (parent_code);
