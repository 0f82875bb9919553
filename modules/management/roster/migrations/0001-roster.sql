create table roster_shift (
  code text primary key check (code ~ '^[a-z][a-z0-9-]{0,29}$'),
  name text not null,
  from_time text not null check (from_time ~ '^([01][0-9]|2[0-3]):[0-5][0-9]$'),
  to_time text not null check (to_time ~ '^([01][0-9]|2[0-3]):[0-5][0-9]$'),
  days text not null check (days in ('every', 'workday', 'restday')),
  sort smallint not null
);
comment on table roster_shift is 'Shifts of the county (班次)';
comment on column roster_shift.code is 'Code, e.g. day, night, restday';
comment on column roster_shift.name is 'Name, e.g. 白班';
comment on column roster_shift.from_time is 'Begins, county time';
comment on column roster_shift.to_time is 'Ends; at or before the beginning = on the next day';
comment on column roster_shift.days is 'On which days: every, workday (工作日), restday (休息日、节假日)';
comment on column roster_shift.sort is 'Order in the day';

create table roster_desk (
  id bigint generated always as identity primary key,
  unit_id bigint not null references org_unit (id),
  role text not null,
  name text not null,
  phone text,
  shifts text[] not null default '{}',
  town_code text,
  created_at timestamptz not null,
  retired_at timestamptz,
  unique (unit_id, role)
);
comment on table roster_desk is 'Desks that are manned by roster (值班席位): a unit and a role';
comment on column roster_desk.id is 'Identity';
comment on column roster_desk.unit_id is 'Unit';
comment on column roster_desk.role is 'Role whose work it does';
comment on column roster_desk.name is 'Name, e.g. 木渎镇值班长';
comment on column roster_desk.phone is 'Duty telephone of the desk (值班电话), an office number';
comment on column roster_desk.shifts is 'Shifts in which somebody has to be there at normal times';
comment on column roster_desk.town_code is 'Town of a township desk; null = county';
comment on column roster_desk.created_at is 'When entered';
comment on column roster_desk.retired_at is 'When given up';

create table roster_duty (
  id bigint generated always as identity primary key,
  desk_id bigint not null references roster_desk (id),
  day date not null,
  shift_code text not null references roster_shift (code),
  account_id bigint not null references auth_account (id),
  starts_at timestamptz not null,
  ends_at timestamptz not null,
  holding_id bigint references org_post_holding (id),
  made_by bigint references auth_account (id),
  made_at timestamptz not null,
  unique (desk_id, day, shift_code, account_id),
  check (ends_at > starts_at)
);
comment on table roster_duty is 'Who is on duty at which desk in which shift (值班表)';
comment on column roster_duty.id is 'Identity';
comment on column roster_duty.desk_id is 'Desk';
comment on column roster_duty.day is 'Day on which the shift begins';
comment on column roster_duty.shift_code is 'Shift';
comment on column roster_duty.account_id is 'Who';
comment on column roster_duty.starts_at is 'Begins';
comment on column roster_duty.ends_at is 'Ends';
comment on column roster_duty.holding_id is 'Acting holding for this shift, where the person does not hold the desk''s role';
comment on column roster_duty.made_by is 'Who entered it; null = system';
comment on column roster_duty.made_at is 'When entered';
create index roster_duty_account on roster_duty (account_id, starts_at);
create index roster_duty_day on roster_duty (day, desk_id);
create index roster_duty_end on roster_duty (ends_at);

create table roster_swap (
  id bigint generated always as identity primary key,
  desk_id bigint not null references roster_desk (id),
  day date not null,
  shift_code text not null,
  other_desk_id bigint references roster_desk (id),
  other_day date,
  other_shift_code text,
  asked_by bigint not null references auth_account (id),
  asked_of bigint not null references auth_account (id),
  reason text not null,
  asked_at timestamptz not null,
  answer text check (answer in ('agreed', 'refused', 'withdrawn')),
  answered_at timestamptz,
  check ((other_desk_id is null) = (other_day is null) and (other_day is null) = (other_shift_code is null)),
  check ((answer is null) = (answered_at is null))
);
comment on table roster_swap is 'Exchange of shifts between two people: asked and agreed (换班)';
comment on column roster_swap.id is 'Identity';
comment on column roster_swap.desk_id is 'Desk of the shift that is given away';
comment on column roster_swap.day is 'Its day';
comment on column roster_swap.shift_code is 'Its shift';
comment on column roster_swap.other_desk_id is 'Desk of the shift taken in return; null = none (代班)';
comment on column roster_swap.other_day is 'Its day';
comment on column roster_swap.other_shift_code is 'Its shift';
comment on column roster_swap.asked_by is 'Who asks';
comment on column roster_swap.asked_of is 'Who is asked';
comment on column roster_swap.reason is 'Why';
comment on column roster_swap.asked_at is 'When asked';
comment on column roster_swap.answer is 'agreed 同意, refused 不同意, withdrawn 撤回; null = open';
comment on column roster_swap.answered_at is 'When answered';
create index roster_swap_open on roster_swap (asked_of) where answer is null;

