create table process_definition (
  id bigint generated always as identity primary key,
  key text not null,
  version integer not null,
  status text not null check (status in ('draft', 'published', 'retired')),
  body jsonb not null,
  note text not null default '',
  created_at timestamptz not null,
  created_by bigint,
  published_at timestamptz,
  published_by bigint,
  unique (key, version)
);
comment on table process_definition is 'Process definitions (流程定义): versioned data; a running case stays on the version it began with';
comment on column process_definition.id is 'Identity';
comment on column process_definition.key is 'Flow, e.g. report';
comment on column process_definition.version is 'Version';
comment on column process_definition.status is 'draft, published or retired';
comment on column process_definition.body is 'The definition, checked against the published meta-schema';
comment on column process_definition.note is 'Why this version';
comment on column process_definition.created_at is 'When written';
comment on column process_definition.created_by is 'By whom; null = shipped';
comment on column process_definition.published_at is 'When it came into force';
comment on column process_definition.published_by is 'By whom';

create table process_number (
  scope text primary key,
  last integer not null
);
comment on table process_number is 'Last running number per prefix and day of case numbers (编号)';
comment on column process_number.scope is 'Prefix of the number';
comment on column process_number.last is 'Last number given';

create table process_case (
  id bigint generated always as identity primary key,
  number text not null unique,
  definition_id bigint not null references process_definition (id),
  definition_key text not null,
  state text not null,
  phase text not null,
  title text not null,
  class_code text,
  severity smallint not null default 0,
  secrecy text not null default 'internal' check (secrecy in ('public', 'internal', 'secret')),
  source text not null,
  town_code text,
  village_code text,
  grid_code text,
  line_code text,
  place_text text,
  place point,
  unit_id bigint,
  starter_account_id bigint,
  parent_id bigint references process_case (id),
  opened_at timestamptz not null,
  closed_at timestamptz,
  due_at timestamptz,
  provisional boolean not null default false,
  overdue boolean not null default false,
  version integer not null default 1,
  hop integer not null default 1,
  last_hop_at timestamptz not null,
  data jsonb not null default '{}'
) with (fillfactor = 80);
comment on table process_case is 'Every flow''s cases (案件): current state; the trace tells how it came about';
comment on column process_case.id is 'Identity';
comment on column process_case.number is 'Official number';
comment on column process_case.definition_id is 'Version of the flow the case began with';
comment on column process_case.definition_key is 'Flow';
comment on column process_case.state is 'State';
comment on column process_case.phase is 'Official phase (环节)';
comment on column process_case.title is 'Title';
comment on column process_case.class_code is 'Event or component class (类别)';
comment on column process_case.severity is '1 red 2 orange 3 yellow 4 blue 0 none';
comment on column process_case.secrecy is 'public 公开, internal 内部, secret 保密 (named people only)';
comment on column process_case.source is 'Channel it came by (来源)';
comment on column process_case.town_code is 'Town (镇街), 9 digits';
comment on column process_case.village_code is 'Village or community (村社区), 12 digits';
comment on column process_case.grid_code is 'Grid (网格), 15 digits';
comment on column process_case.line_code is 'Department line (条线)';
comment on column process_case.place_text is 'Place in words';
comment on column process_case.place is 'Longitude and latitude, GCJ-02';
comment on column process_case.unit_id is 'Responsible unit (承办单位)';
comment on column process_case.starter_account_id is 'Official who opened it';
comment on column process_case.parent_id is 'Parent case (主案)';
comment on column process_case.opened_at is 'When it was reported';
comment on column process_case.closed_at is 'When it ended';
comment on column process_case.due_at is 'Next deadline over all running clocks';
comment on column process_case.provisional is 'The deadline touches a year whose holidays are not announced (暂定)';
comment on column process_case.overdue is 'Set and cleared by timers and actions only';
comment on column process_case.version is 'Raised by actions of people; timers leave it';
comment on column process_case.hop is 'Last number in the trace';
comment on column process_case.last_hop_at is 'Time of the last hop';
comment on column process_case.data is 'Form data of the flow; no personal data';
create index process_case_town on process_case (town_code, id desc);
create index process_case_village on process_case (village_code, id desc);
create index process_case_grid on process_case (grid_code, id desc) where grid_code is not null;
create index process_case_line on process_case (line_code, id desc) where line_code is not null;
create index process_case_unit on process_case (unit_id, id desc) where unit_id is not null;
create index process_case_open_id on process_case (id desc) where closed_at is null;
create index process_case_overdue on process_case (id desc) where overdue and closed_at is null;
create index process_case_secret on process_case (id) where secrecy = 'secret';
create index process_case_place on process_case using gist (place) where place is not null;
create index process_case_parent on process_case (parent_id) where parent_id is not null;
create index process_case_definition on process_case (definition_key, id desc);

