alter table duties_class add column self_handle boolean not null default false;
alter table duties_class add column mediation boolean not null default false;
alter table duties_class add column task_kind text;
alter table duties_class add column caretaker text check (caretaker ~ '^(county|town|village):[a-z][a-z0-9-]*$');
alter table duties_class add column fallback text check (fallback ~ '^(county|town|village):[a-z][a-z0-9-]*$');
alter table duties_class add column starts_on date;
comment on column duties_class.self_handle is 'A trifle that a grid worker may settle on the spot (网格员可自办)';
comment on column duties_class.mediation is 'May be sent to mediation (可转调解)';
comment on column duties_class.task_kind is 'Kind of grid-worker task (入格事项种类) whose admission (准入) is asked before one is sent out; null = none';
comment on column duties_class.caretaker is 'Who owns or keeps components of the class (产权/管养单位) as level:kind';
comment on column duties_class.fallback is 'Who answers for an unowned component (属地兜底) as level:kind, in the place where it stands';
comment on column duties_class.starts_on is 'First day of a class that a coming version adds; null = holds already';

create table duties_edition (
  id bigint generated always as identity primary key,
  kind text not null check (kind in ('import', 'undo')),
  state text not null check (state in ('draft', 'published', 'withdrawn')),
  title text not null,
  document_number text not null,
  valid_from date not null,
  sheets jsonb not null,
  target jsonb not null,
  changes jsonb not null,
  problems jsonb not null,
  closed jsonb not null default '[]',
  undoes bigint references duties_edition (id),
  applied_at timestamptz,
  created_at timestamptz not null,
  created_by bigint,
  published_at timestamptz,
  published_by bigint,
  withdrawn_at timestamptz,
  withdrawn_by bigint,
  withdraw_reason text,
  check (state = 'draft' or published_at is not null or withdrawn_at is not null)
);
comment on table duties_edition is 'Versions of the duty book (职责清单版本): tried as a draft, published with a document number from a day on';
comment on column duties_edition.id is 'Identity';
comment on column duties_edition.kind is 'import from a file, undo = takes an earlier version back by a new one';
comment on column duties_edition.state is 'draft 试导入, published 已发布 (holds from its day on), withdrawn 已撤回 before it began';
comment on column duties_edition.title is 'Name of the file, or what is undone';
comment on column duties_edition.document_number is 'Document of the establishment office (编办文号)';
comment on column duties_edition.valid_from is 'First day on which it holds (生效日期)';
comment on column duties_edition.sheets is 'The file as it was sent: titles and rows of each sheet, so that it can be given back with what is wrong';
comment on column duties_edition.target is 'The book as the file wants it';
comment on column duties_edition.changes is 'What it adds, changes and removes, with both states';
comment on column duties_edition.problems is 'What is wrong or doubtful: sheet, row, column, reason';
comment on column duties_edition.closed is 'Rows that it ended, with how their end stood before, for withdrawing it';
comment on column duties_edition.undoes is 'Version that this one takes back';
comment on column duties_edition.applied_at is 'When its classes became those of everyday; null = not yet';
comment on column duties_edition.created_at is 'When the file was tried';
comment on column duties_edition.created_by is 'Account that tried it';
comment on column duties_edition.published_at is 'When it was published';
comment on column duties_edition.published_by is 'Account that published it';
comment on column duties_edition.withdrawn_at is 'When it was withdrawn';
comment on column duties_edition.withdrawn_by is 'Account that withdrew it';
comment on column duties_edition.withdraw_reason is 'Why it was withdrawn';
create index duties_edition_waiting on duties_edition (valid_from, id) where state = 'published' and applied_at is null;

create table duties_village_item (
  id bigint generated always as identity primary key,
  code text not null,
  class_code text not null references duties_class (code),
  name text not null,
  share text not null check (share in ('lead', 'assist')),
  document_number text not null check (document_number <> ''),
  valid_from date not null,
  valid_to date,
  edition_id bigint references duties_edition (id),
  unique (code, valid_from),
  check (valid_to is null or valid_to > valid_from)
);
comment on table duties_village_item is 'Work items of villages (村级组织工作事务清单) by versions: only what stands here as lead may be led by a village';
comment on column duties_village_item.id is 'Identity of the version';
comment on column duties_village_item.code is 'Item; stays through its versions';
comment on column duties_village_item.class_code is 'Class of the matters';
comment on column duties_village_item.name is 'Item in words (事项)';
comment on column duties_village_item.share is 'lead 自办 (may lead), assist 协办 (helps only)';
comment on column duties_village_item.document_number is 'Document by which it holds';
comment on column duties_village_item.valid_from is 'First day on which it holds';
comment on column duties_village_item.valid_to is 'First day on which it no longer holds; null = open';
comment on column duties_village_item.edition_id is 'Version of the book that brought it; null = set-up';
create index duties_village_item_class on duties_village_item (class_code);

alter table duties_item add column edition_id bigint references duties_edition (id);
comment on column duties_item.edition_id is 'Version of the book that brought it; null = entered by itself';
create index duties_item_edition on duties_item (edition_id) where edition_id is not null;
create index duties_village_item_edition on duties_village_item (edition_id) where edition_id is not null;
