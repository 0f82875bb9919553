create table mediation_party (
  case_id bigint not null,
  no integer not null,
  side text not null check (side in ('applicant', 'respondent')),
  name_sealed bytea not null,
  phone_sealed bytea,
  recorded_at timestamptz not null,
  recorded_by bigint not null,
  removed_at timestamptz,
  primary key (case_id, no)
);
comment on table mediation_party is 'Parties of a mediation (当事人), encrypted by field; the case itself names nobody';
comment on column mediation_party.case_id is 'Case';
comment on column mediation_party.no is 'Order in which they were recorded, from 1';
comment on column mediation_party.side is 'applicant 申请人, respondent 被申请人';
comment on column mediation_party.name_sealed is 'Name of the person or firm, encrypted';
comment on column mediation_party.phone_sealed is 'Phone, encrypted';
comment on column mediation_party.recorded_at is 'When';
comment on column mediation_party.recorded_by is 'Account that recorded it';
comment on column mediation_party.removed_at is 'When it was taken out again as recorded by mistake';
