create table evidence_entry (
  id bigint generated always as identity primary key,
  created_at timestamptz not null,
  kind text not null,
  subject text not null,
  schema_version smallint not null,
  content bytea,
  salt bytea,
  leaf bytea not null check (octet_length(leaf) = 32),
  log_index bigint,
  erased_at timestamptz,
  check ((content is null) = (salt is null) and (content is null) = (erased_at is not null))
) with (autovacuum_vacuum_scale_factor = 0.02);
comment on table evidence_entry is 'Append-only except (log_index): facts written in the business transaction, waiting for or held in the evidence log (存证)';
comment on column evidence_entry.id is 'Identity';
comment on column evidence_entry.created_at is 'When it happened, part of what is committed to';
comment on column evidence_entry.kind is 'What happened, e.g. process.action_taken';
comment on column evidence_entry.subject is 'What it is about, e.g. case:123';
comment on column evidence_entry.schema_version is 'Form of the committed record';
comment on column evidence_entry.content is 'Canonical JSON (UTF-8); null once erased (已清除)';
comment on column evidence_entry.salt is '16 random bytes without which the leaf cannot be guessed; null once erased';
comment on column evidence_entry.leaf is 'SHA-256(salt || record): the only thing outsiders see';
comment on column evidence_entry.log_index is 'Place in the log (日志序号); null until sequenced';
comment on column evidence_entry.erased_at is 'When content and salt were erased; an entry evidence.erased says why';
create unique index evidence_entry_log_index on evidence_entry (log_index) where log_index is not null;
create index evidence_entry_pending on evidence_entry (id) where log_index is null;
create index evidence_entry_subject on evidence_entry (subject);

create table evidence_tile (
  level smallint not null,
  index bigint not null,
  width smallint not null check (width between 1 and 256),
  bytes bytea not null check (octet_length(bytes) = width * 32),
  primary key (level, index)
);
alter table evidence_tile alter column bytes set storage external;
comment on table evidence_tile is 'Hashes of the Merkle tree in C2SP tlog-tiles layout; the last tile of a level grows to 256 hashes (哈希块)';
comment on column evidence_tile.level is '0 holds leaf hashes, each level above the roots of full tiles below';
comment on column evidence_tile.index is 'Place in the level';
comment on column evidence_tile.width is 'Hashes held so far; a narrower partial tile is a prefix of it';
comment on column evidence_tile.bytes is 'The hashes, 32 bytes each';

create table evidence_checkpoint (
  tree_size bigint primary key,
  root_hash bytea not null check (octet_length(root_hash) = 32),
  created_at timestamptz not null,
  note text not null
);
comment on table evidence_checkpoint is 'Append-only: signed heads of the evidence log (检查点), C2SP tlog-checkpoint';
comment on column evidence_checkpoint.tree_size is 'Entries covered';
comment on column evidence_checkpoint.root_hash is 'Root of the tree of that size';
comment on column evidence_checkpoint.created_at is 'When it was signed';
comment on column evidence_checkpoint.note is 'Signed note as published';
