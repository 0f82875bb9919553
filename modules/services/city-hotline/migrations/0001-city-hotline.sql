create table city_hotline_adapter (
  id smallint primary key default 1 check (id = 1),
  form text not null default 'off' check (form in ('off', 'file', 'api')),
  inbound text not null default 'push' check (inbound in ('push', 'poll')),
  address text,
  key_id text,
  signature text not null default 'hmacSha256' check (signature in ('hmacSha256', 'hmacSm3', 'sm2')),
  secret_sealed bytea,
  city_public_key text,
  poll_minutes integer not null default 5 check (poll_minutes between 1 and 120),
  poll_cursor text,
  polled_at timestamptz,
  poll_error text,
  simulated boolean not null default false,
  chain integer not null default 0,
  changed_at timestamptz not null,
  changed_by bigint
);
comment on table city_hotline_adapter is 'How the county exchanges with the city''s 12345 (市12345对接设置); one row';
comment on column city_hotline_adapter.id is 'Always 1';
comment on column city_hotline_adapter.form is 'off 未启用 · file 文件交换 · api 接口交换';
comment on column city_hotline_adapter.inbound is 'push: the city calls · poll: the county asks';
comment on column city_hotline_adapter.address is 'Base address of the city''s interface (市平台接口地址)';
comment on column city_hotline_adapter.key_id is 'Name of the key that both sides agreed on (密钥标识)';
comment on column city_hotline_adapter.signature is 'How messages are signed, both ways';
comment on column city_hotline_adapter.secret_sealed is 'Shared secret, or the county''s own SM2 key; encrypted';
comment on column city_hotline_adapter.city_public_key is 'SM2 key by which the city''s messages are checked, hexadecimal';
comment on column city_hotline_adapter.poll_minutes is 'Minutes between two questions';
comment on column city_hotline_adapter.poll_cursor is 'Up to where the city''s messages were fetched';
comment on column city_hotline_adapter.polled_at is 'When the city was last asked with success';
comment on column city_hotline_adapter.poll_error is 'Why the last question failed; null after a success';
comment on column city_hotline_adapter.simulated is 'The other side is the simulated centre of a demo (模拟), never the city';
comment on column city_hotline_adapter.chain is 'Raised with every change: jobs of an older setting end';
comment on column city_hotline_adapter.changed_at is 'When it was set';
comment on column city_hotline_adapter.changed_by is 'Account that set it; null for the demo';

create table city_hotline_order (
  id bigint generated always as identity primary key,
  number text not null unique,
  kind text not null,
  urgent boolean not null default false,
  received_at timestamptz not null,
  arrived_at timestamptz not null,
  sign_due_at timestamptz,
  first_due_at timestamptz,
  reply_due_at timestamptz,
  state text not null check (state in ('toSign', 'signed', 'returning', 'returned', 'replied', 'done', 'withdrawn')),
  round integer not null default 1,
  digest text not null,
  payload_sealed bytea not null,
  phone_token bytea,
  via text not null check (via in ('file', 'push', 'poll')),
  last_urged_at timestamptz,
  urged integer not null default 0
);
comment on table city_hotline_order is 'Orders of the city''s 12345 (市12345工单)';
comment on column city_hotline_order.id is 'Key';
comment on column city_hotline_order.number is 'The city''s number (市工单编号)';
comment on column city_hotline_order.kind is 'What it is, as the city says: 咨询、求助、投诉、举报、建议';
comment on column city_hotline_order.urgent is 'Marked urgent by the city (紧急)';
comment on column city_hotline_order.received_at is 'When the city handed it over (派单时间)';
comment on column city_hotline_order.arrived_at is 'When it came in here';
comment on column city_hotline_order.sign_due_at is 'Until when the city wants it signed for (签收时限)';
comment on column city_hotline_order.first_due_at is 'The deadline of the reply that the order came with';
comment on column city_hotline_order.reply_due_at is 'Until when the city wants the reply of this round (答复时限), extensions included';
comment on column city_hotline_order.state is 'toSign 待签收 · signed 办理中 · returning 退单待市审核 · returned 已退单 · replied 已反馈待市回访 · done 已办结 · withdrawn 市已撤回';
comment on column city_hotline_order.round is 'How often it is handled: 1, or more after 不满意 (重办)';
comment on column city_hotline_order.digest is 'SHA-256 of what the city sent, by which a repeat is told from a change';
comment on column city_hotline_order.payload_sealed is 'What the city sent, encrypted';
comment on column city_hotline_order.phone_token is 'Blind token of the caller''s number';
comment on column city_hotline_order.via is 'By which way it came';
comment on column city_hotline_order.last_urged_at is 'When the city last urged or supervised';
comment on column city_hotline_order.urged is 'How often the city urged or supervised';
create index city_hotline_order_open on city_hotline_order (reply_due_at, id) where state in ('toSign', 'signed', 'returning');
create index city_hotline_order_received on city_hotline_order (received_at);
create index city_hotline_order_phone on city_hotline_order (phone_token) where phone_token is not null;

