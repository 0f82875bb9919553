-- A message is kept when it is decided and tried afterwards, so that what did not go out is known as well as what did.
alter table notify_delivery
  add column params jsonb not null default '{}',
  add column tries integer not null default 0,
  add column tried_at timestamptz,
  alter column outcome set default 'waiting';
update notify_delivery set tries = 1, tried_at = at;
alter table notify_delivery
  add check (outcome in ('waiting', 'sent', 'failed', 'refused', 'not_configured'));
comment on table notify_delivery is 'Append-only except (outcome, detail, tries, tried_at): what goes out by SMS, e-mail or webhook (对外通知)';
comment on column notify_delivery.at is 'When it was decided';
comment on column notify_delivery.channel is 'sms, email or webhook';
comment on column notify_delivery.outcome is 'waiting, sent, failed (tried again), refused (final) or not_configured (no provider)';
comment on column notify_delivery.detail is 'Why it did not go out, as a code; never what the provider answered';
comment on column notify_delivery.params is 'Values for the wording; no personal data';
comment on column notify_delivery.tries is 'How often it was tried';
comment on column notify_delivery.tried_at is 'When it was tried last';
create index notify_delivery_case on notify_delivery (case_id) where case_id is not null;
create index notify_delivery_undelivered on notify_delivery (case_id) where outcome in ('failed', 'refused', 'not_configured');
