-- One row for what a case counts for on one day, for one unit: where the numbers come from, and what they open. Parts that are
-- nothing stay null, which costs a bit.
create table measures_fact (
  case_id bigint not null,
  day date not null,
  unit_id bigint not null,
  town_code text not null,
  village_code text not null,
  line_code text not null,
  source text not null,
  secret boolean not null,
  reported integer,
  reported_valid integer,
  accepted integer,
  accepted_filed integer,
  dispatched integer,
  dispatched_returned integer,
  returned_invalid integer,
  handled integer,
  handled_reworked integer,
  finished integer,
  finished_minutes bigint,
  closed integer,
  closed_local integer,
  rated integer,
  rated_satisfied integer,
  called integer,
  called_solved integer,
  called_satisfied integer,
  accept_due integer,
  accept_done integer,
  accept_met integer,
  verify_due integer,
  verify_done integer,
  verify_met integer,
  sign_due integer,
  sign_done integer,
  sign_met integer,
  handle_due integer,
  handle_done integer,
  handle_met integer,
  inspect_due integer,
  inspect_done integer,
  inspect_met integer,
  reply_due integer,
  reply_done integer,
  reply_met integer,
  primary key (case_id, day, unit_id)
);
create index measures_fact_day on measures_fact (day, case_id, unit_id);
create index measures_fact_town on measures_fact (town_code, day, case_id, unit_id);
create index measures_fact_village on measures_fact (village_code, day, case_id, unit_id);
create index measures_fact_line on measures_fact (line_code, day, case_id, unit_id);
create index measures_fact_unit on measures_fact (unit_id, day, case_id) where unit_id <> 0;
-- Few rows, which a long period would otherwise be searched through for.
create index measures_fact_returned on measures_fact (day, case_id, unit_id) where dispatched_returned > 0;
create index measures_fact_invalid on measures_fact (day, case_id, unit_id) where returned_invalid > 0;
create index measures_fact_reworked on measures_fact (day, case_id, unit_id) where handled_reworked > 0;
create index measures_fact_secret on measures_fact (day, case_id) where secret;

create table measures_delta (
  id bigint generated always as identity primary key,
  day date not null,
  unit_id bigint not null,
  town_code text not null,
  village_code text not null,
  line_code text not null,
  source text not null,
  reported integer,
  reported_valid integer,
  accepted integer,
  accepted_filed integer,
  dispatched integer,
  dispatched_returned integer,
  returned_invalid integer,
  handled integer,
  handled_reworked integer,
  finished integer,
  finished_minutes bigint,
  closed integer,
  closed_local integer,
  rated integer,
  rated_satisfied integer,
  called integer,
  called_solved integer,
  called_satisfied integer,
  accept_due integer,
  accept_done integer,
  accept_met integer,
  verify_due integer,
  verify_done integer,
  verify_met integer,
  sign_due integer,
  sign_done integer,
  sign_met integer,
  handle_due integer,
  handle_done integer,
  handle_met integer,
  inspect_due integer,
  inspect_done integer,
  inspect_met integer,
  reply_due integer,
  reply_done integer,
  reply_met integer
);

create table measures_count (
  by_kind text not null check (by_kind in ('', 'unit', 'source')),
  place text not null,
  line text not null,
  grain text not null check (grain in ('d', 'm')),
  day date not null,
  by_key text not null,
  reported integer,
  reported_valid integer,
  accepted integer,
  accepted_filed integer,
  dispatched integer,
  dispatched_returned integer,
  returned_invalid integer,
  handled integer,
  handled_reworked integer,
  finished integer,
  finished_minutes bigint,
  closed integer,
  closed_local integer,
  rated integer,
  rated_satisfied integer,
  called integer,
  called_solved integer,
  called_satisfied integer,
  accept_due integer,
  accept_done integer,
  accept_met integer,
  verify_due integer,
  verify_done integer,
  verify_met integer,
  sign_due integer,
  sign_done integer,
  sign_met integer,
  handle_due integer,
  handle_done integer,
  handle_met integer,
  inspect_due integer,
  inspect_done integer,
  inspect_met integer,
  reply_due integer,
  reply_done integer,
  reply_met integer,
  primary key (by_kind, place, line, grain, day, by_key)
);

create table measures_measure (
  key text primary key,
  position integer not null,
  section text not null,
  name jsonb not null,
  words jsonb not null,
  numerator text[] not null,
  denominator text[] not null,
  unit text not null check (unit in ('count', 'percent', 'hours')),
  better text check (better in ('more', 'less')),
  source text not null,
  mark text not null check (mark in ('S', 'K', 'D')),
  shown boolean not null default true
);

