alter table process_timer add column quiet boolean not null default false;
comment on column process_timer.quiet is 'Its time was over when the case was brought in from the past: the flag is set, nobody is told';
