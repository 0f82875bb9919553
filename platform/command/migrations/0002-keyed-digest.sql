-- Digests without a key could be guessed back to what was sent. A repeated call under one of these is taken at its word.
update command_idempotency set body_hash = '';
comment on column command_idempotency.body_hash is 'Keyed digest of the input without passwords; another body under the same key is refused';
