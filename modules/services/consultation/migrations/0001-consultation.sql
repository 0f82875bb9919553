create table consultation_setting (
  only_row boolean primary key default true check (only_row),
  repeats integer not null check (repeats between 2 and 20),
  days integer not null check (days between 1 and 365),
  metres integer not null check (metres between 0 and 5000),
  changed_at timestamptz,
  changed_by bigint
);
comment on table consultation_setting is 'When repeats become an alert (会商预警阈值); one row';
comment on column consultation_setting.only_row is 'The one row';
comment on column consultation_setting.repeats is 'So many reports of a class at a place (件), 待核实';
comment on column consultation_setting.days is 'Within so many calendar days (自然日), 待核实';
comment on column consultation_setting.metres is 'What counts as the same place besides the same village (米), 待核实';
comment on column consultation_setting.changed_at is 'Last change';
comment on column consultation_setting.changed_by is 'Account that changed it';
insert into consultation_setting (repeats, days, metres) values (3, 30, 200);

create table consultation_repeat (
  report_case_id bigint primary key,
  consultation_case_id bigint not null,
  class_code text not null,
  added_at timestamptz not null
);
create index consultation_repeat_of on consultation_repeat (consultation_case_id, report_case_id);
comment on table consultation_repeat is 'Reports that a consultation is about (重复件); a report counts once';
comment on column consultation_repeat.report_case_id is 'Report';
comment on column consultation_repeat.consultation_case_id is 'Consultation';
comment on column consultation_repeat.class_code is 'Class that they share';
comment on column consultation_repeat.added_at is 'When it was counted';
