create table notify_message (
  id bigint generated always as identity primary key,
  account_id bigint not null,
  at timestamptz not null,
  kind text not null,
  case_id bigint,
  params jsonb not null default '{}',
  read_at timestamptz
);
comment on table notify_message is 'Messages inside the platform (站内消息)';
comment on column notify_message.id is 'Identity';
comment on column notify_message.account_id is 'To whom';
comment on column notify_message.at is 'When';
comment on column notify_message.kind is 'Wording key';
comment on column notify_message.case_id is 'About which case';
comment on column notify_message.params is 'Values for the wording; no personal data';
comment on column notify_message.read_at is 'When read';
create index notify_message_unread on notify_message (account_id, id desc) where read_at is null;
create index notify_message_account on notify_message (account_id, id desc);

create table notify_delivery (
  id bigint generated always as identity primary key,
  at timestamptz not null,
  channel text not null,
  target bytea not null,
  kind text not null,
  case_id bigint,
  outcome text not null,
  detail text
);
comment on table notify_delivery is 'Append-only: what went out by SMS, e-mail or webhook';
comment on column notify_delivery.id is 'Identity';
comment on column notify_delivery.at is 'When';
comment on column notify_delivery.channel is 'sms, email, webhook or file';
comment on column notify_delivery.target is 'Encrypted address';
comment on column notify_delivery.kind is 'Wording key';
comment on column notify_delivery.case_id is 'About which case';
comment on column notify_delivery.outcome is 'sent or failed';
comment on column notify_delivery.detail is 'Why it failed';
