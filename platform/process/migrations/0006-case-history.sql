-- What the list of cases filters by, for closed cases only: however much history there is, a rare value is found by key. Open
-- cases are few and stand in process_case_open_id. An index costs each command that changes an indexed column, and state
-- changes with every hop; these hold no open case, so they are written once in the life of a case, when it closes.
create index process_case_closed_state on process_case (state, id desc) where closed_at is not null;
create index process_case_closed_severity on process_case (severity, id desc) where closed_at is not null;
create index process_case_closed_source on process_case (source, id desc) where closed_at is not null;
create index process_case_closed_class on process_case (class_code, id desc) where closed_at is not null;
create index process_case_closed_opened on process_case (opened_at desc, id desc) where closed_at is not null;
