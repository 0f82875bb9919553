create table auth_account (
  id bigint generated always as identity primary key,
  login text not null unique check (login ~ '^[a-z0-9][a-z0-9._-]{2,63}$'),
  display_name text not null,
  password_hash text not null,
  must_change_password boolean not null default false,
  totp_secret bytea,
  totp_last_step bigint,
  failed_count integer not null default 0,
  locked_until timestamptz,
  disabled_at timestamptz,
  demo boolean not null default false,
  created_at timestamptz not null
);
comment on table auth_account is 'Accounts of officials (账号)';
comment on column auth_account.id is 'Identity';
comment on column auth_account.login is 'Log-in name';
comment on column auth_account.display_name is 'Name shown to colleagues';
comment on column auth_account.password_hash is 'argon2id';
comment on column auth_account.must_change_password is 'Set after a reset by an administrator';
comment on column auth_account.totp_secret is 'Encrypted TOTP secret; null = no second factor';
comment on column auth_account.totp_last_step is 'Last accepted time step, so that a code works once';
comment on column auth_account.failed_count is 'Wrong passwords in a row';
comment on column auth_account.locked_until is 'Locked until (连续输错锁定)';
comment on column auth_account.disabled_at is 'Left or suspended';
comment on column auth_account.demo is 'Demo account with the published demo password';
comment on column auth_account.created_at is 'When made';

create table auth_session (
  token_hash bytea primary key,
  id uuid not null unique,
  account_id bigint not null references auth_account (id),
  created_at timestamptz not null,
  last_seen_at timestamptz not null,
  expires_at timestamptz not null,
  address text,
  agent text,
  revoked_at timestamptz
);
comment on table auth_session is 'Log-in sessions; only the hash of the cookie is kept';
comment on column auth_session.token_hash is 'SHA-256 of the cookie';
comment on column auth_session.id is 'Shown in lists and logs';
comment on column auth_session.account_id is 'Whose';
comment on column auth_session.created_at is 'Log-in';
comment on column auth_session.last_seen_at is 'Last use, to the minute';
comment on column auth_session.expires_at is 'End at the latest';
comment on column auth_session.address is 'Network address at log-in';
comment on column auth_session.agent is 'Browser at log-in';
comment on column auth_session.revoked_at is 'Ended before its time';
create index auth_session_account on auth_session (account_id);

create table auth_reset (
  token_hash bytea primary key,
  account_id bigint not null references auth_account (id),
  created_at timestamptz not null,
  created_by bigint not null,
  expires_at timestamptz not null,
  used_at timestamptz
);
comment on table auth_reset is 'One-time links to set a new password, handed over by an administrator';
comment on column auth_reset.token_hash is 'SHA-256 of the code';
comment on column auth_reset.account_id is 'Whose password';
comment on column auth_reset.created_at is 'When made';
comment on column auth_reset.created_by is 'Administrator';
comment on column auth_reset.expires_at is 'End';
comment on column auth_reset.used_at is 'When used';
