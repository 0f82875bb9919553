create table job_job (
  id bigint generated always as identity primary key,
  kind text not null,
  aggregate text,
  payload jsonb not null,
  run_at timestamptz not null,
  attempts integer not null default 0,
  last_error text,
  failed_at timestamptz,
  created_at timestamptz not null
);
comment on table job_job is 'Outbox and jobs in one: written with the change that causes them, claimed with SKIP LOCKED, deleted when done';
comment on column job_job.id is 'Identity';
comment on column job_job.kind is 'Handler name; event:<name> for outbox events';
comment on column job_job.aggregate is 'Jobs of one aggregate run in the order of their ids';
comment on column job_job.payload is 'Input';
comment on column job_job.run_at is 'Not before';
comment on column job_job.attempts is 'Tries so far';
comment on column job_job.last_error is 'Why the last try failed';
comment on column job_job.failed_at is 'Given up; an administrator may run it again';
comment on column job_job.created_at is 'When written';
create index job_job_due on job_job (run_at, id) where failed_at is null;
create index job_job_aggregate on job_job (aggregate, id) where failed_at is null and aggregate is not null;
