import type { ByteColumn } from '#platform/crypto/byte-columns.ts'

export const ordersByteColumns: readonly ByteColumn[] = [
  {
    holds: 'other',
    table: 'orders_order',
    column: 'fingerprint',
    what: 'keyed digest of a row without a number; rows from under a key that is gone are not recognised again',
  },
]
