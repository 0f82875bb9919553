create table calendar_setting (
  only_row boolean primary key default true check (only_row),
  revision bigint not null,
  time_zone text not null,
  utc_offset_minutes smallint not null,
  changed_at timestamptz not null
);
comment on table calendar_setting is 'Working calendar of the county (工作日历): one row; locked first by every change';
comment on column calendar_setting.only_row is 'Keeps the table at one row';
comment on column calendar_setting.revision is 'Counts up with every change of any calendar table, so that cached calendars know when they are stale (版本)';
comment on column calendar_setting.time_zone is 'IANA name of the time zone (时区)';
comment on column calendar_setting.utc_offset_minutes is 'Minutes east of Greenwich; China has no summer time';
comment on column calendar_setting.changed_at is 'When the calendar was last changed';

create table calendar_office_hours (
  seq smallint primary key,
  opens time not null,
  closes time not null,
  check (opens < closes)
);
comment on table calendar_office_hours is 'Stretches of office time in a working day (办公时间)';
comment on column calendar_office_hours.seq is 'Order within the day';
comment on column calendar_office_hours.opens is 'Opening time, county time';
comment on column calendar_office_hours.closes is 'Closing time, county time; the last one ends working-day limits';

create table calendar_year (
  year smallint primary key,
  announced boolean not null,
  notice text,
  notice_url text,
  published_on date,
  announced_at timestamptz,
  check (not announced or (notice is not null and announced_at is not null))
);
comment on table calendar_year is 'Years and the holiday notice behind them (年度放假安排)';
comment on column calendar_year.year is 'Calendar year (年份)';
comment on column calendar_year.announced is 'Whether the notice has been entered; if not, statutory days by rule hold and deadlines are provisional (暂定)';
comment on column calendar_year.notice is 'Title and number of the notice (通知名称、文号)';
comment on column calendar_year.notice_url is 'Where the notice was published';
comment on column calendar_year.published_on is 'Date of the notice (发布日期)';
comment on column calendar_year.announced_at is 'When the notice was entered here';

create table calendar_day (
  date date primary key,
  kind text not null check (kind in ('holiday', 'workday')),
  name text not null,
  source text not null check (source in ('notice', 'local')),
  notice_year smallint references calendar_year (year),
  check ((source = 'notice') = (notice_year is not null))
);
comment on table calendar_day is 'Dates that are not what their weekday says (节假日、调休上班日)';
comment on column calendar_day.date is 'The date';
comment on column calendar_day.kind is 'holiday: day off (放假); workday: make-up working day (调休上班)';
comment on column calendar_day.name is 'Festival or reason';
comment on column calendar_day.source is 'notice: from the yearly notice (国务院通知); local: entered by the county (本级调整)';
comment on column calendar_day.notice_year is 'Year of the notice; late December may belong to the next year''s';
create index calendar_day_notice_year on calendar_day (notice_year);
