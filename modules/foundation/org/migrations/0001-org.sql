create table org_line (
  code text primary key check (code ~ '^[a-z][a-z0-9-]{1,59}$'),
  name text not null,
  name_en text not null,
  sort smallint not null
);
comment on table org_line is 'Department lines (条线): the other half of who sees what, beside the territory';
comment on column org_line.code is 'Code used by cases, units and grants';
comment on column org_line.name is 'Name in Chinese';
comment on column org_line.name_en is 'Name in English';
comment on column org_line.sort is 'Order in lists';

create table org_unit (
  id bigint generated always as identity primary key,
  code text not null unique check (code ~ '^[0-9]{6,15}-[a-z0-9-]{1,60}$'),
  name text not null,
  short_name text not null,
  kind text not null check (kind ~ '^[a-z][a-z0-9-]{1,59}$'),
  level text not null check (level in ('county', 'town', 'village')),
  division_code text not null references area_division (code),
  parent_id bigint references org_unit (id),
  limited boolean not null default false,
  version integer not null default 1,
  created_at timestamptz not null,
  retired_at timestamptz,
  retired_reason text
);
comment on table org_unit is 'Units (单位): bureaux, township offices, committees and limited partners; retired, never deleted';
comment on column org_unit.id is 'Identity';
comment on column org_unit.code is 'Division code, hyphen, kind; never reused';
comment on column org_unit.name is 'Full name (全称)';
comment on column org_unit.short_name is 'Name in lists (简称)';
comment on column org_unit.kind is 'e.g. command 指挥中心, enforcement 执法, committee 村居委会, property 物业; one division normally has one unit of a kind';
comment on column org_unit.level is 'county 区县, town 镇街, village 村社区';
comment on column org_unit.division_code is 'Division in which it works (管辖区划)';
comment on column org_unit.parent_id is 'Unit above it, where there is one (上级单位)';
comment on column org_unit.limited is 'May only help (协办), never lead: property firms, owners of pipes and poles';
comment on column org_unit.version is 'Raised by every change; an editor names the one it saw';
comment on column org_unit.created_at is 'When entered';
comment on column org_unit.retired_at is 'When it was abolished (撤销)';
comment on column org_unit.retired_reason is 'Why it was abolished (撤销依据)';
create index org_unit_division on org_unit (division_code, kind);
create index org_unit_parent on org_unit (parent_id) where parent_id is not null;

create table org_unit_line (
  unit_id bigint not null references org_unit (id),
  line_code text not null references org_line (code),
  primary key (unit_id, line_code)
);
comment on table org_unit_line is 'Lines that a unit serves (所属条线)';
comment on column org_unit_line.unit_id is 'Unit';
comment on column org_unit_line.line_code is 'Line';

create table org_post (
  id bigint generated always as identity primary key,
  code text not null unique,
  unit_id bigint not null references org_unit (id),
  role text not null check (role ~ '^[a-z][a-zA-Z0-9]{1,39}$'),
  name text not null,
  division_code text references area_division (code),
  roster text check (roster in ('A', 'B')),
  created_at timestamptz not null,
  retired_at timestamptz
);
comment on table org_post is 'Posts (岗位) of units; rights and work go to posts, people hold posts for a time';
comment on column org_post.id is 'Identity';
comment on column org_post.code is 'Unit code, dot, role, dot, number; never reused';
comment on column org_post.unit_id is 'Unit';
comment on column org_post.role is 'Role that flows and grants speak of (岗位角色), e.g. dutyChief 值班长';
comment on column org_post.name is 'Name as the unit says it';
comment on column org_post.division_code is 'Narrower place than the unit''s, e.g. one grid (网格); null = the unit''s';
comment on column org_post.roster is 'A or B of a duty pair (A/B 岗)';
comment on column org_post.created_at is 'When entered';
comment on column org_post.retired_at is 'When it was abolished';
create index org_post_unit on org_post (unit_id, role);

