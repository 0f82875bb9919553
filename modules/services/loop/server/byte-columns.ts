import { blindToken, currentTokenHeader, needsNewToken } from '#platform/crypto/blind-token.ts'
import type { ByteColumn, TokenRenewal } from '#platform/crypto/byte-columns.ts'
import { decryptField } from '#platform/crypto/field-encryption.ts'
import { sql } from '#platform/db/db.ts'
import { PHONE_DOMAIN } from '#platform/search/case-index.ts'
import { callbackAad } from './callback.store.ts'
import { FOLLOW_DOMAIN, ratingAad, reportAad } from './loop.store.ts'
import { personTokens, phoneForToken } from './open-report.ts'

const sealedInReport = (column: string, field: Parameters<typeof reportAad>[1]): ByteColumn => ({
  holds: 'field',
  table: 'loop_report',
  column,
  key: ['case_id'],
  aad: ({ case_id: caseId }) => reportAad(Number(caseId), field),
})

export const loopByteColumns: readonly ByteColumn[] = [
  sealedInReport('text_sealed', 'text'),
  sealedInReport('reporter_name', 'name'),
  sealedInReport('reporter_phone', 'phone'),
  sealedInReport('follow_code_sealed', 'follow_code'),
  { holds: 'token', table: 'loop_report', column: 'follow_code_hash' },
  { holds: 'other', table: 'loop_report', column: 'visitor_hash', what: 'digest of the secret of a browser' },
  {
    holds: 'other',
    table: 'loop_report',
    column: 'network_token',
    what: 'keyed digest of a network, compared for minutes, kept with the report',
  },
  {
    holds: 'other',
    table: 'loop_recognition_model',
    column: 'file',
    what: 'a text model: weights of features, no text',
  },
  {
    holds: 'field',
    table: 'loop_rating',
    column: 'comment_sealed',
    key: ['case_id'],
    aad: ({ case_id: caseId }) => ratingAad(Number(caseId)),
  },
  {
    holds: 'field',
    table: 'loop_callback',
    column: 'words_sealed',
    key: ['id'],
    aad: ({ id }) => callbackAad(Number(id)),
  },
]

interface TokenRow {
  case_id: number
  reporter_name: Buffer | null
  reporter_phone: Buffer | null
  follow_code_sealed: Buffer
  follow_code_hash: Buffer
  person_tokens: Buffer[] | null
  reads: number
}

/** Tokens of reporters in the index and in the record of who read their data, and those of follow-up codes. */
export const renewReporterTokens: TokenRenewal = {
  name: 'loop.reporter',
  async batch(tx, keys, after, limit) {
    const { rows } = await sql<TokenRow>`
      select r.case_id, r.reporter_name, r.reporter_phone, r.follow_code_sealed, r.follow_code_hash, d.person_tokens,
             (select count(*) from access_person_read a where a.case_id = r.case_id and a.subject_token is not null
                and substr(a.subject_token, 1, 2) <> ${currentTokenHeader(keys)}) as reads
        from loop_report r left join search_document d on d.case_id = r.case_id
       where r.case_id > ${after} order by r.case_id limit ${limit} for update of r`.execute(tx)
    let renewed = 0
    for (const row of rows) {
      const old = [row.follow_code_hash, ...(row.person_tokens ?? [])].some((token) => needsNewToken(keys, token))
      if (!old && row.reads === 0) continue
      const { case_id: caseId } = row
      const name = row.reporter_name ? decryptField(keys, row.reporter_name, reportAad(caseId, 'name')) : undefined
      const phone = row.reporter_phone ? decryptField(keys, row.reporter_phone, reportAad(caseId, 'phone')) : undefined
      const followCode = decryptField(keys, row.follow_code_sealed, reportAad(caseId, 'follow_code'))
      await sql`
        update loop_report set follow_code_hash = ${blindToken(keys, FOLLOW_DOMAIN, followCode)}
         where case_id = ${caseId}`.execute(tx)
      await sql`
        update search_document set person_tokens = ${personTokens(keys, name, phone)}::bytea[]
         where case_id = ${caseId} and person_tokens <> '{}'`.execute(tx)
      if (row.reads > 0 && phone)
        await sql`
          update access_person_read set subject_token = ${blindToken(keys, PHONE_DOMAIN, phoneForToken(phone))}
           where case_id = ${caseId} and subject_token is not null`.execute(tx)
      renewed++
    }
    return { next: rows.length < limit ? undefined : rows.at(-1)!.case_id, renewed }
  },
}
