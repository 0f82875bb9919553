alter table org_post_holding add column away boolean not null default false;
comment on column org_post_holding.away is 'With acting: who is stood in for is away (不在岗), so that work meant for that person falls to the unit and role';
