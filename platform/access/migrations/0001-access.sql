create table access_grant (
  id bigint generated always as identity primary key,
  account_id bigint,
  post_id bigint,
  role text,
  unit_kind text,
  permission text not null,
  division_code text,
  line_code text,
  reason text not null,
  valid_from timestamptz not null,
  valid_to timestamptz,
  granted_by bigint,
  check (num_nonnulls(account_id, post_id, role) = 1)
);
comment on table access_grant is 'Grants as data: subject (an account, a post or every post of a role) × permission × division subtree × department line';
comment on column access_grant.id is 'Identity';
comment on column access_grant.account_id is 'Granted to one account';
comment on column access_grant.post_id is 'Granted to whoever holds the post';
comment on column access_grant.role is 'Granted to every post with this role (岗位角色)';
comment on column access_grant.unit_kind is 'With role: only posts in units of this kind';
comment on column access_grant.permission is 'Permission, or a prefix ending in .*';
comment on column access_grant.division_code is 'Subtree; null = the territory of the unit of the post';
comment on column access_grant.line_code is 'Department line (条线); null = all lines; unit = the lines of the unit of the post';
comment on column access_grant.reason is 'Basis of the grant (依据)';
comment on column access_grant.valid_from is 'From when';
comment on column access_grant.valid_to is 'Until when; null = open';
comment on column access_grant.granted_by is 'Account that granted; null = set-up';

create table access_revision (
  only_row boolean primary key default true check (only_row),
  revision bigint not null
);
insert into access_revision (revision) values (1);
comment on table access_revision is 'One row; raised with every change of accounts, posts or grants, so that cached rights expire at once';
comment on column access_revision.only_row is 'Keeps it one row';
comment on column access_revision.revision is 'Current revision';

create table access_person_read (
  id bigint generated always as identity primary key,
  at timestamptz not null,
  account_id bigint not null,
  unit_id bigint,
  case_id bigint,
  subject_token bytea,
  purpose text not null,
  fields text[] not null
);
comment on table access_person_read is 'Append-only: every unmasked reading of a person''s data (谁看过我的信息)';
comment on column access_person_read.id is 'Identity';
comment on column access_person_read.at is 'When';
comment on column access_person_read.account_id is 'Who read';
comment on column access_person_read.unit_id is 'In which unit; what the person is shown';
comment on column access_person_read.case_id is 'In which case';
comment on column access_person_read.subject_token is 'Blind token of the person read about';
comment on column access_person_read.purpose is 'Stated purpose (用途)';
comment on column access_person_read.fields is 'Fields shown';
create index access_person_read_case on access_person_read (case_id, id);
create index access_person_read_subject on access_person_read (subject_token, id);