create table process_trace (
  case_id bigint not null,
  hop integer not null,
  at timestamptz not null,
  action text not null,
  from_state text,
  to_state text not null,
  actor_kind text not null,
  account_id bigint,
  unit_id bigint,
  post_id bigint,
  acting boolean not null default false,
  note text,
  form jsonb,
  why jsonb,
  device_at timestamptz,
  primary key (case_id, hop)
);
comment on table process_trace is 'Append-only: every hop of every case (办理经过), to the second';
comment on column process_trace.case_id is 'Case';
comment on column process_trace.hop is 'Number of the hop';
comment on column process_trace.at is 'When it was received';
comment on column process_trace.action is 'Action or timer';
comment on column process_trace.from_state is 'State before';
comment on column process_trace.to_state is 'State after';
comment on column process_trace.actor_kind is 'staff, public or system';
comment on column process_trace.account_id is 'Who';
comment on column process_trace.unit_id is 'For which unit';
comment on column process_trace.post_id is 'In which post';
comment on column process_trace.acting is 'The post was held for somebody else (代理)';
comment on column process_trace.note is 'Reason or opinion';
comment on column process_trace.form is 'What was submitted, unchanged; sealed submissions are not here';
comment on column process_trace.why is 'Why it was routed here, in parts that the screen puts into words';
comment on column process_trace.device_at is 'Time on the device where it was done offline';

create table process_clock (
  case_id bigint not null references process_case (id),
  key text not null,
  state jsonb not null,
  due_at timestamptz,
  paused boolean not null default false,
  stopped_at timestamptz,
  overdue boolean not null default false,
  provisional boolean not null default false,
  primary key (case_id, key)
) with (fillfactor = 80);
comment on table process_clock is 'Clocks of a case (时限)';
comment on column process_clock.case_id is 'Case';
comment on column process_clock.key is 'Clock of the definition';
comment on column process_clock.state is 'Limit, start, unused time while paused';
comment on column process_clock.due_at is 'Deadline; null while paused';
comment on column process_clock.paused is 'Pausing';
comment on column process_clock.stopped_at is 'Stopped';
comment on column process_clock.overdue is 'Ran out before it was stopped';
comment on column process_clock.provisional is 'Deadline is 暂定';

create table process_timer (
  id bigint generated always as identity primary key,
  case_id bigint not null references process_case (id),
  clock_key text not null,
  kind text not null,
  level smallint not null,
  due_at timestamptz not null,
  fired_at timestamptz,
  unique (case_id, clock_key, kind, level)
);
comment on table process_timer is 'What must happen by itself: near-due notice, overdue flag, escalations; unique per case, clock, kind and level';
comment on column process_timer.id is 'Identity';
comment on column process_timer.case_id is 'Case';
comment on column process_timer.clock_key is 'Clock';
comment on column process_timer.kind is 'near, due or escalate';
comment on column process_timer.level is 'Level of escalation';
comment on column process_timer.due_at is 'When';
comment on column process_timer.fired_at is 'Done at; a fired level never fires again for the same deadline';
create index process_timer_due on process_timer (due_at, id) where fired_at is null;

