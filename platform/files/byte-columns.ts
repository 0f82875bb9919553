import type { ByteColumn } from '#platform/crypto/byte-columns.ts'

export const filesByteColumns: readonly ByteColumn[] = [
  { holds: 'other', table: 'files_file', column: 'original_sha256', what: 'digest of the file as received' },
  { holds: 'other', table: 'files_file', column: 'stored_sha256', what: 'digest of the file as kept' },
  { holds: 'other', table: 'files_file', column: 'uploader_secret', what: 'digest of the secret of a browser' },
]
