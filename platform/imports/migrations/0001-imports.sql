create table imports_import (
  id bigint generated always as identity primary key,
  consumer text not null,
  account_id bigint not null,
  division text not null,
  file_name text not null,
  file_digest bytea not null,
  format text not null check (format in ('xlsx', 'csv')),
  encoding text,
  titles jsonb not null,
  mapping jsonb not null default '{}',
  settings jsonb not null default '{}',
  state text not null check (state in ('staged', 'checking', 'checked', 'taking', 'cancelled', 'done')),
  row_count integer not null,
  chunk_count integer not null,
  next_chunk integer not null default 0,
  leg integer not null default 0,
  done_rows integer not null default 0,
  good_rows integer not null default 0,
  error_rows integer not null default 0,
  duplicate_rows integer not null default 0,
  check_result jsonb,
  stop_reason text,
  created_at timestamptz not null,
  leg_at timestamptz,
  leg_rows integer not null default 0,
  moved_at timestamptz,
  finished_at timestamptz
);
comment on table imports_import is 'Files brought in row by row (导入): what was sent, how far it is, what came of it';
comment on column imports_import.id is 'Identity; DR00012 on screens';
comment on column imports_import.consumer is 'What the rows become';
comment on column imports_import.account_id is 'Who sent it; rows are taken under the rights of this account';
comment on column imports_import.division is 'Widest division in which that account may import';
comment on column imports_import.file_name is 'Name of the file';
comment on column imports_import.file_digest is 'SHA-256 of the file: the same one sent twice is recognised';
comment on column imports_import.format is 'xlsx or csv';
comment on column imports_import.encoding is 'Encoding of a csv file';
comment on column imports_import.titles is 'Titles of the columns';
comment on column imports_import.mapping is 'Field → index of its column';
comment on column imports_import.settings is 'What the consumer asked beside the file';
comment on column imports_import.state is 'staged 已上传, checking 试运行中, checked 已试运行, taking 导入中, cancelled 已停下, done 已完成';
comment on column imports_import.row_count is 'Rows under the titles';
comment on column imports_import.chunk_count is 'Pieces the rows are kept in';
comment on column imports_import.next_chunk is 'Checkpoint: the piece that comes next';
comment on column imports_import.leg is 'Raised by every start, stop and resume: a job of an earlier one does nothing';
comment on column imports_import.done_rows is 'Rows gone through in this pass';
comment on column imports_import.good_rows is 'Of these: fine (dry run) or taken';
comment on column imports_import.error_rows is 'Of these: with an error';
comment on column imports_import.duplicate_rows is 'Of these: known already';
comment on column imports_import.check_result is 'Numbers of the last dry run';
comment on column imports_import.stop_reason is 'Why it stopped by itself, as a code';
comment on column imports_import.created_at is 'When sent';
comment on column imports_import.leg_at is 'Begin of the present run, for its rate';
comment on column imports_import.leg_rows is 'Rows that were done when the present run began';
comment on column imports_import.moved_at is 'Last progress';
comment on column imports_import.finished_at is 'End';
create index imports_import_newest on imports_import (consumer, id desc);
create index imports_import_digest on imports_import (file_digest);

create table imports_chunk (
  import_id bigint not null references imports_import (id),
  nr integer not null,
  row_count integer not null,
  sealed bytea not null,
  primary key (import_id, nr)
);
comment on table imports_chunk is 'Rows of a file as they stood, a few hundred to a piece, encrypted: they name people';
comment on column imports_chunk.import_id is 'Import';
comment on column imports_chunk.nr is 'Piece, from 0';
comment on column imports_chunk.row_count is 'Rows in it';
comment on column imports_chunk.sealed is 'Row numbers and cells, encrypted';

create table imports_problem (
  import_id bigint not null references imports_import (id),
  pass text not null check (pass in ('check', 'take')),
  row_number integer not null,
  chunk integer not null,
  verdict text not null check (verdict in ('error', 'duplicate')),
  problems jsonb not null,
  primary key (import_id, pass, row_number)
);
comment on table imports_problem is 'Rows that were not taken and why; no values of the row stand here';
comment on column imports_problem.import_id is 'Import';
comment on column imports_problem.pass is 'check 试运行, take 导入';
comment on column imports_problem.row_number is 'Number of the row in the file';
comment on column imports_problem.chunk is 'Piece that holds it';
comment on column imports_problem.verdict is 'error or duplicate';
comment on column imports_problem.problems is 'Codes with their parameters';

create table imports_key (
  import_id bigint not null references imports_import (id),
  key text not null,
  row_number integer not null,
  primary key (import_id, key)
);
comment on table imports_key is 'Keys of the rows of a file while it is tried out, so that rows that stand in it twice are found; emptied when the dry run ends';
comment on column imports_key.import_id is 'Import';
comment on column imports_key.key is 'Keyed digest by which the consumer tells rows apart';
comment on column imports_key.row_number is 'First row that has it';

create table imports_mapping (
  consumer text not null,
  origin text not null,
  mapping jsonb not null,
  account_id bigint not null,
  at timestamptz not null,
  primary key (consumer, origin)
);
comment on table imports_mapping is 'How the columns of a source were matched the last time';
comment on column imports_mapping.consumer is 'What the rows become';
comment on column imports_mapping.origin is 'Source, as the consumer names it';
comment on column imports_mapping.mapping is 'Field → title of its column';
comment on column imports_mapping.account_id is 'By whom';
comment on column imports_mapping.at is 'When';
