create table loop_report (
  case_id bigint primary key,
  text_sealed bytea not null,
  reporter_name bytea,
  reporter_phone bytea,
  follow_code_hash bytea not null,
  follow_code_sealed bytea not null,
  visitor_hash bytea,
  quarantined boolean not null default false,
  reported_at timestamptz not null
);
comment on table loop_report is 'What was reported and by whom (报事): text as written and reporter, encrypted; the case holds a masked copy of the text';
comment on column loop_report.case_id is 'Case';
comment on column loop_report.text_sealed is 'Text as written, encrypted: people write telephone numbers into it';
comment on column loop_report.reporter_name is 'Name, encrypted';
comment on column loop_report.reporter_phone is 'Phone, encrypted';
comment on column loop_report.follow_code_hash is 'Keyed hash of the follow-up code (查询码)';
comment on column loop_report.follow_code_sealed is 'Follow-up code, encrypted, so that a repeated call gives the same one';
comment on column loop_report.visitor_hash is 'Hash of the anonymous secret, for limits on abuse';
comment on column loop_report.quarantined is 'Held back until somebody has looked at it';
comment on column loop_report.reported_at is 'When';
create index loop_report_visitor on loop_report (visitor_hash, reported_at) where visitor_hash is not null;

create table loop_rating (
  case_id bigint primary key,
  score smallint not null check (score between 1 and 5),
  comment_sealed bytea,
  at timestamptz not null
);
comment on table loop_rating is 'Append-only: one rating per case by the reporter (评价)';
comment on column loop_rating.case_id is 'Case';
comment on column loop_rating.score is '5 非常满意 … 1 非常不满意';
comment on column loop_rating.comment_sealed is 'Words, encrypted';
comment on column loop_rating.at is 'When';

create table loop_original (
  case_id bigint primary key,
  source_file text not null,
  source_id text not null,
  original jsonb not null,
  imported_at timestamptz not null,
  unique (source_file, source_id)
);
comment on table loop_original is 'Append-only: rows of imported data as they were found (原始记录), before times were shifted';
comment on column loop_original.case_id is 'Case made of it';
comment on column loop_original.source_file is 'File';
comment on column loop_original.source_id is 'Id in the file';
comment on column loop_original.original is 'The row, unchanged';
comment on column loop_original.imported_at is 'When imported';
