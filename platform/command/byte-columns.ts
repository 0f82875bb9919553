import type { ByteColumn } from '#platform/crypto/byte-columns.ts'

export const commandByteColumns: readonly ByteColumn[] = [
  { holds: 'other', table: 'command_idempotency', column: 'body_hash', what: 'digest of the request' },
]
