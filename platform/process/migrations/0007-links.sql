-- Cases that belong together: a merged one to the case it went into, a part to the case it was split from, a case taken up
-- again to the one before, a case of another flow to the one it was opened from.
create table process_link (
  id bigint generated always as identity primary key,
  kind text not null check (kind in ('merged', 'part', 'follow', 'redo', 'opened')),
  from_case_id bigint not null references process_case (id),
  to_case_id bigint not null references process_case (id),
  account_id bigint,
  made_at timestamptz not null,
  ended_at timestamptz,
  check (from_case_id <> to_case_id)
);
comment on table process_link is 'Links between cases (案件关联: 合并、拆分、另立、重办、引发); ended ones stay as history';
comment on column process_link.id is 'Key';
comment on column process_link.kind is 'merged 并入 · part 拆分 · follow 另立 · redo 重办 · opened 由此发起';
comment on column process_link.from_case_id is 'The case that is linked: the merged one, the part, the new one';
comment on column process_link.to_case_id is 'The case it belongs to: the main one, the whole, the earlier one';
comment on column process_link.account_id is 'Who linked them; null for the system';
comment on column process_link.made_at is 'When they were linked';
comment on column process_link.ended_at is 'When the link was undone; null while it holds';
create unique index process_link_from on process_link (from_case_id, kind) where ended_at is null;
create index process_link_to on process_link (to_case_id, kind) where ended_at is null;

-- The link says what this column said, and for more kinds.
insert into process_link (kind, from_case_id, to_case_id, made_at)
  select 'part', id, parent_id, opened_at from process_case where parent_id is not null;
alter table process_case drop column parent_id;
