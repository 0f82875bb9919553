import { type Predicate, predicateSql } from '#platform/access/policy.ts'
import { blindToken, blindTokens } from '#platform/crypto/blind-token.ts'
import { decryptField, encryptField } from '#platform/crypto/field-encryption.ts'
import type { KeyRing } from '#platform/crypto/key-ring.ts'
import { maskName, maskPhone } from '#platform/crypto/mask.ts'
import { normalisePhone } from '#platform/crypto/phone.ts'
import { sql, type Tx } from '#platform/db/db.ts'
import { redactText } from '#platform/logs/redact.ts'
import { PHONE_DOMAIN } from '#platform/search/case-index.ts'

export type Outcome = 'answered' | 'unanswered' | 'reported'
export type Channel = 'hotline' | 'window' | 'phone' | 'chat'

/** What an encrypted column of a consultation is bound to. */
export const consultationAad = (id: number, field: 'question' | 'name' | 'phone') =>
  `knowledge_consultation:${id}:${field}`

export interface NewConsultation {
  at: Date
  channel: Channel
  outcome: Outcome
  question: string
  name?: string | undefined
  phone?: string | undefined
  articleId: number | null
  versionId: number | null
  answer: string | null
  lineCode: string | null
  townCode: string | null
  villageCode: string | null
  seconds: number | null
  operatorId: number | null
  unitId: number | null
}

/** Keeps a question; who asked is encrypted. */
export async function insertConsultation(tx: Tx, keys: KeyRing, row: NewConsultation): Promise<number> {
  const { rows: ids } = await sql<{ id: number }>`
    select nextval(pg_get_serial_sequence('knowledge_consultation', 'id')) as id`.execute(tx)
  const id = Number(ids[0]!.id)
  const phone = row.phone ? (normalisePhone(row.phone) ?? row.phone) : null
  const name = row.name?.trim()
  await sql`
    insert into knowledge_consultation (id, at, channel, outcome, question, question_sealed, asker_name, asker_phone,
      asker_token, article_id, version_id, answer, line_code, town_code, village_code, seconds, operator_id, unit_id)
    overriding system value
    values (${id}, ${row.at}, ${row.channel}, ${row.outcome}, ${redactText(row.question)},
      ${encryptField(keys, row.question, consultationAad(id, 'question'))},
      ${name ? encryptField(keys, name, consultationAad(id, 'name')) : null},
      ${phone ? encryptField(keys, phone, consultationAad(id, 'phone')) : null},
      ${phone ? blindToken(keys, PHONE_DOMAIN, phone) : null}, ${row.articleId}, ${row.versionId},
      ${row.answer === null ? null : redactText(row.answer)}, ${row.lineCode}, ${row.townCode}, ${row.villageCode},
      ${row.seconds}, ${row.operatorId}, ${row.unitId})`.execute(tx)
  return id
}

export interface ConsultationRow {
  id: number
  at: Date
  channel: Channel
  outcome: Outcome
  question: string
  answer: string | null
  articleId: number | null
  articleQuestion: string | null
  caseId: number | null
  lineCode: string | null
  townCode: string | null
  villageCode: string | null
  unitId: number | null
  asker: string | null
}

interface SealedRow extends Omit<ConsultationRow, 'asker'> {
  askerName: Buffer | null
  askerPhone: Buffer | null
}

function masked(keys: KeyRing, { askerName, askerPhone, ...row }: SealedRow): ConsultationRow {
  const name = askerName ? maskName(decryptField(keys, askerName, consultationAad(row.id, 'name'))) : null
  const phone = askerPhone ? maskPhone(decryptField(keys, askerPhone, consultationAad(row.id, 'phone'))) : null
  return { ...row, asker: [name, phone].filter(Boolean).join(' ') || null }
}

const COLUMNS = sql`c.id, c.at, c.channel, c.outcome, c.question, c.answer, c.article_id as "articleId",
  v.question as "articleQuestion", c.case_id as "caseId", c.line_code as "lineCode", c.town_code as "townCode",
  c.village_code as "villageCode", c.unit_id as "unitId", c.asker_name as "askerName", c.asker_phone as "askerPhone"`

export interface ConsultationFilter {
  line?: string | undefined
  outcome?: Outcome | undefined
  channel?: Channel | undefined
  article?: number | undefined
  from?: Date | undefined
  to?: Date | undefined
  q?: string | undefined
}

function matching(scope: Predicate, filter: ConsultationFilter) {
  return sql`${predicateSql(scope, 'c')}
    and ${filter.line === undefined ? sql`true` : filter.line === 'none' ? sql`c.line_code is null` : sql`c.line_code = ${filter.line}`}
    and ${filter.outcome ? sql`c.outcome = ${filter.outcome}` : sql`true`}
    and ${filter.channel ? sql`c.channel = ${filter.channel}` : sql`true`}
    and ${filter.article ? sql`c.article_id = ${filter.article}` : sql`true`}
    and ${filter.from ? sql`c.at >= ${filter.from}` : sql`true`} and ${filter.to ? sql`c.at < ${filter.to}` : sql`true`}
    and ${filter.q?.trim() ? sql`c.question ilike ${`%${filter.q.trim().replaceAll(/[\\%_]/g, '\\$&')}%`}` : sql`true`}`
}

