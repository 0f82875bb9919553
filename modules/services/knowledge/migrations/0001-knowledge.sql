create table knowledge_article (
  id bigint generated always as identity primary key,
  seed_key text unique,
  owner_unit_id bigint not null,
  illustrative boolean not null default false,
  created_at timestamptz not null
);
comment on table knowledge_article is 'A question that is asked again and again (知识条目); its words stand in its versions';
comment on column knowledge_article.id is 'Identity';
comment on column knowledge_article.seed_key is 'Key of a shipped demo article, so that it is brought in once';
comment on column knowledge_article.owner_unit_id is 'Unit that keeps it right (归口单位)';
comment on column knowledge_article.illustrative is 'Written for the demo (演示), not an official answer';
comment on column knowledge_article.created_at is 'When';

create table knowledge_version (
  id bigint generated always as identity primary key,
  article_id bigint not null references knowledge_article (id),
  number integer not null,
  state text not null check (state in ('draft', 'published', 'retired')),
  question text not null,
  answer text not null,
  keywords text[] not null,
  line_code text,
  item_code text,
  basis text not null,
  basis_read boolean not null,
  valid_from date not null,
  valid_to date,
  review_on date not null,
  visibility text not null check (visibility in ('internal', 'public')),
  tokens tsvector not null,
  written_by bigint,
  written_at timestamptz not null,
  published_by bigint,
  published_at timestamptz,
  retired_by bigint,
  retired_at timestamptz,
  retire_reason text,
  reminded_at timestamptz,
  unique (article_id, number)
);
comment on table knowledge_version is 'Versions of an article (版本): draft, published, retired; published words are never changed';
comment on column knowledge_version.id is 'Identity';
comment on column knowledge_version.article_id is 'Article';
comment on column knowledge_version.number is 'Version, counted from 1';
comment on column knowledge_version.state is 'draft 草稿, published 已发布, retired 已停用';
comment on column knowledge_version.question is 'The question as people ask it';
comment on column knowledge_version.answer is 'The answer as it is read out';
comment on column knowledge_version.keywords is 'Other words people use for it (关键词)';
comment on column knowledge_version.line_code is 'Department line (条线); null: for every line';
comment on column knowledge_version.item_code is 'Code of the government service item (事项编码), where there is one';
comment on column knowledge_version.basis is 'Basis (依据)';
comment on column knowledge_version.basis_read is 'The basis was read in its source; otherwise it is shown as 待核实';
comment on column knowledge_version.valid_from is 'First day on which it holds';
comment on column knowledge_version.valid_to is 'Last day on which it holds; null = open';
comment on column knowledge_version.review_on is 'Day on which the owner is reminded to look at it again (复核日)';
comment on column knowledge_version.visibility is 'internal: officials only; public: also on the phone page';
comment on column knowledge_version.tokens is 'Words of question and keywords (A, with pinyin initials) and answer (D) for the search';
comment on column knowledge_version.written_by is 'Account that wrote it';
comment on column knowledge_version.written_at is 'When it was last written';
comment on column knowledge_version.published_by is 'Account that published it: another one';
comment on column knowledge_version.published_at is 'When';
comment on column knowledge_version.retired_by is 'Account that retired it; null where a newer version took its place';
comment on column knowledge_version.retired_at is 'When';
comment on column knowledge_version.retire_reason is 'Why';
comment on column knowledge_version.reminded_at is 'When the owner was reminded of the review';
create unique index knowledge_version_published on knowledge_version (article_id) where state = 'published';
create unique index knowledge_version_draft on knowledge_version (article_id) where state = 'draft';
create index knowledge_version_tokens on knowledge_version using gin (tokens) where state = 'published';

create table knowledge_feedback (
  id bigint generated always as identity primary key,
  article_id bigint not null references knowledge_article (id),
  version_id bigint not null,
  verdict text not null check (verdict in ('helpful', 'wrong')),
  words text,
  channel text not null check (channel in ('staff', 'public')),
  account_id bigint,
  at timestamptz not null,
  settled_by bigint,
  settled_at timestamptz,
  settle_note text
);
comment on table knowledge_feedback is 'What readers say of an article (有用、有误); what is wrong goes to its owner';
comment on column knowledge_feedback.id is 'Identity';
comment on column knowledge_feedback.article_id is 'Article';
comment on column knowledge_feedback.version_id is 'Version that was read';
comment on column knowledge_feedback.verdict is 'helpful 有用, wrong 有误';
comment on column knowledge_feedback.words is 'What is wrong, numbers of persons masked';
comment on column knowledge_feedback.channel is 'staff or public';
comment on column knowledge_feedback.account_id is 'Official who said it';
comment on column knowledge_feedback.at is 'When';
comment on column knowledge_feedback.settled_by is 'Account that looked at it';
comment on column knowledge_feedback.settled_at is 'When';
comment on column knowledge_feedback.settle_note is 'What was done';
create index knowledge_feedback_article on knowledge_feedback (article_id, id);
create index knowledge_feedback_open on knowledge_feedback (article_id) where verdict = 'wrong' and settled_at is null;

create table knowledge_consultation (
  id bigint generated always as identity primary key,
  at timestamptz not null,
  channel text not null check (channel in ('hotline', 'window', 'phone', 'chat')),
  outcome text not null check (outcome in ('answered', 'unanswered', 'reported')),
  question text not null,
  question_sealed bytea not null,
  asker_name bytea,
  asker_phone bytea,
  asker_token bytea,
  article_id bigint,
  version_id bigint,
  answer text,
  case_id bigint,
  line_code text,
  town_code text,
  village_code text,
  grid_code text,
  seconds integer,
  operator_id bigint,
  unit_id bigint
);
comment on table knowledge_consultation is 'A question asked by telephone or at a window (咨询): no order is made of it';
comment on column knowledge_consultation.id is 'Identity';
comment on column knowledge_consultation.at is 'When';
comment on column knowledge_consultation.channel is 'hotline, window, phone, chat';
comment on column knowledge_consultation.outcome is 'answered 已答复, unanswered 未答复, reported 转为报事';
comment on column knowledge_consultation.question is 'What was asked, numbers of persons masked';
comment on column knowledge_consultation.question_sealed is 'What was asked as it was written, encrypted';
comment on column knowledge_consultation.asker_name is 'Who asked, encrypted; may be left out';
comment on column knowledge_consultation.asker_phone is 'Telephone, encrypted; may be left out';
comment on column knowledge_consultation.asker_token is 'Blind token of the telephone number';
comment on column knowledge_consultation.article_id is 'Article that was read out';
comment on column knowledge_consultation.version_id is 'In which version';
comment on column knowledge_consultation.answer is 'What was said where no article was used, numbers masked';
comment on column knowledge_consultation.case_id is 'Report that was made of it';
comment on column knowledge_consultation.line_code is 'Department line (条线), as topic';
comment on column knowledge_consultation.town_code is 'Town (镇街) of the desk or of what is asked about';
comment on column knowledge_consultation.village_code is 'Village (村社区)';
comment on column knowledge_consultation.grid_code is 'Grid (网格), not used yet';
comment on column knowledge_consultation.seconds is 'How long it took; only ever told as an average of a topic, never by person';
comment on column knowledge_consultation.operator_id is 'Account that took it';
comment on column knowledge_consultation.unit_id is 'In which unit';
create index knowledge_consultation_at on knowledge_consultation (at desc, id desc);
create index knowledge_consultation_asker on knowledge_consultation (asker_token) where asker_token is not null;
create index knowledge_consultation_article on knowledge_consultation (article_id) where article_id is not null;