create table org_post_holding (
  id bigint generated always as identity primary key,
  post_id bigint not null references org_post (id),
  account_id bigint not null references auth_account (id),
  since timestamptz not null,
  until timestamptz,
  acting boolean not null default false,
  for_account_id bigint references auth_account (id),
  reason text not null,
  end_reason text,
  created_by bigint references auth_account (id),
  created_at timestamptz not null,
  check (until is null or until >= since),
  check (acting = (for_account_id is not null)),
  check (not acting or until is not null)
);
comment on table org_post_holding is 'Who holds a post from when to when (任职); ended, never deleted';
comment on column org_post_holding.id is 'Identity';
comment on column org_post_holding.post_id is 'Post';
comment on column org_post_holding.account_id is 'Who holds it';
comment on column org_post_holding.since is 'From this instant';
comment on column org_post_holding.until is 'Before this instant; null = open';
comment on column org_post_holding.acting is 'Held for somebody else for a time (代理)';
comment on column org_post_holding.for_account_id is 'For whom it is held';
comment on column org_post_holding.reason is 'Basis of the appointment (任职依据)';
comment on column org_post_holding.end_reason is 'Why it ended before its time';
comment on column org_post_holding.created_by is 'Administrator; null = set-up';
comment on column org_post_holding.created_at is 'When entered';
create index org_post_holding_post on org_post_holding (post_id);
create index org_post_holding_account on org_post_holding (account_id);

create table org_handover (
  id bigint generated always as identity primary key,
  from_account_id bigint not null references auth_account (id),
  leaving boolean not null,
  reason text not null,
  note text,
  items integer not null,
  posts integer not null,
  signed_by bigint not null references auth_account (id),
  signed_at timestamptz not null
);
comment on table org_handover is 'Append-only: signed hand-overs of work and posts (工作交接单)';
comment on column org_handover.id is 'Identity';
comment on column org_handover.from_account_id is 'Who handed over (移交人)';
comment on column org_handover.leaving is 'The person left: posts ended, account disabled';
comment on column org_handover.reason is 'Why, e.g. 调离, 退休, 转岗';
comment on column org_handover.note is 'What the successors must know';
comment on column org_handover.items is 'Open work items moved';
comment on column org_handover.posts is 'Posts moved or ended';
comment on column org_handover.signed_by is 'Who oversaw and signed (监交人)';
comment on column org_handover.signed_at is 'When';
create index org_handover_from on org_handover (from_account_id);

create table org_handover_move (
  id bigint generated always as identity primary key,
  handover_id bigint not null references org_handover (id),
  case_id bigint,
  slot text,
  post_id bigint references org_post (id),
  to_account_id bigint references auth_account (id),
  check (num_nonnulls(case_id, post_id) = 1),
  check ((case_id is null) = (slot is null)),
  check (case_id is null or to_account_id is not null)
);
comment on table org_handover_move is 'Append-only: what went to whom in a hand-over';
comment on column org_handover_move.id is 'Identity';
comment on column org_handover_move.handover_id is 'Hand-over';
comment on column org_handover_move.case_id is 'Case whose open work moved';
comment on column org_handover_move.slot is 'Which work of the case: main, or a parallel branch';
comment on column org_handover_move.post_id is 'Post that moved or ended';
comment on column org_handover_move.to_account_id is 'Successor (接收人); null = the post stays vacant';
create index org_handover_move_handover on org_handover_move (handover_id);
create index org_handover_move_case on org_handover_move (case_id) where case_id is not null;

-- Grants by role say at which level of government they hold, and may follow the place of a post.
alter table access_grant add column if not exists unit_level text check (unit_level in ('county', 'town', 'village'));
comment on column access_grant.unit_level is 'With role: only posts in units of this level (county, town, village)';
comment on column access_grant.division_code is 'Subtree; null = the division of the post''s unit; post = the post''s own, narrower division (e.g. one grid)';
create index if not exists access_grant_role on access_grant (role) where role is not null;
create index if not exists access_grant_account on access_grant (account_id) where account_id is not null;
create index if not exists access_grant_post on access_grant (post_id) where post_id is not null;
