import type { ByteColumn } from '#platform/crypto/byte-columns.ts'

/** What a piece of a file is bound to. */
export const chunkAad = (importId: number, nr: number) => `imports_chunk:${importId}:${nr}:rows`

export const importsByteColumns: readonly ByteColumn[] = [
  { holds: 'other', table: 'imports_import', column: 'file_digest', what: 'SHA-256 of a file' },
  {
    holds: 'field',
    table: 'imports_chunk',
    column: 'sealed',
    key: ['import_id', 'nr'],
    aad: ({ import_id: importId, nr }) => chunkAad(Number(importId), Number(nr)),
  },
]
