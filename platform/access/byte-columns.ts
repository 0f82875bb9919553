import type { ByteColumn } from '#platform/crypto/byte-columns.ts'

export const accessByteColumns: readonly ByteColumn[] = [
  { holds: 'token', table: 'access_person_read', column: 'subject_token' },
]