create table measures_composite (
  id bigint generated always as identity primary key,
  name text not null,
  weights jsonb not null,
  document_number text not null,
  valid_from date not null,
  entered_at timestamptz not null,
  entered_by bigint
);

create table measures_state (
  only_row boolean primary key default true check (only_row),
  revision text not null,
  counted_to bigint not null
);

comment on table measures_fact is 'What a case counts for in measures (考核指标) on one day for one unit; made anew from trace and clocks whenever the case moves';
comment on column measures_fact.case_id is 'Case';
comment on column measures_fact.day is 'Day in the county';
comment on column measures_fact.unit_id is 'Unit it counts for (承办单位), 0 where none';
comment on column measures_fact.town_code is 'Town, empty where unknown';
comment on column measures_fact.village_code is 'Village, empty where unknown';
comment on column measures_fact.line_code is 'Department line, empty where none';
comment on column measures_fact.source is 'Channel (来源)';
comment on column measures_fact.secret is 'The case is 保密: left out of numbers of those who may not see it';
comment on column measures_fact.reported is 'Reports (上报数), on the day of the report';
comment on column measures_fact.reported_valid is 'Of them valid (有效上报)';
comment on column measures_fact.accepted is 'Accepted (受理), on the day of acceptance';
comment on column measures_fact.accepted_filed is 'Of them filed (立案)';
comment on column measures_fact.dispatched is 'Dispatches (派遣), on their day';
comment on column measures_fact.dispatched_returned is 'Of them returned (退单改派)';
comment on column measures_fact.returned_invalid is 'Returns after which the same unit got it again (推诿, 无效退单)';
comment on column measures_fact.handled is 'Results handed in (处置反馈), on their day';
comment on column measures_fact.handled_reworked is 'Of them sent back (返工)';
comment on column measures_fact.finished is 'Cases handled for good, on the day of the last result';
comment on column measures_fact.finished_minutes is 'Their minutes from the last dispatch to the result';
comment on column measures_fact.closed is 'Closed (结案), on its day';
comment on column measures_fact.closed_local is 'Of them settled inside village or grid (村格内解决)';
comment on column measures_fact.rated is 'Ratings (评价)';
comment on column measures_fact.rated_satisfied is 'Of them satisfied (满意、基本满意)';
comment on column measures_fact.called is 'Calls back (回访)';
comment on column measures_fact.called_solved is 'Of them: solved (已解决)';
comment on column measures_fact.called_satisfied is 'Of them: satisfied (满意)';
comment on column measures_fact.accept_due is 'Deadlines (应受理), on their day; held and withdrawn ones left out';
comment on column measures_fact.accept_done is 'Of them fulfilled, whenever (已受理)';
comment on column measures_fact.accept_met is 'Of them fulfilled in time (按时受理)';
comment on column measures_fact.verify_due is 'Deadlines (应核实), on their day; held and withdrawn ones left out';
comment on column measures_fact.verify_done is 'Of them fulfilled, whenever (已核实)';
comment on column measures_fact.verify_met is 'Of them fulfilled in time (按时核实)';
comment on column measures_fact.sign_due is 'Deadlines (应签收), on their day; held and withdrawn ones left out';
comment on column measures_fact.sign_done is 'Of them fulfilled, whenever (已签收)';
comment on column measures_fact.sign_met is 'Of them fulfilled in time (按时签收)';
comment on column measures_fact.handle_due is 'Deadlines (应处置), on their day; held and withdrawn ones left out';
comment on column measures_fact.handle_done is 'Of them fulfilled, whenever (已处置)';
comment on column measures_fact.handle_met is 'Of them fulfilled in time (按时处置)';
comment on column measures_fact.inspect_due is 'Deadlines (应核查), on their day; held and withdrawn ones left out';
comment on column measures_fact.inspect_done is 'Of them fulfilled, whenever (已核查)';
comment on column measures_fact.inspect_met is 'Of them fulfilled in time (按时核查)';
comment on column measures_fact.reply_due is 'Deadlines (应答复结案), on their day; held and withdrawn ones left out';
comment on column measures_fact.reply_done is 'Of them fulfilled, whenever (已答复结案)';
comment on column measures_fact.reply_met is 'Of them fulfilled in time (按时答复结案)';
comment on table measures_delta is 'Insert-only changes of facts (−old, +new), folded into measures_count; a number = folded + unfolded in one statement';
comment on column measures_delta.id is 'Identity';
comment on column measures_delta.day is 'Day in the county';
comment on column measures_delta.unit_id is 'Unit it counts for (承办单位), 0 where none';
comment on column measures_delta.town_code is 'Town, empty where unknown';
comment on column measures_delta.village_code is 'Village, empty where unknown';
comment on column measures_delta.line_code is 'Department line, empty where none';
comment on column measures_delta.source is 'Channel (来源)';
comment on column measures_delta.reported is 'Reports (上报数), on the day of the report';
comment on column measures_delta.reported_valid is 'Of them valid (有效上报)';
comment on column measures_delta.accepted is 'Accepted (受理), on the day of acceptance';
comment on column measures_delta.accepted_filed is 'Of them filed (立案)';
comment on column measures_delta.dispatched is 'Dispatches (派遣), on their day';
comment on column measures_delta.dispatched_returned is 'Of them returned (退单改派)';
comment on column measures_delta.returned_invalid is 'Returns after which the same unit got it again (推诿, 无效退单)';
comment on column measures_delta.handled is 'Results handed in (处置反馈), on their day';
comment on column measures_delta.handled_reworked is 'Of them sent back (返工)';
comment on column measures_delta.finished is 'Cases handled for good, on the day of the last result';
comment on column measures_delta.finished_minutes is 'Their minutes from the last dispatch to the result';
comment on column measures_delta.closed is 'Closed (结案), on its day';
comment on column measures_delta.closed_local is 'Of them settled inside village or grid (村格内解决)';
comment on column measures_delta.rated is 'Ratings (评价)';
comment on column measures_delta.rated_satisfied is 'Of them satisfied (满意、基本满意)';
comment on column measures_delta.called is 'Calls back (回访)';
comment on column measures_delta.called_solved is 'Of them: solved (已解决)';
comment on column measures_delta.called_satisfied is 'Of them: satisfied (满意)';
comment on column measures_delta.accept_due is 'Deadlines (应受理), on their day; held and withdrawn ones left out';
comment on column measures_delta.accept_done is 'Of them fulfilled, whenever (已受理)';
comment on column measures_delta.accept_met is 'Of them fulfilled in time (按时受理)';
comment on column measures_delta.verify_due is 'Deadlines (应核实), on their day; held and withdrawn ones left out';
comment on column measures_delta.verify_done is 'Of them fulfilled, whenever (已核实)';
comment on column measures_delta.verify_met is 'Of them fulfilled in time (按时核实)';
comment on column measures_delta.sign_due is 'Deadlines (应签收), on their day; held and withdrawn ones left out';
comment on column measures_delta.sign_done is 'Of them fulfilled, whenever (已签收)';
comment on column measures_delta.sign_met is 'Of them fulfilled in time (按时签收)';
comment on column measures_delta.handle_due is 'Deadlines (应处置), on their day; held and withdrawn ones left out';
comment on column measures_delta.handle_done is 'Of them fulfilled, whenever (已处置)';
comment on column measures_delta.handle_met is 'Of them fulfilled in time (按时处置)';
comment on column measures_delta.inspect_due is 'Deadlines (应核查), on their day; held and withdrawn ones left out';
comment on column measures_delta.inspect_done is 'Of them fulfilled, whenever (已核查)';
comment on column measures_delta.inspect_met is 'Of them fulfilled in time (按时核查)';
comment on column measures_delta.reply_due is 'Deadlines (应答复结案), on their day; held and withdrawn ones left out';
comment on column measures_delta.reply_done is 'Of them fulfilled, whenever (已答复结案)';
comment on column measures_delta.reply_met is 'Of them fulfilled in time (按时答复结案)';
comment on table measures_count is 'Folded parts of measures by day and month, for county, towns and (by month) villages; facts of all cases added up';
comment on column measures_count.by_kind is 'Also split by unit or source, or empty';
comment on column measures_count.place is 'Division: empty county, 9 town, 12 village';
comment on column measures_count.line is 'Department line; empty all';
comment on column measures_count.grain is 'd day, m month';
comment on column measures_count.day is 'Day, or first of the month';
comment on column measures_count.by_key is 'Unit id or source; empty';
comment on column measures_count.reported is 'Reports (上报数), on the day of the report';
comment on column measures_count.reported_valid is 'Of them valid (有效上报)';
comment on column measures_count.accepted is 'Accepted (受理), on the day of acceptance';
comment on column measures_count.accepted_filed is 'Of them filed (立案)';
comment on column measures_count.dispatched is 'Dispatches (派遣), on their day';
comment on column measures_count.dispatched_returned is 'Of them returned (退单改派)';
comment on column measures_count.returned_invalid is 'Returns after which the same unit got it again (推诿, 无效退单)';
comment on column measures_count.handled is 'Results handed in (处置反馈), on their day';
comment on column measures_count.handled_reworked is 'Of them sent back (返工)';
comment on column measures_count.finished is 'Cases handled for good, on the day of the last result';
comment on column measures_count.finished_minutes is 'Their minutes from the last dispatch to the result';
comment on column measures_count.closed is 'Closed (结案), on its day';
comment on column measures_count.closed_local is 'Of them settled inside village or grid (村格内解决)';
comment on column measures_count.rated is 'Ratings (评价)';
comment on column measures_count.rated_satisfied is 'Of them satisfied (满意、基本满意)';
comment on column measures_count.called is 'Calls back (回访)';
comment on column measures_count.called_solved is 'Of them: solved (已解决)';
comment on column measures_count.called_satisfied is 'Of them: satisfied (满意)';
comment on column measures_count.accept_due is 'Deadlines (应受理), on their day; held and withdrawn ones left out';
comment on column measures_count.accept_done is 'Of them fulfilled, whenever (已受理)';
comment on column measures_count.accept_met is 'Of them fulfilled in time (按时受理)';
comment on column measures_count.verify_due is 'Deadlines (应核实), on their day; held and withdrawn ones left out';
comment on column measures_count.verify_done is 'Of them fulfilled, whenever (已核实)';
comment on column measures_count.verify_met is 'Of them fulfilled in time (按时核实)';
comment on column measures_count.sign_due is 'Deadlines (应签收), on their day; held and withdrawn ones left out';
comment on column measures_count.sign_done is 'Of them fulfilled, whenever (已签收)';
comment on column measures_count.sign_met is 'Of them fulfilled in time (按时签收)';
comment on column measures_count.handle_due is 'Deadlines (应处置), on their day; held and withdrawn ones left out';
comment on column measures_count.handle_done is 'Of them fulfilled, whenever (已处置)';
comment on column measures_count.handle_met is 'Of them fulfilled in time (按时处置)';
comment on column measures_count.inspect_due is 'Deadlines (应核查), on their day; held and withdrawn ones left out';
comment on column measures_count.inspect_done is 'Of them fulfilled, whenever (已核查)';
comment on column measures_count.inspect_met is 'Of them fulfilled in time (按时核查)';
comment on column measures_count.reply_due is 'Deadlines (应答复结案), on their day; held and withdrawn ones left out';
comment on column measures_count.reply_done is 'Of them fulfilled, whenever (已答复结案)';
comment on column measures_count.reply_met is 'Of them fulfilled in time (按时答复结案)';
comment on table measures_measure is 'Measures (考核指标): data that the bureau may change; formula over counted parts';
comment on column measures_measure.key is 'Key';
comment on column measures_measure.position is 'Order on the page';
comment on column measures_measure.section is 'Heading';
comment on column measures_measure.name is 'Name by language';
comment on column measures_measure.words is 'Formula in words by language';
comment on column measures_measure.numerator is 'Parts added (a leading minus: taken away)';
comment on column measures_measure.denominator is 'Parts divided by; empty for a count';
comment on column measures_measure.unit is 'count, percent or hours';
comment on column measures_measure.better is 'more or less is the better outcome; null: says nothing';
comment on column measures_measure.source is 'Where the formula comes from';
comment on column measures_measure.mark is 'S read in a source, K to be verified (待核实), D design';
comment on column measures_measure.shown is 'On the page';
comment on table measures_composite is 'Published weights of a composite (综合得分) of areas and units, never of a person; the newest that is in force counts';
comment on column measures_composite.id is 'Identity';
comment on column measures_composite.name is 'Name';
comment on column measures_composite.weights is 'Weight by key of the measure';
comment on column measures_composite.document_number is 'Document that published the weights (文号)';
comment on column measures_composite.valid_from is 'In force from';
comment on column measures_composite.entered_at is 'When entered';
comment on column measures_composite.entered_by is 'By whom';
comment on table measures_state is 'By which counting rules the facts were made; one row';
comment on column measures_state.only_row is 'Always true';
comment on column measures_state.revision is 'Digest of the counting rules; empty while counting anew';
comment on column measures_state.counted_to is 'Cases up to this id have been counted by them';
