alter table calendar_office_hours add column valid_from date not null default '2000-01-01';
alter table calendar_office_hours alter column valid_from drop default;
alter table calendar_office_hours drop constraint calendar_office_hours_pkey;
alter table calendar_office_hours add primary key (valid_from, seq);
comment on column calendar_office_hours.valid_from is 'Holds from this day up to the next day that has hours of its own (生效日期)';

alter table calendar_day add column basis text;
comment on column calendar_day.basis is 'Document behind a local day (依据文件)';

create table calendar_change (
  id bigint generated always as identity primary key,
  at timestamptz not null,
  account_id bigint,
  subject_kind text not null check (subject_kind in ('day', 'hours', 'year')),
  subject text not null,
  before jsonb,
  after jsonb,
  basis text,
  undoes bigint unique references calendar_change (id)
);
comment on table calendar_change is 'Append-only: what was changed in the working calendar, by whom, and what it was before (工作日历变更记录)';
comment on column calendar_change.id is 'Identity';
comment on column calendar_change.at is 'When';
comment on column calendar_change.account_id is 'Who; null for the system';
comment on column calendar_change.subject_kind is 'day: a local day (本级调整); hours: office hours from a day on (办公时间); year: a holiday notice (放假安排)';
comment on column calendar_change.subject is 'The date, the day the hours begin, or the year';
comment on column calendar_change.before is 'State before; null where there was none';
comment on column calendar_change.after is 'State afterwards; null where nothing is left';
comment on column calendar_change.basis is 'Document or reason (依据)';
comment on column calendar_change.undoes is 'Change that this one takes back (撤销)';
