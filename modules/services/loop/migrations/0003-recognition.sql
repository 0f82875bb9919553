create table loop_recognition_model (
  id bigint generated always as identity primary key,
  task text not null check (task in ('line', 'class')),
  version integer not null,
  origin text not null check (origin in ('shipped', 'words', 'trained')),
  state text not null check (state in ('waiting', 'failed', 'candidate', 'dropped', 'serving', 'served')),
  threshold double precision not null default 0.5 check (threshold between 0 and 1),
  requested_at timestamptz,
  requested_by bigint,
  trained_at timestamptz,
  train_seconds double precision,
  examples jsonb not null default '{}',
  figures jsonb,
  source text,
  digest text,
  file bytea,
  failure text,
  unique (task, version)
);
comment on table loop_recognition_model is 'Text models of the county (识别模型): the one in use, the candidate beside it, and those before';
comment on column loop_recognition_model.id is 'Identity';
comment on column loop_recognition_model.task is 'line 条线 or class 类别';
comment on column loop_recognition_model.version is 'Running number by task; 0 came with the product';
comment on column loop_recognition_model.origin is 'shipped: the model that comes with the product; words: words of the duty list; trained: in this county';
comment on column loop_recognition_model.state is 'waiting to be trained, failed, candidate 候选, dropped 未采用, serving 在用, served 曾在用';
comment on column loop_recognition_model.threshold is 'Below this confidence a person decides (把握阈值)';
comment on column loop_recognition_model.requested_at is 'When its training was asked for';
comment on column loop_recognition_model.requested_by is 'By whom';
comment on column loop_recognition_model.trained_at is 'When it was trained; its shadow run begins then';
comment on column loop_recognition_model.train_seconds is 'How long training took';
comment on column loop_recognition_model.examples is 'How many examples of which source, with their weights';
comment on column loop_recognition_model.figures is 'Figures of cross-validation: macro-F1, by label, confusion, calibration';
comment on column loop_recognition_model.source is 'SHA-256 of the examples it was trained on';
comment on column loop_recognition_model.digest is 'SHA-256 of the model file';
comment on column loop_recognition_model.file is 'The model file; of dropped ones it is not kept';
comment on column loop_recognition_model.failure is 'Why training failed, as a code';
create unique index loop_recognition_model_serving on loop_recognition_model (task) where state = 'serving';
create unique index loop_recognition_model_candidate on loop_recognition_model (task) where state = 'candidate';
create unique index loop_recognition_model_waiting on loop_recognition_model (task) where state = 'waiting';
insert into loop_recognition_model (task, version, origin, state) values ('line', 0, 'shipped', 'serving'), ('class', 0, 'words', 'serving');

create table loop_recognition_prediction (
  case_id bigint not null,
  model_id bigint not null references loop_recognition_model (id),
  task text not null,
  served boolean not null,
  said text,
  confidence double precision,
  sure boolean not null,
  at timestamptz not null,
  primary key (case_id, model_id)
);
comment on table loop_recognition_prediction is 'What each model said of a new report (识别结果): the one in use, and beside it the candidate (影子运行); none of secret cases';
comment on column loop_recognition_prediction.case_id is 'Case';
comment on column loop_recognition_prediction.model_id is 'Model';
comment on column loop_recognition_prediction.task is 'line or class';
comment on column loop_recognition_prediction.served is 'The model was in use then; else it ran in its shadow';
comment on column loop_recognition_prediction.said is 'Line or class; null = said nothing';
comment on column loop_recognition_prediction.confidence is 'Calibrated, 0 to 1; null for words of the duty list';
comment on column loop_recognition_prediction.sure is 'At or above the threshold of that time';
comment on column loop_recognition_prediction.at is 'When';
create index loop_recognition_prediction_model on loop_recognition_prediction (model_id, case_id desc);

create table loop_recognition_label (
  id bigint generated always as identity primary key,
  case_id bigint not null,
  task text not null check (task in ('line', 'class')),
  kind text not null check (kind in ('corrected', 'unsure', 'confirmed')),
  model_id bigint references loop_recognition_model (id),
  said text,
  confidence double precision,
  decided text not null,
  action text not null,
  decided_by bigint not null,
  decided_at timestamptz not null,
  text_digest text not null,
  excluded_at timestamptz,
  excluded_by bigint,
  excluded_reason text,
  unique (case_id, task)
);
comment on table loop_recognition_label is 'What people decided where a model had spoken (更正样本): examples for the next training; none of secret cases, and no text – that stays with the case';
comment on column loop_recognition_label.id is 'Identity';
comment on column loop_recognition_label.case_id is 'Case';
comment on column loop_recognition_label.task is 'line or class';
comment on column loop_recognition_label.kind is 'corrected 更正, unsure 模型没有把握、由人判断, confirmed 与识别一致';
comment on column loop_recognition_label.model_id is 'Model in use when the report came; null = none had spoken';
comment on column loop_recognition_label.said is 'What it said';
comment on column loop_recognition_label.confidence is 'How sure it was';
comment on column loop_recognition_label.decided is 'What the person decided';
comment on column loop_recognition_label.action is 'Action in which it was decided: accept, dispatch, rule';
comment on column loop_recognition_label.decided_by is 'Who';
comment on column loop_recognition_label.decided_at is 'When';
comment on column loop_recognition_label.text_digest is 'SHA-256 of the masked text that was judged';
comment on column loop_recognition_label.excluded_at is 'Taken out of training';
comment on column loop_recognition_label.excluded_by is 'By whom';
comment on column loop_recognition_label.excluded_reason is 'Why';
create index loop_recognition_label_task on loop_recognition_label (task, id desc);

create table loop_recognition_change (
  id bigint generated always as identity primary key,
  task text not null,
  kind text not null check (kind in ('trained', 'switched', 'threshold', 'excluded', 'included')),
  model_id bigint,
  from_id bigint,
  subject text,
  reason text,
  account_id bigint,
  at timestamptz not null
);
comment on table loop_recognition_change is 'Append-only: trainings, switches, thresholds and excluded examples (识别模型变更记录)';
comment on column loop_recognition_change.id is 'Identity';
comment on column loop_recognition_change.task is 'line or class';
comment on column loop_recognition_change.kind is 'trained, switched, threshold, excluded, included';
comment on column loop_recognition_change.model_id is 'Model it is about; of a switch the one that came into use';
comment on column loop_recognition_change.from_id is 'Of a switch: the one that was in use before';
comment on column loop_recognition_change.subject is 'Of a threshold: old and new; of an example: its case';
comment on column loop_recognition_change.reason is 'Why';
comment on column loop_recognition_change.account_id is 'By whom; null = the system';
comment on column loop_recognition_change.at is 'When';
