-- jsonb sorts the keys of an object; the order in which a form's fields are written is the order in which people fill them in.
alter table process_definition alter column body type json using body::json;
comment on column process_definition.body is 'The definition as written, fields of forms in their order; checked against the published meta-schema';
