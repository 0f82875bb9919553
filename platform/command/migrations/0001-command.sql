create table command_idempotency (
  actor_key text not null,
  route text not null,
  key text not null,
  body_hash bytea not null,
  result jsonb,
  at timestamptz not null,
  primary key (actor_key, route, key)
);
comment on table command_idempotency is 'One row per accepted command: a phone that was offline repeats and gets the same result; kept 30 days';
comment on column command_idempotency.actor_key is 'Account, or the anonymous secret''s hash';
comment on column command_idempotency.route is 'Route name';
comment on column command_idempotency.key is 'Idempotency-Key of the caller';
comment on column command_idempotency.body_hash is 'Hash of the input; another body under the same key is refused';
comment on column command_idempotency.result is 'Reference to what came out; rendered again under the rights of the moment';
comment on column command_idempotency.at is 'When';
create index command_idempotency_at on command_idempotency using brin (at);

create table command_audit (
  id bigint generated always as identity primary key,
  at timestamptz not null,
  route text not null,
  actor_kind text not null,
  account_id bigint,
  address text,
  trace_id text,
  subject text,
  outcome text not null,
  error_code text
);
comment on table command_audit is 'Append-only: every change asked for, done or refused (审计)';
comment on column command_audit.id is 'Identity';
comment on column command_audit.at is 'When';
comment on column command_audit.route is 'Route name';
comment on column command_audit.actor_kind is 'staff, public or system';
comment on column command_audit.account_id is 'Account';
comment on column command_audit.address is 'Network address';
comment on column command_audit.trace_id is 'Id in logs and in the error shown';
comment on column command_audit.subject is 'What it was about, e.g. case:123';
comment on column command_audit.outcome is 'done or refused';
comment on column command_audit.error_code is 'Code of the refusal';
create index command_audit_subject on command_audit (subject, id);
create index command_audit_account on command_audit (account_id, id);
