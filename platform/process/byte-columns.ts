import type { ByteColumn } from '#platform/crypto/byte-columns.ts'
import { sealAad } from '#platform/process/engine.ts'

export const processByteColumns: readonly ByteColumn[] = [
  {
    holds: 'field',
    table: 'process_submission',
    column: 'sealed',
    key: ['case_id', 'state', 'round', 'slot'],
    aad: ({ case_id: caseId, state, slot }) => sealAad(Number(caseId), String(state), String(slot)),
  },
]
