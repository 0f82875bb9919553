alter table process_timer add column attempts integer not null default 0;
alter table process_timer add column retry_at timestamptz;
alter table process_timer add column last_error text;
comment on column process_timer.attempts is 'How often it was tried and failed';
comment on column process_timer.retry_at is 'After a failure: not tried again before, so that other cases go on';
comment on column process_timer.last_error is 'Why it failed last, for the operator';
