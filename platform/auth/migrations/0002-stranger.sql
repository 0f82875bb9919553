create table auth_stranger (
  name bytea primary key,
  failed_count integer not null,
  locked_until timestamptz,
  last_at timestamptz not null
);
comment on table auth_stranger is 'Names tried at the log-in behind which there is no account: counted and locked like accounts, so that names cannot be found by trying';
comment on column auth_stranger.name is 'Keyed digest of the name';
comment on column auth_stranger.failed_count is 'Tries in a row';
comment on column auth_stranger.locked_until is 'Locked until';
comment on column auth_stranger.last_at is 'Last try; the row goes after a day';
