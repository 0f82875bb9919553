create table rollup_delta (
  id bigint generated always as identity primary key,
  definition_key text not null,
  phase text not null,
  state text not null,
  town_code text not null,
  village_code text not null,
  line_code text not null,
  overdue boolean not null,
  amount integer not null
);
comment on table rollup_delta is 'Insert-only changes of case numbers (−1 old place, +1 new place); a number = folded + unfolded in one statement';
comment on column rollup_delta.id is 'Identity';
comment on column rollup_delta.definition_key is 'Flow';
comment on column rollup_delta.phase is 'Official phase';
comment on column rollup_delta.state is 'State';
comment on column rollup_delta.town_code is 'Town, empty where unknown';
comment on column rollup_delta.village_code is 'Village, empty where unknown';
comment on column rollup_delta.line_code is 'Department line, empty where none';
comment on column rollup_delta.overdue is 'Flag as set by timers';
comment on column rollup_delta.amount is 'Change';

create table rollup_count (
  definition_key text not null,
  phase text not null,
  state text not null,
  town_code text not null,
  village_code text not null,
  line_code text not null,
  overdue boolean not null,
  amount bigint not null,
  primary key (definition_key, phase, state, town_code, village_code, line_code, overdue)
);
comment on table rollup_count is 'Folded case numbers';
comment on column rollup_count.definition_key is 'Flow';
comment on column rollup_count.phase is 'Official phase';
comment on column rollup_count.state is 'State';
comment on column rollup_count.town_code is 'Town';
comment on column rollup_count.village_code is 'Village';
comment on column rollup_count.line_code is 'Department line';
comment on column rollup_count.overdue is 'Flag as set by timers';
comment on column rollup_count.amount is 'Cases';
create index rollup_count_town on rollup_count (town_code);
create index rollup_count_village on rollup_count (village_code);