create table roster_backup (
  id bigint generated always as identity primary key,
  post_id bigint not null references org_post (id),
  account_id bigint not null references auth_account (id),
  since timestamptz not null,
  until timestamptz,
  named_by bigint references auth_account (id)
);
comment on table roster_backup is 'Who stands in for the holder of a post (B 岗); ended, never deleted';
comment on column roster_backup.id is 'Identity';
comment on column roster_backup.post_id is 'Post (A 岗)';
comment on column roster_backup.account_id is 'Who stands in';
comment on column roster_backup.since is 'Named at';
comment on column roster_backup.until is 'Ended at';
comment on column roster_backup.named_by is 'Who named; null = set-up';
create unique index roster_backup_open on roster_backup (post_id) where until is null;

create table roster_absence (
  id bigint generated always as identity primary key,
  account_id bigint not null references auth_account (id),
  kind text not null check (kind in ('leave', 'trip', 'training', 'other')),
  since timestamptz not null,
  until timestamptz not null,
  without_cover boolean not null default false,
  entered_by bigint references auth_account (id),
  entered_at timestamptz not null,
  ended_at timestamptz,
  ended_by bigint references auth_account (id),
  check (until > since)
);
comment on table roster_absence is 'Absences of officials (不在岗); why in particular is not kept';
comment on column roster_absence.id is 'Identity';
comment on column roster_absence.account_id is 'Who is absent';
comment on column roster_absence.kind is 'leave 休假, trip 公出, training 培训, other 其他';
comment on column roster_absence.since is 'From';
comment on column roster_absence.until is 'Planned until';
comment on column roster_absence.without_cover is 'Entered although a post has nobody to stand in';
comment on column roster_absence.entered_by is 'Who entered it';
comment on column roster_absence.entered_at is 'When entered';
comment on column roster_absence.ended_at is 'Back before its time, or withdrawn';
comment on column roster_absence.ended_by is 'Who ended it';
create index roster_absence_account on roster_absence (account_id, until);
create index roster_absence_until on roster_absence (until);

create table roster_cover (
  id bigint generated always as identity primary key,
  absence_id bigint not null references roster_absence (id),
  post_id bigint not null references org_post (id),
  account_id bigint not null references auth_account (id),
  holding_id bigint not null references org_post_holding (id)
);
comment on table roster_cover is 'Who stands in for which post during an absence (代岗)';
comment on column roster_cover.id is 'Identity';
comment on column roster_cover.absence_id is 'Absence';
comment on column roster_cover.post_id is 'Post';
comment on column roster_cover.account_id is 'Who stands in';
comment on column roster_cover.holding_id is 'The acting holding that gives the rights';
create index roster_cover_absence on roster_cover (absence_id);
create index roster_cover_account on roster_cover (account_id);

create table roster_log (
  id bigint generated always as identity primary key,
  desk_id bigint not null references roster_desk (id),
  day date not null,
  shift_code text not null references roster_shift (code),
  starts_at timestamptz not null,
  ends_at timestamptz not null,
  next_ends_at timestamptz not null,
  on_duty bigint[] not null,
  coming bigint[] not null default '{}',
  drafted_at timestamptz not null,
  remarks text,
  signed_by bigint references auth_account (id),
  signed_at timestamptz,
  take_note text,
  taken_by bigint references auth_account (id),
  taken_at timestamptz,
  unique (desk_id, day, shift_code),
  check ((signed_by is null) = (signed_at is null)),
  check ((taken_by is null) = (taken_at is null)),
  check (taken_at is null or signed_at is not null)
);
comment on table roster_log is 'Shift logs (交接班日志), drafted from the rows of the cases when a shift ends';
comment on column roster_log.id is 'Identity';
comment on column roster_log.desk_id is 'Desk';
comment on column roster_log.day is 'Day on which the shift began';
comment on column roster_log.shift_code is 'Shift';
comment on column roster_log.starts_at is 'Shift began';
comment on column roster_log.ends_at is 'Shift ended';
comment on column roster_log.next_ends_at is 'The following shift ends: what is due until then is named';
comment on column roster_log.on_duty is 'Who was on duty (accounts)';
comment on column roster_log.coming is 'Who is on duty next (accounts)';
comment on column roster_log.drafted_at is 'When it was drafted';
comment on column roster_log.remarks is 'What the leaving person adds';
comment on column roster_log.signed_by is 'Who handed over (交班人)';
comment on column roster_log.signed_at is 'When';
comment on column roster_log.take_note is 'What the coming person adds';
comment on column roster_log.taken_by is 'Who took over (接班人)';
comment on column roster_log.taken_at is 'When';
create index roster_log_end on roster_log (ends_at desc, id desc);
create index roster_log_open on roster_log (ends_at) where taken_at is null;

