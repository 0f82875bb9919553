import { blindToken, blindTokens } from '#platform/crypto/blind-token.ts'
import { decryptField, encryptField } from '#platform/crypto/field-encryption.ts'
import type { KeyRing } from '#platform/crypto/key-ring.ts'
import { normalisePhone } from '#platform/crypto/phone.ts'
import { sql, type Tx } from '#platform/db/db.ts'

export const FOLLOW_DOMAIN = 'loop.follow_code'

/** What an encrypted column of a report is bound to. */
export const reportAad = (caseId: number, field: 'text' | 'name' | 'phone' | 'follow_code') =>
  `loop_report:${caseId}:${field}`

/** What the comment of a rating is bound to. */
export const ratingAad = (caseId: number) => `loop_rating:${caseId}:comment`

export interface ReportRow {
  caseId: number
  text: string
  name: string | null
  phone: string | null
  followCode: string
  quarantined: boolean
}

export interface NewReport {
  caseId: number
  text: string
  name?: string
  phone?: string
  followCode: string
  visitorHash: Buffer | null
  networkToken: Buffer | null
  quarantined: boolean
  at: Date
}

/** Keeps what was said and by whom, encrypted by field. */
export async function insertReport(tx: Tx, keys: KeyRing, report: NewReport): Promise<void> {
  const { caseId } = report
  const phone = report.phone ? (normalisePhone(report.phone) ?? report.phone) : null
  await sql`
    insert into loop_report (case_id, text_sealed, reporter_name, reporter_phone, follow_code_hash, follow_code_sealed, visitor_hash,
      network_token, quarantined, reported_at)
    values (${caseId}, ${encryptField(keys, report.text, reportAad(caseId, 'text'))},
      ${report.name ? encryptField(keys, report.name, reportAad(caseId, 'name')) : null},
      ${phone ? encryptField(keys, phone, reportAad(caseId, 'phone')) : null},
      ${blindToken(keys, FOLLOW_DOMAIN, report.followCode)},
      ${encryptField(keys, report.followCode, reportAad(caseId, 'follow_code'))}, ${report.visitorHash}, ${report.networkToken},
      ${report.quarantined}, ${report.at})`.execute(tx)
}

/** The same of many reports in one statement. */
export async function insertReports(tx: Tx, keys: KeyRing, reports: readonly NewReport[]): Promise<void> {
  const sealed = (value: string | null | undefined, caseId: number, field: Parameters<typeof reportAad>[1]) =>
    value ? encryptField(keys, value, reportAad(caseId, field)) : null
  await sql`
    insert into loop_report (case_id, text_sealed, reporter_name, reporter_phone, follow_code_hash, follow_code_sealed, visitor_hash,
      network_token, quarantined, reported_at)
    select case_id, text_sealed, reporter_name, reporter_phone, follow_code_hash, follow_code_sealed, visitor_hash, network_token,
      quarantined, reported_at
      from unnest(${reports.map((r) => r.caseId)}::bigint[], ${reports.map((r) => encryptField(keys, r.text, reportAad(r.caseId, 'text')))}::bytea[],
        ${reports.map((r) => sealed(r.name, r.caseId, 'name'))}::bytea[],
        ${reports.map((r) => sealed(r.phone ? (normalisePhone(r.phone) ?? r.phone) : null, r.caseId, 'phone'))}::bytea[],
        ${reports.map((r) => blindToken(keys, FOLLOW_DOMAIN, r.followCode))}::bytea[],
        ${reports.map((r) => sealed(r.followCode, r.caseId, 'follow_code'))}::bytea[],
        ${reports.map((r) => r.visitorHash)}::bytea[], ${reports.map((r) => r.networkToken)}::bytea[],
        ${reports.map((r) => r.quarantined)}::boolean[], ${reports.map((r) => r.at)}::timestamptz[])
        as r (case_id, text_sealed, reporter_name, reporter_phone, follow_code_hash, follow_code_sealed, visitor_hash,
          network_token, quarantined, reported_at)`.execute(tx)
}

interface SealedRow {
  case_id: number
  text_sealed: Buffer
  reporter_name: Buffer | null
  reporter_phone: Buffer | null
  follow_code_sealed: Buffer
  quarantined: boolean
}

