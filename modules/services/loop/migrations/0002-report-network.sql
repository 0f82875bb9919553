alter table loop_report add column network_token bytea;
comment on column loop_report.network_token is 'Keyed digest of the network that the report came from, for limits on abuse; compared for minutes only';
create index loop_report_network on loop_report (network_token, reported_at) where network_token is not null;
