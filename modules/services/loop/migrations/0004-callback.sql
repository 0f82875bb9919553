create table loop_callback_rule (
  id bigint generated always as identity primary key,
  source text,
  class_code text,
  share integer not null check (share between 0 and 100),
  within_days integer not null check (within_days > 0),
  tries integer not null check (tries between 1 and 9),
  mark text not null
);
comment on table loop_callback_rule is 'What share of closed cases is called back (回访抽取比例), the most precise row rules';
comment on column loop_callback_rule.id is 'Identity';
comment on column loop_callback_rule.source is 'Source of the case (来源); null: any';
comment on column loop_callback_rule.class_code is 'Class (类别); null: any';
comment on column loop_callback_rule.share is 'Percent of the cases that end';
comment on column loop_callback_rule.within_days is 'Calendar days after the closing within which a call makes sense';
comment on column loop_callback_rule.tries is 'After so many tries without an answer it ends as not reached';
comment on column loop_callback_rule.mark is 'Where the figure comes from: D by judgement, K by experience, or a document';
insert into loop_callback_rule (source, class_code, share, within_days, tries, mark) values
  (null, null, 20, 15, 3, 'D'),
  ('grid', null, 5, 15, 3, 'D');

create table loop_callback (
  id bigint generated always as identity primary key,
  case_id bigint not null unique,
  reason text not null check (reason in ('sample', 'dissatisfied', 'redo')),
  state text not null check (state in ('open', 'answered', 'unreached')),
  most_tries integer not null,
  tries integer not null default 0,
  town_code text,
  village_code text,
  grid_code text,
  line_code text,
  asked_at timestamptz not null,
  not_before timestamptz not null,
  done_at timestamptz,
  account_id bigint,
  solved boolean,
  satisfied smallint check (satisfied between 1 and 5),
  words_sealed bytea,
  redo_asked boolean not null default false,
  redo_case_id bigint,
  check ((state = 'answered') = (solved is not null and satisfied is not null))
);
comment on table loop_callback is 'Call-back after closing (回访): one per case, so one result counts';
comment on column loop_callback.id is 'Identity';
comment on column loop_callback.case_id is 'Case';
comment on column loop_callback.reason is 'sample 抽取, dissatisfied 评价不满意, redo 重办件';
comment on column loop_callback.state is 'open 待回访, answered 已回访, unreached 未联系上';
comment on column loop_callback.most_tries is 'Tries after which it ends as not reached, as the rule said when it was asked';
comment on column loop_callback.tries is 'Tries so far';
comment on column loop_callback.town_code is 'Town (镇街) of the case';
comment on column loop_callback.village_code is 'Village (村社区) of the case';
comment on column loop_callback.grid_code is 'Grid (网格) of the case';
comment on column loop_callback.line_code is 'Department line (条线) of the case';
comment on column loop_callback.asked_at is 'When it was asked for';
comment on column loop_callback.not_before is 'Not to be tried again before';
comment on column loop_callback.done_at is 'When it ended';
comment on column loop_callback.account_id is 'Who called';
comment on column loop_callback.solved is 'The reporter says it is solved (是否解决)';
comment on column loop_callback.satisfied is '5 非常满意 … 1 非常不满意';
comment on column loop_callback.words_sealed is 'What the reporter said, encrypted';
comment on column loop_callback.redo_asked is 'The result asks for the case to be done again (重办)';
comment on column loop_callback.redo_case_id is 'The case that does it again';
create index loop_callback_open on loop_callback (not_before, id) where state = 'open';
create index loop_callback_done on loop_callback (done_at desc, id desc) where state <> 'open';

create table loop_callback_try (
  callback_id bigint not null references loop_callback (id),
  number integer not null,
  at timestamptz not null,
  account_id bigint,
  outcome text not null check (outcome in ('answered', 'no_answer', 'busy', 'wrong_number', 'refused')),
  primary key (callback_id, number)
);
comment on table loop_callback_try is 'Append-only: each try to call back';
comment on column loop_callback_try.callback_id is 'Call-back';
comment on column loop_callback_try.number is 'Try, counted from 1';
comment on column loop_callback_try.at is 'When';
comment on column loop_callback_try.account_id is 'Who called';
comment on column loop_callback_try.outcome is 'answered 接通, no_answer 无人接听, busy 占线, wrong_number 号码不对, refused 不愿接受';
