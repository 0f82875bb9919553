import { readFileSync } from 'node:fs'
import { join } from 'node:path'
import type { ClassLimits, ConditionalLimit, DutyList } from '#modules/management/duties/domain/duty.ts'
import { raiseRevision } from '#modules/management/duties/server/duties.store.ts'
import type { County } from '#platform/db/counties.ts'
import { sql, type Tx } from '#platform/db/db.ts'

const SEED = join(import.meta.dirname, '../seed')

/** The district whose list is shipped; others enter their own. */
const SHIPPED_FOR = '320506'
const TEST_SLUG = 'test'

const SEVERITY = { red: 1, orange: 2, yellow: 3, blue: 4 }

/** Wider kinds of place that the shipped list takes for granted. */
const WITHIN: Readonly<Record<string, string>> = { stairwell: 'housing-estate' }

interface ClassSeed {
  code: string
  kind: string
  majorCode: string
  majorName: string
  name: string
  fullName: string
  line: string
  severity: keyof typeof SEVERITY
  secrecy: 'public' | 'internal' | 'restricted' | 'secret'
  clocks: ClassLimits
  handleByCondition?: ConditionalLimit[]
  filingConditions: string[]
  closingCriteria: string[]
  keywords: string[]
  danger?: { words: string[]; call: string[] }
  marking: Record<string, string>
}

interface ListSeed {
  placeKinds: { code: string; name: string; within?: string }[]
  items: {
    id: string
    classCode: string
    placeKind: string
    list: DutyList
    clauseNumber: string
    clause: string
    lead: string
    co: string[]
    documentNumber: string
    validFrom: string
  }[]
}

interface RulingSeed {
  number: string
  classCode: string
  placeKinds: string[]
  question: string
  facts: string
  decision: string
  lead: string
  co: string[]
  reason: string
  citedClause?: string
  citedDuty?: string
  caseNumber?: string
  decidedBy: string
  decidedAt: string
}

function seed<T>(file: string): T {
  return JSON.parse(readFileSync(join(SEED, file), 'utf8')) as T
}

/**
 * Gives the demo district its classes, duty list and rulings. Does nothing in any other county, or where there are classes
 * already: from then on officials keep them.
 */
export async function setUp(tx: Tx, county: County): Promise<void> {
  if (county.regionPrefix !== SHIPPED_FOR && county.slug !== TEST_SLUG) return
  const { rows } = await sql`select 1 from duties_class limit 1`.execute(tx)
  if (rows.length > 0) {
    await insertVillageItems(tx)
    return
  }
  await insertPlaceKinds(tx)
  await insertClasses(tx)
  await insertItems(tx)
  await insertVillageItems(tx)
  await insertRulings(tx)
  await raiseRevision(tx)
}

async function insertPlaceKinds(tx: Tx): Promise<void> {
  const { placeKinds } = seed<ListSeed>('duty-list.json')
  const kinds = placeKinds.map(({ code, name, within }, sort) => ({
    code,
    name,
    within: within ?? WITHIN[code] ?? null,
    sort,
  }))
  await sql`
    insert into duties_place_kind (code, name, within, sort)
    select code, name, within, sort from json_to_recordset(${JSON.stringify(kinds)}::json)
      as k (code text, name text, within text, sort smallint)`.execute(tx)
}

async function insertClasses(tx: Tx): Promise<void> {
  const classes = seed<{ classes: ClassSeed[] }>('event-classes.json').classes.map((entry) => ({
    code: entry.code,
    kind: entry.kind,
    major_code: entry.majorCode,
    major_name: entry.majorName,
    name: entry.name,
    full_name: entry.fullName,
    line_code: entry.line,
    severity: SEVERITY[entry.severity],
    secrecy: entry.secrecy === 'restricted' ? 'secret' : entry.secrecy,
    limits: entry.clocks,
    conditional_limits: entry.handleByCondition ?? [],
    filing_conditions: entry.filingConditions,
    closing_criteria: entry.closingCriteria,
    keywords: entry.keywords,
    danger_words: entry.danger?.words ?? [],
    danger_calls: entry.danger?.call ?? [],
    marking: entry.marking,
  }))
  await sql`
    insert into duties_class (code, kind, major_code, major_name, name, full_name, line_code, severity, secrecy, limits,
      conditional_limits, filing_conditions, closing_criteria, keywords, danger_words, danger_calls, marking)
    select code, kind, major_code, major_name, name, full_name, line_code, severity, secrecy, limits, conditional_limits,
      filing_conditions, closing_criteria, keywords, danger_words, danger_calls, marking
      from jsonb_to_recordset(${JSON.stringify(classes)}::jsonb)
        as c (code text, kind text, major_code text, major_name text, name text, full_name text, line_code text,
          severity smallint, secrecy text, limits jsonb, conditional_limits jsonb, filing_conditions text[],
          closing_criteria text[], keywords text[], danger_words text[], danger_calls text[], marking jsonb)`.execute(
    tx,
  )
}

