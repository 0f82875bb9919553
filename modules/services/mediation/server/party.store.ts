import { decryptField, encryptField } from '#platform/crypto/field-encryption.ts'
import type { KeyRing } from '#platform/crypto/key-ring.ts'
import { normalisePhone } from '#platform/crypto/phone.ts'
import { sql, type Tx } from '#platform/db/db.ts'

export type Side = 'applicant' | 'respondent'

export interface Party {
  no: number
  side: Side
  name: string
  phone: string | null
}

/** What an encrypted column of a party is bound to. */
export const partyAad = (caseId: number, no: number, field: 'name' | 'phone') =>
  `mediation_party:${caseId}:${no}:${field}`

/** Keeps a party of a case that the caller has locked; returns its number. */
export async function insertParty(
  tx: Tx,
  keys: KeyRing,
  caseId: number,
  party: { side: Side; name: string; phone?: string | undefined; by: number; at: Date },
): Promise<number> {
  const { rows } = await sql<{ no: number }>`
    select coalesce(max(no), 0) + 1 as no from mediation_party where case_id = ${caseId}`.execute(tx)
  const { no } = rows[0]!
  const phone = party.phone ? (normalisePhone(party.phone) ?? party.phone) : null
  await sql`
    insert into mediation_party (case_id, no, side, name_sealed, phone_sealed, recorded_at, recorded_by)
    values (${caseId}, ${no}, ${party.side}, ${encryptField(keys, party.name, partyAad(caseId, no, 'name'))},
      ${phone ? encryptField(keys, phone, partyAad(caseId, no, 'phone')) : null}, ${party.at}, ${party.by})`.execute(tx)
  return no
}

/** Takes a party out; false where there is none of that number. */
export async function removeParty(tx: Tx, caseId: number, no: number, at: Date): Promise<boolean> {
  const { rows } = await sql`
    update mediation_party set removed_at = ${at} where case_id = ${caseId} and no = ${no} and removed_at is null
    returning no`.execute(tx)
  return rows.length > 0
}

/** The parties of a case, decrypted, in the order in which they were recorded. */
export async function findParties(tx: Tx, keys: KeyRing, caseId: number): Promise<Party[]> {
  const { rows } = await sql<{ no: number; side: Side; name_sealed: Buffer; phone_sealed: Buffer | null }>`
    select no, side, name_sealed, phone_sealed from mediation_party
     where case_id = ${caseId} and removed_at is null order by no`.execute(tx)
  return rows.map((row) => ({
    no: row.no,
    side: row.side,
    name: decryptField(keys, row.name_sealed, partyAad(caseId, row.no, 'name')),
    phone: row.phone_sealed ? decryptField(keys, row.phone_sealed, partyAad(caseId, row.no, 'phone')) : null,
  }))
}
