create table grid_village (
  code text primary key references area_division (code) check (code ~ '^[0-9]{12}$'),
  shape jsonb not null,
  area integer not null,
  illustrative boolean not null,
  source text not null
);
comment on table grid_village is 'Land of villages and communities (村社区界线), which their grids cover without gap and overlap';
comment on column grid_village.code is 'Village (村社区), 12 digits';
comment on column grid_village.shape is 'GeoJSON Polygon or MultiPolygon, GCJ-02, six decimals';
comment on column grid_village.area is 'Square metres';
comment on column grid_village.illustrative is 'Drawn for demonstration (示意), not surveyed';
comment on column grid_village.source is 'Where the border comes from';

create table grid_grid (
  code text primary key check (code ~ '^[0-9]{15}([0-9]{2})?$'),
  division_code text not null references area_division (code),
  kind text not null check (kind in ('general', 'dedicated', 'micro')),
  name text,
  place text check (place in ('building', 'market', 'park', 'school', 'hospital', 'other')),
  households integer check (households >= 0),
  people integer check (people >= 0),
  keeper_id bigint references auth_account (id),
  shape jsonb,
  area integer,
  illustrative boolean not null default false,
  since date not null,
  retired_on date,
  retired_reason text,
  settled_at timestamptz,
  version integer not null default 1,
  check (division_code = left(code, 15)),
  check ((kind = 'micro') = (length(code) = 17)),
  check ((kind = 'micro') = (name is not null)),
  check ((shape is null) = (area is null))
);
comment on table grid_grid is 'What a grid (网格) is beyond its division: kind, figures, shape; micro grids (微网格) stand only here. Retired, never deleted';
comment on column grid_grid.code is '15 digits as in area_division; micro grids two more. Never reused';
comment on column grid_grid.division_code is 'The grid as a division; of a micro grid, the grid it is part of';
comment on column grid_grid.kind is 'general 综合网格, dedicated 专属网格, micro 微网格';
comment on column grid_grid.name is 'Only of micro grids; of others it stands in area_division';
comment on column grid_grid.place is 'Kind of place of a dedicated grid: 楼宇, 市场, 园区, 学校, 医院, 其他';
comment on column grid_grid.households is 'Households (户数)';
comment on column grid_grid.people is 'People (人数)';
comment on column grid_grid.keeper_id is 'Who looks after a micro grid (微网格责任人): one of its grid''s workers';
comment on column grid_grid.shape is 'GeoJSON Polygon or MultiPolygon, GCJ-02, six decimals; null = not drawn yet';
comment on column grid_grid.area is 'Square metres';
comment on column grid_grid.illustrative is 'Shape and figures are 示意, not surveyed';
comment on column grid_grid.since is 'In force from this day';
comment on column grid_grid.retired_on is 'Day on which it was split or merged away';
comment on column grid_grid.retired_reason is 'Why it is gone';
comment on column grid_grid.settled_at is 'When its last open cases and posts were moved to its successors';
comment on column grid_grid.version is 'Raised by every change; an editor names the one it saw';
create index grid_grid_division on grid_grid (division_code);

create table grid_change (
  id bigint generated always as identity primary key,
  kind text not null check (kind in ('draw', 'import', 'split', 'merge')),
  state text not null check (state in ('draft', 'checked', 'scheduled', 'published', 'withdrawn')),
  title text not null,
  reason text not null,
  source text,
  illustrative boolean not null default false,
  town_code text,
  village_code text,
  grid_code text,
  line_code text,
  plan jsonb not null,
  retired text[] not null default '{}',
  cases text not null default 'move' check (cases in ('move', 'stay')),
  faults jsonb not null default '[]',
  checked_at timestamptz,
  effective_on date,
  created_by bigint not null references auth_account (id),
  created_at timestamptz not null,
  updated_at timestamptz not null,
  edited_by bigint[] not null,
  published_by bigint references auth_account (id),
  published_at timestamptz,
  applied_at timestamptz,
  note text,
  version integer not null default 1
);
comment on table grid_change is 'Changes of the grids (网格调整): drafted, checked, published with an effective day; what was published stays as it was';
comment on column grid_change.id is 'Identity';
comment on column grid_change.kind is 'draw 绘制与勘界, import 导入, split 拆分, merge 合并';
comment on column grid_change.state is 'draft 草稿, checked 检查通过, scheduled 已发布待生效, published 已生效, withdrawn 已撤回';
comment on column grid_change.title is 'What it is about, in a line';
comment on column grid_change.reason is 'Basis of the change (调整依据)';
comment on column grid_change.source is 'File and datum that were imported';
comment on column grid_change.illustrative is 'The shapes are 示意';
comment on column grid_change.town_code is 'Town in which all of it lies; null = several towns';
comment on column grid_change.village_code is 'Village in which all of it lies; null = several villages';
comment on column grid_change.grid_code is 'Not used: a change is never narrower than its village';
comment on column grid_change.line_code is 'Not used: grids belong to no department line';
comment on column grid_change.plan is 'The grids as they are to be';
comment on column grid_change.retired is 'Codes that go with it';
comment on column grid_change.cases is 'Open cases of the grids that go: move to their successors, or stay until they are closed';
comment on column grid_change.faults is 'What the last check found';
comment on column grid_change.checked_at is 'When it was last checked in the state it has now';
comment on column grid_change.effective_on is 'Day from which it holds (生效日期)';
comment on column grid_change.created_by is 'Who began it';
comment on column grid_change.created_at is 'When';
comment on column grid_change.updated_at is 'Last change of the draft';
comment on column grid_change.edited_by is 'Everybody who drew or imported; none of them publishes';
comment on column grid_change.published_by is 'Who published it';
comment on column grid_change.published_at is 'When it was published';
comment on column grid_change.applied_at is 'When it came into force';
comment on column grid_change.note is 'Why it was withdrawn, or came back from its day of effect';
comment on column grid_change.version is 'Raised by every change; an editor names the one it saw';
create index grid_change_open on grid_change (town_code, id) where state in ('draft', 'checked', 'scheduled');

create table grid_lineage (
  id bigint generated always as identity primary key,
  predecessor text not null references grid_grid (code),
  successor text not null references grid_grid (code),
  kind text not null check (kind in ('split', 'merge')),
  effective_on date not null,
  reason text not null,
  change_id bigint not null references grid_change (id),
  unique (predecessor, successor)
);
comment on table grid_lineage is 'Append-only: which grid became which (网格谱系)';
comment on column grid_lineage.id is 'Identity';
comment on column grid_lineage.predecessor is 'Code of the grid that is gone';
comment on column grid_lineage.successor is 'Code of a grid that took over';
comment on column grid_lineage.kind is 'split 拆分, merge 合并';
comment on column grid_lineage.effective_on is 'Day of the change';
comment on column grid_lineage.reason is 'Basis of the change';
comment on column grid_lineage.change_id is 'The change that did it';
create index grid_lineage_successor on grid_lineage (successor);

create table grid_limit (
  key text primary key check (key in ('min_area', 'min_micro_area', 'sliver')),
  value numeric not null check (value > 0),
  mark text not null
);
comment on table grid_limit is 'Measures of the topology check (拓扑检查口径)';
comment on column grid_limit.key is 'min_area and min_micro_area in square metres; sliver in metres: pieces narrower than this are rounding';
comment on column grid_limit.value is 'The measure';
comment on column grid_limit.mark is 'Where it comes from: D = a proposal, to be set by the county';
