import type { ByteColumn } from '#platform/crypto/byte-columns.ts'

export const commandByteColumns: readonly ByteColumn[] = [
  {
    holds: 'other',
    table: 'command_idempotency',
    column: 'body_hash',
    what: 'keyed digest of the request, for 30 days; compared as long as its key is held',
  },
]
