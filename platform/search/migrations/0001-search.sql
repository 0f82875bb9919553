create table search_document (
  case_id bigint primary key,
  tokens tsvector not null,
  person_tokens bytea[] not null default '{}'
);
comment on table search_document is 'What the search finds of a case: words of number, title, place and masked text; persons only as blind tokens';
comment on column search_document.case_id is 'Case';
comment on column search_document.tokens is 'Words cut by jieba, and the case''s place and line as words of their own, so that a narrow scope is cheap';
comment on column search_document.person_tokens is 'Keyed tokens of phone and name (full, pinyin, initials); how often a token occurs is visible, the name is not';
create index search_document_tokens on search_document using gin (tokens) with (fastupdate = on, gin_pending_list_limit = 512);
create index search_document_persons on search_document using gin (person_tokens) with (fastupdate = on, gin_pending_list_limit = 512);
