create table duties_revision (
  only_row boolean primary key default true check (only_row),
  revision bigint not null
);
insert into duties_revision (revision) values (1);
comment on table duties_revision is 'One row; locked and raised by every change of classes, items or rulings, so that what is in memory expires at once';
comment on column duties_revision.only_row is 'Keeps it one row';
comment on column duties_revision.revision is 'Current revision';

create table duties_place_kind (
  code text primary key check (code ~ '^[a-z][a-z-]{1,39}$'),
  name text not null,
  within text references duties_place_kind (code),
  sort smallint not null
);
comment on table duties_place_kind is 'Kinds of place (场所) by which duties differ; `any` stands for all';
comment on column duties_place_kind.code is 'Code';
comment on column duties_place_kind.name is 'Name (场所名称)';
comment on column duties_place_kind.within is 'Wider kind whose items hold where this one has none, e.g. a stairwell lies in a housing estate';
comment on column duties_place_kind.sort is 'Order in lists';

create table duties_class (
  code text primary key check (code ~ '^[CEG][0-9]{4}$'),
  kind text not null check (kind in ('component', 'event', 'governance')),
  major_code text not null,
  major_name text not null,
  name text not null,
  full_name text not null,
  line_code text not null,
  severity smallint not null check (severity between 1 and 4),
  secrecy text not null check (secrecy in ('public', 'internal', 'secret')),
  limits jsonb not null,
  conditional_limits jsonb not null default '[]',
  filing_conditions text[] not null,
  closing_criteria text[] not null,
  keywords text[] not null,
  danger_words text[] not null default '{}',
  danger_calls text[] not null default '{}',
  marking jsonb not null
);
comment on table duties_class is 'Event and component classes (类别): what is filed, by when, how it is known in a text';
comment on column duties_class.code is 'Type letter C 部件, E 事件, G 治理延伸 + major + minor (小类编码)';
comment on column duties_class.kind is 'component 部件, event 事件, governance 治理延伸';
comment on column duties_class.major_code is 'Major class (大类编码)';
comment on column duties_class.major_name is 'Major class in words (大类)';
comment on column duties_class.name is 'Minor class in words (小类)';
comment on column duties_class.full_name is 'Major and minor class in words';
comment on column duties_class.line_code is 'Department line (条线)';
comment on column duties_class.severity is '1 red 2 orange 3 yellow 4 blue';
comment on column duties_class.secrecy is 'Grade in which a case begins: public 公开, internal 内部, secret 保密';
comment on column duties_class.limits is 'Limits: verify 核实, sign 签收, handle 处置, inspect 核查, reply 答复; value and unit each';
comment on column duties_class.conditional_limits is 'Handling limits that hold under a stated condition';
comment on column duties_class.filing_conditions is 'When it is filed (立案条件)';
comment on column duties_class.closing_criteria is 'When it may be closed (结案标准)';
comment on column duties_class.keywords is 'Words by which a text is known to mean it';
comment on column duties_class.danger_words is 'Words that mean danger to life: the screen names the emergency numbers at once';
comment on column duties_class.danger_calls is 'Emergency numbers to name then';
comment on column duties_class.marking is 'Where limits and code come from: source, K 待核实, D 本系统设定';
create index duties_class_major on duties_class (kind, major_code);

create table duties_item (
  id bigint generated always as identity primary key,
  code text not null,
  class_code text not null references duties_class (code),
  place_kind text not null references duties_place_kind (code),
  list text not null check (list in ('basic', 'assist', 'recovered')),
  clause_number text not null,
  clause text not null,
  lead text not null check (lead ~ '^(county|town|village):[a-z][a-z0-9-]*$'),
  co text[] not null,
  document_number text not null check (document_number <> ''),
  valid_from date not null,
  valid_to date,
  end_document_number text,
  created_at timestamptz not null,
  created_by bigint,
  ended_by bigint,
  unique (code, valid_from),
  check (valid_to is null or (valid_to > valid_from and end_document_number is not null))
);
comment on table duties_item is 'Duty list (职责清单) by versions: a row is one clause as it stood from one day to before another';
comment on column duties_item.id is 'Identity of the version';
comment on column duties_item.code is 'Item; stays through its versions';
comment on column duties_item.class_code is 'Class';
comment on column duties_item.place_kind is 'Kind of place; any = wherever no narrower item holds';
comment on column duties_item.list is 'basic 基本履职 (township leads), assist 配合履职 (department leads, township helps), recovered 上级收回 (never a township)';
comment on column duties_item.clause_number is 'Number of the clause (条款号)';
comment on column duties_item.clause is 'Clause in words (条款内容)';
comment on column duties_item.lead is 'Leading unit (主办) as level:kind; the unit of that kind where the case lies';
comment on column duties_item.co is 'Helping units (协办) as level:kind';
comment on column duties_item.document_number is 'Document of the establishment office by which it holds (编办文号)';
comment on column duties_item.valid_from is 'First day on which it holds';
comment on column duties_item.valid_to is 'First day on which it no longer holds; null = open';
comment on column duties_item.end_document_number is 'Document by which it ended';
comment on column duties_item.created_at is 'When entered';
comment on column duties_item.created_by is 'Account that entered it; null = set-up';
comment on column duties_item.ended_by is 'Account that ended it';
create unique index duties_item_open on duties_item (class_code, place_kind) where valid_to is null;
create index duties_item_class on duties_item (class_code, place_kind, valid_from);

create table duties_ruling (
  id bigint generated always as identity primary key,
  number text not null unique check (number <> ''),
  class_code text not null references duties_class (code),
  place_kinds text[] not null check (cardinality(place_kinds) > 0),
  question text not null,
  facts text not null,
  decision text not null,
  lead text not null check (lead ~ '^(county|town|village):[a-z][a-z0-9-]*$'),
  co text[] not null,
  reason text not null,
  cited_clause text,
  cited_item text,
  case_number text,
  decided_by text not null,
  decided_at timestamptz not null,
  created_by bigint,
  ended_at timestamptz,
  end_reason text,
  ended_by bigint,
  check ((ended_at is null) = (end_reason is null))
);
comment on table duties_ruling is 'Rulings on disputed duty (职责裁定库): go before the list and are quoted as precedent';
comment on column duties_ruling.id is 'Identity';
comment on column duties_ruling.number is 'Number (裁定编号)';
comment on column duties_ruling.class_code is 'Class';
comment on column duties_ruling.place_kinds is 'Kinds of place; any = all';
comment on column duties_ruling.question is 'What was disputed (争议焦点)';
comment on column duties_ruling.facts is 'Facts; no personal data';
comment on column duties_ruling.decision is 'What was decided (裁定结论)';
comment on column duties_ruling.lead is 'Leading unit as level:kind; may not return the case';
comment on column duties_ruling.co is 'Helping units as level:kind';
comment on column duties_ruling.reason is 'Why (裁定理由)';
comment on column duties_ruling.cited_clause is 'Clause cited';
comment on column duties_ruling.cited_item is 'Duty item cited';
comment on column duties_ruling.case_number is 'Case in which it was made';
comment on column duties_ruling.decided_by is 'Who decided: unit, post and name';
comment on column duties_ruling.decided_at is 'When; cases routed from then on follow it';
comment on column duties_ruling.created_by is 'Account that entered it; null = set-up';
comment on column duties_ruling.ended_at is 'When it was taken back; null = holds';
comment on column duties_ruling.end_reason is 'Why it was taken back';
comment on column duties_ruling.ended_by is 'Account that took it back';
create index duties_ruling_class on duties_ruling (class_code, decided_at desc);
