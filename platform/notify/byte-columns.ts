import type { ByteColumn } from '#platform/crypto/byte-columns.ts'

/** Bound into every target that is kept. */
export const TARGET_AAD = 'notify_delivery:target'

export const notifyByteColumns: readonly ByteColumn[] = [
  { holds: 'field', table: 'notify_delivery', column: 'target', key: ['id'], aad: () => TARGET_AAD },
]
