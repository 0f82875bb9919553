import type { ByteColumn } from '#platform/crypto/byte-columns.ts'
import { partyAad } from './party.store.ts'

const sealed = (column: string, field: 'name' | 'phone'): ByteColumn => ({
  holds: 'field',
  table: 'mediation_party',
  column,
  key: ['case_id', 'no'],
  aad: ({ case_id: caseId, no }) => partyAad(Number(caseId), Number(no), field),
})

export const mediationByteColumns: readonly ByteColumn[] = [
  sealed('name_sealed', 'name'),
  sealed('phone_sealed', 'phone'),
]