create table city_hotline_round (
  order_id bigint not null references city_hotline_order (id),
  round integer not null,
  case_id bigint not null unique,
  opened_at timestamptz not null,
  primary key (order_id, round)
);
comment on table city_hotline_round is 'The case of each round of an order: the first, and one more for every 重办';
comment on column city_hotline_round.order_id is 'The order';
comment on column city_hotline_round.round is '1, 2, …';
comment on column city_hotline_round.case_id is 'The case of the round';
comment on column city_hotline_round.opened_at is 'When it was opened';

create table city_hotline_notice (
  id bigint generated always as identity primary key,
  city_id text not null unique,
  order_id bigint references city_hotline_order (id),
  number text not null,
  kind text not null check (kind in ('order', 'urge', 'supervise', 'returnAnswer', 'extensionAnswer', 'visit', 'withdraw')),
  at timestamptz not null,
  arrived_at timestamptz not null,
  answers text,
  agreed boolean,
  satisfied boolean,
  due_at timestamptz,
  words_sealed bytea,
  via text not null
);
comment on table city_hotline_notice is 'What the city said, each once (市来消息): orders, urging, supervision, answers, call-backs';
comment on column city_hotline_notice.id is 'Key';
comment on column city_hotline_notice.city_id is 'The city''s id of the message; of a row of a file, made from what it says';
comment on column city_hotline_notice.order_id is 'The order; null while the order itself has not come in yet';
comment on column city_hotline_notice.number is 'The city''s number of the order';
comment on column city_hotline_notice.kind is 'order 派单 · urge 催办 · supervise 督办 · returnAnswer 退单审核 · extensionAnswer 延期审核 · visit 回访 · withdraw 撤单';
comment on column city_hotline_notice.at is 'When the city said it';
comment on column city_hotline_notice.arrived_at is 'When it came in here';
comment on column city_hotline_notice.answers is 'Key of the county''s message that it answers';
comment on column city_hotline_notice.agreed is 'Whether the city agrees to what was asked';
comment on column city_hotline_notice.satisfied is 'Result of the call-back (回访)';
comment on column city_hotline_notice.due_at is 'New deadline that it sets';
comment on column city_hotline_notice.words_sealed is 'What it says, encrypted';
comment on column city_hotline_notice.via is 'By which way it came';
create index city_hotline_notice_order on city_hotline_notice (order_id, id);
create index city_hotline_notice_parked on city_hotline_notice (number) where order_id is null;
create index city_hotline_notice_arrived on city_hotline_notice (at);