export async function listConsultationRows(
  tx: Tx,
  keys: KeyRing,
  scope: Predicate,
  filter: ConsultationFilter,
  before: number | null,
  limit: number,
): Promise<ConsultationRow[]> {
  const { rows } = await sql<SealedRow>`
    select ${COLUMNS} from knowledge_consultation c left join knowledge_version v on v.id = c.version_id
     where ${matching(scope, filter)} and ${before === null ? sql`true` : sql`c.id < ${before}`}
     order by c.id desc limit ${limit}`.execute(tx)
  return rows.map((row) => masked(keys, row))
}

/** Earlier questions of the holder of a telephone number, the newest first. */
export async function consultationsOfPhone(
  tx: Tx,
  keys: KeyRing,
  scope: Predicate,
  phone: string,
): Promise<ConsultationRow[]> {
  const { rows } = await sql<SealedRow>`
    select ${COLUMNS} from knowledge_consultation c left join knowledge_version v on v.id = c.version_id
     where c.asker_token = any(${blindTokens(keys, PHONE_DOMAIN, normalisePhone(phone) ?? phone)}::bytea[])
       and ${predicateSql(scope, 'c')}
     order by c.id desc limit 10`.execute(tx)
  return rows.map((row) => masked(keys, row))
}

/** One consultation with what was said and who asked, in full; for the report that is made of it. */
export async function openConsultation(tx: Tx, keys: KeyRing, scope: Predicate, id: number) {
  const { rows } = await sql<{
    id: number
    channel: Channel
    outcome: Outcome
    question_sealed: Buffer
    asker_name: Buffer | null
    asker_phone: Buffer | null
    line_code: string | null
    town_code: string | null
    village_code: string | null
  }>`
    select c.id, c.channel, c.outcome, c.question_sealed, c.asker_name, c.asker_phone, c.line_code, c.town_code,
           c.village_code
      from knowledge_consultation c where c.id = ${id} and ${predicateSql(scope, 'c')} for update`.execute(tx)
  const row = rows[0]
  return row
    ? {
        id,
        channel: row.channel,
        outcome: row.outcome,
        text: decryptField(keys, row.question_sealed, consultationAad(id, 'question')),
        name: row.asker_name ? decryptField(keys, row.asker_name, consultationAad(id, 'name')) : undefined,
        phone: row.asker_phone ? decryptField(keys, row.asker_phone, consultationAad(id, 'phone')) : undefined,
        townCode: row.town_code ?? undefined,
        villageCode: row.village_code ?? undefined,
      }
    : undefined
}

export async function markReported(tx: Tx, id: number, caseId: number): Promise<void> {
  await sql`
    update knowledge_consultation set outcome = 'reported', case_id = ${caseId} where id = ${id}`.execute(tx)
}

export interface TopicCount {
  lineCode: string | null
  total: number
  answered: number
  unanswered: number
  reported: number
  seconds: number | null
}

export async function countTopics(tx: Tx, scope: Predicate, filter: ConsultationFilter): Promise<TopicCount[]> {
  const { rows } = await sql<TopicCount>`
    select c.line_code as "lineCode", count(*) as total, count(*) filter (where c.outcome = 'answered') as answered,
           count(*) filter (where c.outcome = 'unanswered') as unanswered,
           count(*) filter (where c.outcome = 'reported') as reported, round(avg(c.seconds))::int as seconds
      from knowledge_consultation c where ${matching(scope, filter)}
     group by c.line_code order by count(*) desc, c.line_code`.execute(tx)
  return rows
}

export async function countByArticle(tx: Tx, scope: Predicate, filter: ConsultationFilter) {
  const { rows } = await sql<{ id: number; question: string; count: number }>`
    select c.article_id as id, max(v.question) as question, count(*) as count
      from knowledge_consultation c join knowledge_version v on v.id = c.version_id
     where ${matching(scope, filter)} group by c.article_id order by count(*) desc, c.article_id limit 10`.execute(tx)
  return rows
}

export async function newestUnanswered(tx: Tx, scope: Predicate, filter: ConsultationFilter) {
  const { rows } = await sql<{ id: number; question: string; lineCode: string | null }>`
    select c.id, c.question, c.line_code as "lineCode" from knowledge_consultation c
     where ${matching(scope, filter)} and c.article_id is null and c.outcome <> 'answered'
     order by c.id desc limit 500`.execute(tx)
  return rows
}