async function insertItems(tx: Tx): Promise<void> {
  const items = seed<ListSeed>('duty-list.json').items.map((item) => ({
    code: item.id,
    class_code: item.classCode,
    place_kind: item.placeKind,
    list: item.list,
    clause_number: item.clauseNumber,
    clause: item.clause,
    lead: item.lead,
    co: item.co,
    document_number: item.documentNumber,
    valid_from: item.validFrom,
  }))
  await sql`
    insert into duties_item (code, class_code, place_kind, list, clause_number, clause, lead, co, document_number, valid_from,
      created_at)
    select code, class_code, place_kind, list, clause_number, clause, lead, co, document_number, valid_from,
      valid_from::timestamp at time zone 'Asia/Shanghai'
      from jsonb_to_recordset(${JSON.stringify(items)}::jsonb)
        as i (code text, class_code text, place_kind text, list text, clause_number text, clause text, lead text, co text[],
          document_number text, valid_from date)`.execute(tx)
}

interface VillageSeed {
  documentNumber: string
  validFrom: string
  items: { code: string; classCode: string; name: string; share: 'lead' | 'assist' }[]
  classes: { code: string; selfHandle?: boolean; mediation?: boolean; caretaker?: string; fallback?: string }[]
}

/** The list of village work items and what classes allow; a county that was set up before it had them gets them once. */
async function insertVillageItems(tx: Tx): Promise<void> {
  const { rows } = await sql`select 1 from duties_village_item limit 1`.execute(tx)
  if (rows.length > 0) return
  const { documentNumber, validFrom, items, classes } = seed<VillageSeed>('village-items.json')
  await sql`
    insert into duties_village_item (code, class_code, name, share, document_number, valid_from)
    select i.code, i."classCode", i.name, i.share, ${documentNumber}, ${validFrom}::date
      from jsonb_to_recordset(${JSON.stringify(items)}::jsonb)
        as i (code text, "classCode" text, name text, share text)
      join duties_class c on c.code = i."classCode"`.execute(tx)
  await sql`
    update duties_class c set self_handle = coalesce(s."selfHandle", false), mediation = coalesce(s.mediation, false),
      caretaker = s.caretaker, fallback = s.fallback
      from jsonb_to_recordset(${JSON.stringify(classes)}::jsonb)
        as s (code text, "selfHandle" boolean, mediation boolean, caretaker text, fallback text)
     where c.code = s.code`.execute(tx)
  await raiseRevision(tx)
}

async function insertRulings(tx: Tx): Promise<void> {
  const rulings = seed<{ rulings: RulingSeed[] }>('rulings.json').rulings.map((ruling) => ({
    number: ruling.number,
    class_code: ruling.classCode,
    place_kinds: ruling.placeKinds,
    question: ruling.question,
    facts: ruling.facts,
    decision: ruling.decision,
    lead: ruling.lead,
    co: ruling.co,
    reason: ruling.reason,
    cited_clause: ruling.citedClause ?? null,
    cited_item: ruling.citedDuty ?? null,
    case_number: ruling.caseNumber ?? null,
    decided_by: ruling.decidedBy,
    decided_at: ruling.decidedAt,
  }))
  await sql`
    insert into duties_ruling (number, class_code, place_kinds, question, facts, decision, lead, co, reason, cited_clause,
      cited_item, case_number, decided_by, decided_at)
    select number, class_code, place_kinds, question, facts, decision, lead, co, reason, cited_clause, cited_item,
      case_number, decided_by, decided_at
      from jsonb_to_recordset(${JSON.stringify(rulings)}::jsonb)
        as r (number text, class_code text, place_kinds text[], question text, facts text, decision text, lead text,
          co text[], reason text, cited_clause text, cited_item text, case_number text, decided_by text,
          decided_at timestamptz)`.execute(tx)
}