function open(keys: KeyRing, row: SealedRow): ReportRow {
  const { case_id: caseId } = row
  return {
    caseId,
    text: decryptField(keys, row.text_sealed, reportAad(caseId, 'text')),
    name: row.reporter_name ? decryptField(keys, row.reporter_name, reportAad(caseId, 'name')) : null,
    phone: row.reporter_phone ? decryptField(keys, row.reporter_phone, reportAad(caseId, 'phone')) : null,
    followCode: decryptField(keys, row.follow_code_sealed, reportAad(caseId, 'follow_code')),
    quarantined: row.quarantined,
  }
}

/** The report behind a case, decrypted. */
export async function findReport(tx: Tx, keys: KeyRing, caseId: number): Promise<ReportRow | undefined> {
  const { rows } = await sql<SealedRow>`
    select case_id, text_sealed, reporter_name, reporter_phone, follow_code_sealed, quarantined
      from loop_report where case_id = ${caseId}`.execute(tx)
  return rows[0] ? open(keys, rows[0]) : undefined
}

/** The case that number and follow-up code lead to together; undefined for any wrong pair. */
export async function findCaseByCode(
  tx: Tx,
  keys: KeyRing,
  number: string,
  followCode: string,
): Promise<number | undefined> {
  const { rows } = await sql<{ id: number }>`
    select c.id from process_case c join loop_report r on r.case_id = c.id
     where c.number = ${number} and r.follow_code_hash = any(${blindTokens(keys, FOLLOW_DOMAIN, followCode)}::bytea[])`.execute(
    tx,
  )
  return rows[0]?.id
}

/** How many reports a visitor, and how many its network, has made since a moment. Networks under an older key are not found. */
export async function countBySender(
  tx: Tx,
  visitorHash: Buffer,
  networkToken: Buffer | null,
  since: Date,
): Promise<{ visitor: number; network: number }> {
  const { rows } = await sql<{ visitor: number; network: number }>`
    select (select count(*) from loop_report where visitor_hash = ${visitorHash} and reported_at > ${since}) as visitor,
           (select count(*) from loop_report where network_token = ${networkToken}::bytea and reported_at > ${since})
             as network`.execute(tx)
  return rows[0]!
}

/** Lifts the quarantine of a report. */
export async function releaseReport(tx: Tx, caseId: number): Promise<void> {
  await sql`update loop_report set quarantined = false where case_id = ${caseId}`.execute(tx)
}

export interface RatingRow {
  score: number
  comment: string | null
  at: Date
}

export async function insertRating(
  tx: Tx,
  keys: KeyRing,
  caseId: number,
  rating: { score: number; comment?: string; at: Date },
): Promise<void> {
  await sql`
    insert into loop_rating (case_id, score, comment_sealed, at)
    values (${caseId}, ${rating.score},
      ${rating.comment ? encryptField(keys, rating.comment, ratingAad(caseId)) : null}, ${rating.at})`.execute(tx)
}

export async function findRating(tx: Tx, keys: KeyRing, caseId: number): Promise<RatingRow | undefined> {
  const { rows } = await sql<{ score: number; comment_sealed: Buffer | null; at: Date }>`
    select score, comment_sealed, at from loop_rating where case_id = ${caseId}`.execute(tx)
  const row = rows[0]
  return row
    ? {
        score: row.score,
        comment: row.comment_sealed ? decryptField(keys, row.comment_sealed, ratingAad(caseId)) : null,
        at: row.at,
      }
    : undefined
}

/** Keeps an imported row as it was found. */
export async function insertOriginal(
  tx: Tx,
  caseId: number,
  sourceFile: string,
  sourceId: string,
  original: unknown,
  at: Date,
): Promise<boolean> {
  const { rows } = await sql`
    insert into loop_original (case_id, source_file, source_id, original, imported_at)
    values (${caseId}, ${sourceFile}, ${sourceId}, ${JSON.stringify(original)}::jsonb, ${at})
    on conflict (source_file, source_id) do nothing returning 1`.execute(tx)
  return rows.length > 0
}