create table roster_log_case (
  log_id bigint not null references roster_log (id),
  number text not null,
  case_id bigint not null references process_case (id),
  primary key (log_id, number, case_id)
);
comment on table roster_log_case is 'Which cases a number of a shift log counts';
comment on column roster_log_case.log_id is 'Log';
comment on column roster_log_case.number is 'taken, dispatched, closed, overdue, due, danger, supervised, open';
comment on column roster_log_case.case_id is 'Case';

create table roster_mode (
  id bigint generated always as identity primary key,
  name text not null,
  basis text not null,
  public_notice text,
  staff_notice text not null,
  version integer not null default 1,
  created_by bigint references auth_account (id),
  created_at timestamptz not null,
  retired_at timestamptz
);
comment on table roster_mode is 'Modes (应急与重点时段模式): 汛期, 台风, 春节 and others, as officials define them';
comment on column roster_mode.id is 'Identity';
comment on column roster_mode.name is 'Name';
comment on column roster_mode.basis is 'Plan or document it rests on (预案)';
comment on column roster_mode.public_notice is 'Text on the public page while it is on';
comment on column roster_mode.staff_notice is 'Text above the console while it is on';
comment on column roster_mode.version is 'Raised by every change';
comment on column roster_mode.created_by is 'Who entered it; null = set-up';
comment on column roster_mode.created_at is 'When entered';
comment on column roster_mode.retired_at is 'When given up';
create unique index roster_mode_name on roster_mode (name) where retired_at is null;

create table roster_mode_rule (
  id bigint generated always as identity primary key,
  mode_id bigint not null references roster_mode (id),
  class_prefix text not null check (class_prefix ~ '^[CEG][0-9]{2}([0-9]{2})?$'),
  limits jsonb not null,
  severity smallint check (severity between 1 and 4),
  unique (mode_id, class_prefix)
);
comment on table roster_mode_rule is 'Limits and severity of classes while a mode is on';
comment on column roster_mode_rule.id is 'Identity';
comment on column roster_mode_rule.mode_id is 'Mode';
comment on column roster_mode_rule.class_prefix is 'Class (five characters) or group of classes (three)';
comment on column roster_mode_rule.limits is 'Limits by clock, those that differ only';
comment on column roster_mode_rule.severity is 'Severity; null = the class''s own';

create table roster_mode_desk (
  mode_id bigint not null references roster_mode (id),
  desk_id bigint not null references roster_desk (id),
  shifts text[] not null,
  primary key (mode_id, desk_id)
);
comment on table roster_mode_desk is 'Shifts in which desks are manned while a mode is on';
comment on column roster_mode_desk.mode_id is 'Mode';
comment on column roster_mode_desk.desk_id is 'Desk';
comment on column roster_mode_desk.shifts is 'Shifts, in addition to the usual ones';

create table roster_mode_period (
  id bigint generated always as identity primary key,
  mode_id bigint not null references roster_mode (id),
  document_number text not null,
  since timestamptz not null,
  until timestamptz not null,
  switched_on_by bigint not null references auth_account (id),
  switched_on_at timestamptz not null,
  running text not null check (running in ('keep', 'shorten')),
  shortened integer not null default 0,
  shortened_at timestamptz,
  off_at timestamptz,
  off_by bigint references auth_account (id),
  off_reason text,
  told_on boolean not null default false,
  check (until > since)
);
comment on table roster_mode_period is 'When a mode was or will be on (启动与解除); kept for ever';
comment on column roster_mode_period.id is 'Identity';
comment on column roster_mode_period.mode_id is 'Mode';
comment on column roster_mode_period.document_number is 'Document by which it is switched on (启动文号)';
comment on column roster_mode_period.since is 'From';
comment on column roster_mode_period.until is 'Planned end: it ends then by itself';
comment on column roster_mode_period.switched_on_by is 'Who switched it on';
comment on column roster_mode_period.switched_on_at is 'When';
comment on column roster_mode_period.running is 'Running cases: keep 维持原时限, shorten 按模式缩短';
comment on column roster_mode_period.shortened is 'Running cases whose deadline was brought forward';
comment on column roster_mode_period.shortened_at is 'When the last of them was done';
comment on column roster_mode_period.off_at is 'When it ended';
comment on column roster_mode_period.off_by is 'Who switched it off; null = by its plan';
comment on column roster_mode_period.off_reason is 'Why, with the document where there is one';
comment on column roster_mode_period.told_on is 'Its beginning was announced';
create index roster_mode_period_open on roster_mode_period (until) where off_at is null;

-- What happened in a shift is read from the trace by time; hops come in order of time, so a block range index costs next to nothing.
create index roster_trace_at on process_trace using brin (at) with (pages_per_range = 16, autosummarize = on);