create table process_work_item (
  id bigint generated always as identity primary key,
  case_id bigint not null references process_case (id),
  slot text not null,
  definition_key text not null,
  state text not null,
  phase text not null,
  unit_id bigint,
  role text not null,
  account_id bigint,
  title text not null,
  number text not null,
  class_code text,
  severity smallint not null,
  secrecy text not null,
  source text not null,
  town_code text,
  village_code text,
  grid_code text,
  line_code text,
  opened_at timestamptz not null,
  due_at timestamptz,
  clock_key text,
  overdue boolean not null default false,
  provisional boolean not null default false,
  unique (case_id, slot)
);
comment on table process_work_item is 'Open work (待办) only: a row goes when its work is done';
comment on column process_work_item.id is 'Identity';
comment on column process_work_item.case_id is 'Case';
comment on column process_work_item.slot is 'main, or the branch of a parallel state';
comment on column process_work_item.definition_key is 'Flow';
comment on column process_work_item.state is 'State that asks for the work';
comment on column process_work_item.phase is 'Official phase';
comment on column process_work_item.unit_id is 'Unit whose post must act; null = nobody found, the county''s triage desk owns it';
comment on column process_work_item.role is 'Role that must act';
comment on column process_work_item.account_id is 'Person who must act, where it is one';
comment on column process_work_item.title is 'Title of the case';
comment on column process_work_item.number is 'Number of the case';
comment on column process_work_item.class_code is 'Class';
comment on column process_work_item.severity is 'Severity';
comment on column process_work_item.secrecy is 'Secrecy grade';
comment on column process_work_item.source is 'Channel';
comment on column process_work_item.town_code is 'Town';
comment on column process_work_item.village_code is 'Village';
comment on column process_work_item.grid_code is 'Grid';
comment on column process_work_item.line_code is 'Line';
comment on column process_work_item.opened_at is 'Since when';
comment on column process_work_item.due_at is 'Deadline';
comment on column process_work_item.clock_key is 'Clock that rules it';
comment on column process_work_item.overdue is 'Flag as set by timers';
comment on column process_work_item.provisional is 'Deadline is 暂定';
create index process_work_item_unit on process_work_item (unit_id, role, (coalesce(due_at, 'infinity')), id);
create index process_work_item_account on process_work_item (account_id, (coalesce(due_at, 'infinity')), id) where account_id is not null;
create index process_work_item_case on process_work_item (case_id);

create table process_party (
  case_id bigint not null references process_case (id),
  unit_id bigint,
  account_id bigint,
  role text not null,
  named boolean not null default false,
  since timestamptz not null,
  town_code text,
  village_code text,
  grid_code text,
  line_code text,
  unique nulls not distinct (case_id, unit_id, account_id, role)
);
comment on table process_party is 'Who took part in a case (参与方) keeps sight of it; carries the place of the case for counting';
comment on column process_party.case_id is 'Case';
comment on column process_party.unit_id is 'Unit';
comment on column process_party.account_id is 'Account';
comment on column process_party.role is 'Part taken: action done or lead, co, expert';
comment on column process_party.named is 'Named on a secret case';
comment on column process_party.since is 'Since when';
comment on column process_party.town_code is 'Town of the case';
comment on column process_party.village_code is 'Village of the case';
comment on column process_party.grid_code is 'Grid of the case';
comment on column process_party.line_code is 'Line of the case';
create index process_party_unit on process_party (unit_id, case_id desc) where unit_id is not null;
create index process_party_account on process_party (account_id, case_id desc) where account_id is not null;

create table process_submission (
  case_id bigint not null references process_case (id),
  state text not null,
  round integer not null,
  slot text not null,
  account_id bigint not null,
  unit_id bigint,
  at timestamptz not null,
  form jsonb,
  sealed bytea,
  opened_at timestamptz,
  primary key (case_id, state, round, slot)
);
comment on table process_submission is 'Submissions of parallel states: opinions, votes, scores; sealed ones stay ciphertext until all are in';
comment on column process_submission.case_id is 'Case';
comment on column process_submission.state is 'Parallel state';
comment on column process_submission.round is 'Times this state was entered';
comment on column process_submission.slot is 'Branch';
comment on column process_submission.account_id is 'Who submitted';
comment on column process_submission.unit_id is 'For which unit';
comment on column process_submission.at is 'When';
comment on column process_submission.form is 'What was submitted, once open';
comment on column process_submission.sealed is 'Ciphertext until opened';
comment on column process_submission.opened_at is 'When all were opened together';
