import type { ByteColumn } from '#platform/crypto/byte-columns.ts'

export const evidenceByteColumns: readonly ByteColumn[] = [
  {
    holds: 'other',
    table: 'evidence_entry',
    column: 'content',
    what: 'canonical text of a fact, without personal data',
  },
  { holds: 'other', table: 'evidence_entry', column: 'salt', what: 'random salt of the commitment' },
  { holds: 'other', table: 'evidence_entry', column: 'leaf', what: 'commitment' },
  { holds: 'other', table: 'evidence_tile', column: 'bytes', what: 'hashes of the tree' },
  { holds: 'other', table: 'evidence_checkpoint', column: 'root_hash', what: 'root of the tree' },
]
