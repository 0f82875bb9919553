import type { ByteColumn } from '#platform/crypto/byte-columns.ts'

export const searchByteColumns: readonly ByteColumn[] = [
  { holds: 'token', table: 'search_document', column: 'person_tokens' },
]
