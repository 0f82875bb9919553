-- Who took part sees a case also outside of his grants. These indexes lead to just those rows, however many cases a unit has
-- closed inside its own territory and line.
create index process_party_unit_place on process_party (unit_id, town_code, village_code, case_id) where unit_id is not null;
create index process_party_unit_line on process_party (unit_id, line_code, case_id) where unit_id is not null;
-- What one did in one's present unit is the unit's; what is looked for is what one did in others.
drop index process_party_account;
create index process_party_account on process_party (account_id, unit_id, case_id desc) where account_id is not null;
