create table orders_order (
  case_id bigint primary key,
  import_id bigint not null,
  row_number integer not null,
  origin text not null,
  outside_number text,
  fingerprint bytea not null,
  at timestamptz not null
);
comment on table orders_order is 'Append-only: cases that came in by a file (导入工单), with the number they have at their source';
comment on column orders_order.case_id is 'Case made of the row';
comment on column orders_order.import_id is 'Import';
comment on column orders_order.row_number is 'Row of its file';
comment on column orders_order.origin is 'Source (来源), within which outside numbers are unique';
comment on column orders_order.outside_number is 'Number at the source (外部编号)';
comment on column orders_order.fingerprint is 'Keyed digest of what was reported, by whom and when: finds the same row again where it has no number';
comment on column orders_order.at is 'When imported';
create unique index orders_order_number on orders_order (origin, outside_number) where outside_number is not null;
create index orders_order_fingerprint on orders_order (fingerprint);
create index orders_order_import on orders_order (import_id, case_id);