create table city_hotline_message (
  id bigint generated always as identity primary key,
  key text not null unique,
  order_id bigint not null references city_hotline_order (id),
  round integer not null,
  kind text not null check (kind in ('sign', 'return', 'extend', 'reply')),
  body_sealed bytea not null,
  due_at timestamptz,
  made_at timestamptz not null,
  account_id bigint,
  state text not null default 'waiting' check (state in ('waiting', 'exported', 'accepted', 'refused', 'failed')),
  tries integer not null default 0,
  next_try_at timestamptz not null,
  tried_at timestamptz,
  detail text,
  settled_at timestamptz
);
comment on table city_hotline_message is 'What goes to the city (发市消息), each with a key by which the city drops repeats';
comment on column city_hotline_message.id is 'Key';
comment on column city_hotline_message.key is 'Idempotency key that the city sees';
comment on column city_hotline_message.order_id is 'The order';
comment on column city_hotline_message.round is 'The round it belongs to';
comment on column city_hotline_message.kind is 'sign 签收 · return 退单 · extend 延期申请 · reply 答复';
comment on column city_hotline_message.body_sealed is 'What it says, encrypted';
comment on column city_hotline_message.due_at is 'Until when an extension is asked for';
comment on column city_hotline_message.made_at is 'When it was made';
comment on column city_hotline_message.account_id is 'Who asked for it; null where it follows from the case';
comment on column city_hotline_message.state is 'waiting 待发 · exported 已导出 · accepted 市已接收 · refused 市不接收 · failed 发送失败';
comment on column city_hotline_message.tries is 'Tries so far';
comment on column city_hotline_message.next_try_at is 'Not before';
comment on column city_hotline_message.tried_at is 'Last try';
comment on column city_hotline_message.detail is 'Code of the last failure, or the city''s reason';
comment on column city_hotline_message.settled_at is 'When the city had it';
create index city_hotline_message_order on city_hotline_message (order_id, id);
create index city_hotline_message_open on city_hotline_message (id) where state in ('waiting', 'failed', 'refused');
create index city_hotline_message_made on city_hotline_message (made_at);

create table city_hotline_nonce (
  nonce text primary key,
  at timestamptz not null
);
comment on table city_hotline_nonce is 'Random numbers of signed calls of the last minutes, so that a replay is refused';
comment on column city_hotline_nonce.nonce is 'Key and random number';
comment on column city_hotline_nonce.at is 'When it was seen';
create index city_hotline_nonce_at on city_hotline_nonce (at);

create table city_hotline_run (
  id bigint generated always as identity primary key,
  day date not null,
  at timestamptz not null,
  via text not null check (via in ('api', 'file')),
  account_id bigint,
  ours integer not null,
  theirs integer not null,
  sent integer not null,
  differing integer not null
);
comment on table city_hotline_run is 'Reconciliations with the city (与市12345对账)';
comment on column city_hotline_run.id is 'Key';
comment on column city_hotline_run.day is 'The day that was compared';
comment on column city_hotline_run.at is 'When';
comment on column city_hotline_run.via is 'Where the city''s list came from';
comment on column city_hotline_run.account_id is 'Who asked for it; null for the daily one';
comment on column city_hotline_run.ours is 'Orders on this side';
comment on column city_hotline_run.theirs is 'Orders on the city''s list';
comment on column city_hotline_run.sent is 'Messages of this side for these orders';
comment on column city_hotline_run.differing is 'Differences found';
create index city_hotline_run_day on city_hotline_run (day, id);

create table city_hotline_difference (
  id bigint generated always as identity primary key,
  run_id bigint not null references city_hotline_run (id),
  kind text not null check (kind in ('orderMissingHere', 'orderMissingThere', 'stateDiffers', 'dueDiffers', 'messageMissingThere',
    'messageUnknownHere', 'noticeMissingHere')),
  number text not null,
  order_id bigint,
  message_id bigint,
  ours text,
  theirs text,
  mended_at timestamptz,
  mended_by bigint
);
comment on table city_hotline_difference is 'What a reconciliation found (对账差异)';
comment on column city_hotline_difference.id is 'Key';
comment on column city_hotline_difference.run_id is 'The reconciliation';
comment on column city_hotline_difference.kind is 'orderMissingHere 县缺工单 · orderMissingThere 市缺工单 · stateDiffers 状态不一致 · dueDiffers 时限不一致 · messageMissingThere 市缺回执 · messageUnknownHere 县无此回执 · noticeMissingHere 县缺消息';
comment on column city_hotline_difference.number is 'The city''s number';
comment on column city_hotline_difference.order_id is 'The order here, where there is one';
comment on column city_hotline_difference.message_id is 'The message here, where there is one';
comment on column city_hotline_difference.ours is 'What stands here';
comment on column city_hotline_difference.theirs is 'What stands there';
comment on column city_hotline_difference.mended_at is 'When it was sent or asked for again';
comment on column city_hotline_difference.mended_by is 'Who did that';
create index city_hotline_difference_run on city_hotline_difference (run_id, id);
