import { Duties } from '#modules/management/duties/domain/duties.ts'
import type {
  ClassLimits,
  ComingClasses,
  ConditionalLimit,
  DutyClass,
  DutyItem,
  DutyList,
  DutyRuling,
  PlaceKind,
  VillageItem,
} from '#modules/management/duties/domain/duty.ts'
import { type CountyRef, sql, type Tx } from '#platform/db/db.ts'

interface Known {
  revision: number
  duties: Duties
  /** By how many of the coming moments have passed. */
  moments: Map<number, Duties>
}

// By the county object and not by its name: two servers in one process may each have a county of the same name.
const known = new WeakMap<CountyRef, Known>()

/**
 * Classes, list and rulings: one look at the revision, the rest from memory unless something changed.
 * @param at instant whose classes hold, so that a prepared version begins at its moment; left out, classes change when the
 *   worker has let the version begin. Clauses and rulings go by the instant of each question either way.
 */
export async function loadDuties(tx: Tx, at?: Date): Promise<Duties> {
  const { rows } = await sql<{ revision: number }>`select revision from duties_revision`.execute(tx)
  const revision = rows[0]!.revision
  const held = known.get(tx.county)
  if (held?.revision === revision) return asOf(held, at)
  const read: Known = { revision, duties: await readDuties(tx), moments: new Map() }
  known.set(tx.county, read)
  return asOf(read, at)
}

function asOf({ duties, moments }: Known, at: Date | undefined): Duties {
  const { coming = [], classes } = duties.book
  const passed = at
    ? coming.filter((one) => one.at <= at).length + classes.filter((one) => one.startsOn && one.startsOn <= at).length
    : -1
  let found = moments.get(passed)
  if (!found) {
    found = duties.at(at ?? new Date(0))
    moments.set(passed, found)
  }
  return found
}

/** The same from the tables, for a transaction that has itself changed them. */
export async function readDuties(tx: Tx): Promise<Duties> {
  return new Duties({
    classes: await readClasses(tx),
    placeKinds: await readPlaceKinds(tx),
    items: await readItems(tx),
    rulings: await readRulings(tx),
    villageItems: await readVillageItems(tx),
    coming: await readComing(tx),
  })
}

/** Takes the lock under which duties change, and makes what is in memory expire when the transaction commits. */
export async function raiseRevision(tx: Tx): Promise<void> {
  await sql`update duties_revision set revision = revision + 1`.execute(tx)
  // Names of classes also stand in the directory that the platform keeps.
  await sql`update access_revision set revision = revision + 1`.execute(tx)
}

async function readClasses(tx: Tx): Promise<DutyClass[]> {
  const { rows } = await sql<{
    code: string
    kind: DutyClass['kind']
    major_code: string
    major_name: string
    name: string
    full_name: string
    line_code: string
    severity: number
    secrecy: DutyClass['secrecy']
    limits: ClassLimits
    conditional_limits: ConditionalLimit[]
    filing_conditions: string[]
    closing_criteria: string[]
    keywords: string[]
    danger_words: string[]
    danger_calls: string[]
    marking: Record<string, string>
    self_handle: boolean
    mediation: boolean
    task_kind: string | null
    caretaker: string | null
    fallback: string | null
    starts_on: Date | null
  }>`
    select code, kind, major_code, major_name, name, full_name, line_code, severity, secrecy, limits, conditional_limits,
      filing_conditions, closing_criteria, keywords, danger_words, danger_calls, marking, self_handle, mediation, task_kind,
      caretaker, fallback, ${dayStart('starts_on')} as starts_on
      from duties_class order by code`.execute(tx)
  return rows.map((row) => ({
    code: row.code,
    kind: row.kind,
    majorCode: row.major_code,
    majorName: row.major_name,
    name: row.name,
    fullName: row.full_name,
    lineCode: row.line_code,
    severity: row.severity,
    secrecy: row.secrecy,
    limits: row.limits,
    conditionalLimits: row.conditional_limits,
    filingConditions: row.filing_conditions,
    closingCriteria: row.closing_criteria,
    keywords: row.keywords,
    dangerWords: row.danger_words,
    dangerCalls: row.danger_calls,
    marking: row.marking,
    selfHandle: row.self_handle,
    mediation: row.mediation,
    taskKind: row.task_kind,
    caretaker: row.caretaker,
    fallback: row.fallback,
    startsOn: row.starts_on,
  }))
}

async function readPlaceKinds(tx: Tx): Promise<PlaceKind[]> {
  const { rows } = await sql<{ code: string; name: string; within: string | null }>`
    select code, name, within from duties_place_kind order by sort, code`.execute(tx)
  return rows
}

// Lists hold from midnight of a day; China has one time zone.
const dayStart = (column: string) => sql.raw(`(${column}::timestamp at time zone 'Asia/Shanghai')`)

async function readVillageItems(tx: Tx): Promise<VillageItem[]> {
  const { rows } = await sql<VillageItem>`
    select id, code, class_code as "classCode", name, share, document_number as "documentNumber",
      ${dayStart('valid_from')} as "validFrom", ${dayStart('valid_to')} as "validTo"
      from duties_village_item order by code, id`.execute(tx)
  return rows
}

async function readComing(tx: Tx): Promise<ComingClasses[]> {
  const { rows } = await sql<{
    at: Date
    changes: { sheet: string; code: string; before: unknown; after: never; fields: string[] }[]
  }>`
    select ${dayStart('valid_from')} as at, changes
      from duties_edition where state = 'published' and applied_at is null order by valid_from, id`.execute(tx)
  return rows.map(({ at, changes }) => ({
    at,
    patches: changes
      .filter((change) => change.sheet === 'classes' && change.before && change.after)
      .map(({ code, after, fields }) => ({
        code,
        fields: Object.fromEntries(fields.map((field) => [field, after[field]])),
      })),
  }))
}

async function readItems(tx: Tx): Promise<DutyItem[]> {
  const { rows } = await sql<{
    id: number
    code: string
    class_code: string
    place_kind: string
    list: DutyList
    clause_number: string
    clause: string
    lead: string
    co: string[]
    document_number: string
    valid_from: Date
    valid_to: Date | null
  }>`
    select id, code, class_code, place_kind, list, clause_number, clause, lead, co, document_number,
      ${dayStart('valid_from')} as valid_from, ${dayStart('valid_to')} as valid_to
      from duties_item order by id`.execute(tx)
  return rows.map((row) => ({
    id: row.id,
    code: row.code,
    classCode: row.class_code,
    placeKind: row.place_kind,
    list: row.list,
    clauseNumber: row.clause_number,
    clause: row.clause,
    lead: row.lead,
    co: row.co,
    documentNumber: row.document_number,
    validFrom: row.valid_from,
    validTo: row.valid_to,
  }))
}

async function readRulings(tx: Tx): Promise<DutyRuling[]> {
  const { rows } = await sql<{
    id: number
    number: string
    class_code: string
    place_kinds: string[]
    decision: string
    lead: string
    co: string[]
    decided_at: Date
    ended_at: Date | null
  }>`
    select id, number, class_code, place_kinds, decision, lead, co, decided_at, ended_at
      from duties_ruling order by id`.execute(tx)
  return rows.map((row) => ({
    id: row.id,
    number: row.number,
    classCode: row.class_code,
    placeKinds: row.place_kinds,
    decision: row.decision,
    lead: row.lead,
    co: row.co,
    decidedAt: row.decided_at,
    endedAt: row.ended_at,
  }))
}

/** Names of classes by code, major and minor. */
export async function classNames(tx: Tx): Promise<ReadonlyMap<string, string>> {
  const { rows } = await sql<{ code: string; full_name: string }>`select code, full_name from duties_class`.execute(tx)
  return new Map(rows.map((row) => [row.code, row.full_name]))
}

/** What officials may change of a class. */
export type ClassChange = Pick<
  DutyClass,
  'limits' | 'severity' | 'secrecy' | 'keywords' | 'filingConditions' | 'closingCriteria'
> &
  Partial<Pick<DutyClass, 'selfHandle' | 'mediation' | 'taskKind' | 'caretaker' | 'fallback'>>

/** Changes a class; its limits are then a setting of this county. */
export async function updateClass(tx: Tx, code: string, change: ClassChange): Promise<void> {
  await sql`
    update duties_class set limits = ${JSON.stringify(change.limits)}::jsonb, severity = ${change.severity},
      secrecy = ${change.secrecy}, keywords = ${change.keywords as string[]}::text[],
      filing_conditions = ${change.filingConditions as string[]}::text[],
      closing_criteria = ${change.closingCriteria as string[]}::text[],
      self_handle = coalesce(${change.selfHandle ?? null}::boolean, self_handle),
      mediation = coalesce(${change.mediation ?? null}::boolean, mediation),
      task_kind = case when ${change.taskKind === undefined} then task_kind else ${change.taskKind ?? null}::text end,
      caretaker = case when ${change.caretaker === undefined} then caretaker else ${change.caretaker ?? null}::text end,
      fallback = case when ${change.fallback === undefined} then fallback else ${change.fallback ?? null}::text end,
      marking = case when limits = ${JSON.stringify(change.limits)}::jsonb then marking
                     else marking - 'limitSource' || '{"limit": "D"}' end
     where code = ${code}`.execute(tx)
}

export interface ItemRow {
  id: number
  code: string
  classCode: string
  placeKind: string
  list: DutyList
  clauseNumber: string
  clause: string
  lead: string
  co: string[]
  documentNumber: string
  /** YYYY-MM-DD */
  validFrom: string
  validTo: string | null
  endDocumentNumber: string | null
}

export interface ItemFilter {
  id?: number
  classCode?: string
  placeKind?: string
  list?: DutyList
  /** `level:kind` that leads or helps. */
  unit?: string
  /** Words of the clause, its number or its document. */
  q?: string
  /** Only what holds on this day (YYYY-MM-DD); all versions where it is left out. */
  on?: string
}

/** Versions of duty items, in the order of the list; each with both ends of its time. */
export async function listItemRows(tx: Tx, filter: ItemFilter): Promise<ItemRow[]> {
  const like = filter.q === undefined ? null : `%${filter.q.replaceAll(/[\\%_]/g, '\\$&')}%`
  const { rows } = await sql<ItemRow>`
    select id, code, class_code as "classCode", place_kind as "placeKind", list, clause_number as "clauseNumber", clause,
      lead, co, document_number as "documentNumber", to_char(valid_from, 'YYYY-MM-DD') as "validFrom",
      to_char(valid_to, 'YYYY-MM-DD') as "validTo", end_document_number as "endDocumentNumber"
      from duties_item i
     where (${filter.id ?? null}::bigint is null or i.id = ${filter.id ?? null}::bigint)
       and (${filter.classCode ?? null}::text is null or i.class_code = ${filter.classCode ?? null}::text)
       and (${filter.placeKind ?? null}::text is null or i.place_kind = ${filter.placeKind ?? null}::text)
       and (${filter.list ?? null}::text is null or i.list = ${filter.list ?? null}::text)
       and (${filter.unit ?? null}::text is null or i.lead = ${filter.unit ?? null}::text
            or ${filter.unit ?? null}::text = any(i.co))
       and (${like}::text is null or i.clause ilike ${like}::text or i.clause_number ilike ${like}::text
            or i.document_number ilike ${like}::text or i.code ilike ${like}::text)
       and (${filter.on ?? null}::date is null
            or (i.valid_from <= ${filter.on ?? null}::date and (i.valid_to is null or i.valid_to > ${filter.on ?? null}::date)))
     order by case i.list when 'basic' then 1 when 'assist' then 2 else 3 end, i.code, i.valid_from desc`.execute(tx)
  return rows
}

export interface NewItem {
  code: string
  classCode: string
  placeKind: string
  list: DutyList
  clauseNumber: string
  clause: string
  lead: string
  co: readonly string[]
  documentNumber: string
  validFrom: string
}

/** Inserts one version; the caller has made room for it. */
export async function insertItem(tx: Tx, item: NewItem, by: number | null, at: Date): Promise<number> {
  const { rows } = await sql<{ id: number }>`
    insert into duties_item (code, class_code, place_kind, list, clause_number, clause, lead, co, document_number, valid_from,
      created_at, created_by)
    values (${item.code}, ${item.classCode}, ${item.placeKind}, ${item.list}, ${item.clauseNumber}, ${item.clause},
      ${item.lead}, ${item.co as string[]}::text[], ${item.documentNumber}, ${item.validFrom}::date, ${at}, ${by})
    returning id`.execute(tx)
  return rows[0]!.id
}

/** Ends a version on a day, by a document. */
export async function endItem(
  tx: Tx,
  id: number,
  end: { validTo: string; documentNumber: string },
  by: number | null,
): Promise<void> {
  await sql`
    update duties_item set valid_to = ${end.validTo}::date, end_document_number = ${end.documentNumber}, ended_by = ${by}
     where id = ${id}`.execute(tx)
}

/** Next free code of a list, e.g. B-0117; the letters are those of the shipped list. */
export async function nextItemCode(tx: Tx, list: DutyList): Promise<string> {
  const letter = { basic: 'B', assist: 'A', recovered: 'R' }[list]
  const { rows } = await sql<{ last: number }>`
    select coalesce(max(substring(code from '([0-9]+)$')::integer), 0) as last
      from duties_item where code ~ ${`(^|-)${letter}-[0-9]+$`}`.execute(tx)
  return `${letter}-${String(rows[0]!.last + 1).padStart(3, '0')}`
}

export async function hasItemCode(tx: Tx, code: string): Promise<boolean> {
  const { rows } = await sql`select 1 from duties_item where code = ${code} limit 1`.execute(tx)
  return rows.length > 0
}

export interface RulingRow {
  id: number
  number: string
  classCode: string
  placeKinds: string[]
  question: string
  facts: string
  decision: string
  lead: string
  co: string[]
  reason: string
  citedClause: string | null
  citedItem: string | null
  caseNumber: string | null
  decidedBy: string
  decidedAt: Date
  endedAt: Date | null
  endReason: string | null
}

export interface RulingFilter {
  id?: number
  number?: string
  classCode?: string
  q?: string
  /** Only those that hold. */
  open?: boolean
}

/** Rulings, the latest first. */
export async function listRulingRows(tx: Tx, filter: RulingFilter): Promise<RulingRow[]> {
  const like = filter.q === undefined ? null : `%${filter.q.replaceAll(/[\\%_]/g, '\\$&')}%`
  const { rows } = await sql<RulingRow>`
    select id, number, class_code as "classCode", place_kinds as "placeKinds", question, facts, decision, lead, co, reason,
      cited_clause as "citedClause", cited_item as "citedItem", case_number as "caseNumber", decided_by as "decidedBy",
      decided_at as "decidedAt", ended_at as "endedAt", end_reason as "endReason"
      from duties_ruling r
     where (${filter.id ?? null}::bigint is null or r.id = ${filter.id ?? null}::bigint)
       and (${filter.number ?? null}::text is null or r.number = ${filter.number ?? null}::text)
       and (${filter.classCode ?? null}::text is null or r.class_code = ${filter.classCode ?? null}::text)
       and (${filter.open ?? false} = false or r.ended_at is null)
       and (${like}::text is null or r.number ilike ${like}::text or r.question ilike ${like}::text
            or r.facts ilike ${like}::text or r.decision ilike ${like}::text)
     order by r.decided_at desc, r.id desc`.execute(tx)
  return rows
}

export type NewRuling = Omit<RulingRow, 'id' | 'endedAt' | 'endReason'>

export async function insertRuling(tx: Tx, ruling: NewRuling, by: number | null): Promise<number> {
  const { rows } = await sql<{ id: number }>`
    insert into duties_ruling (number, class_code, place_kinds, question, facts, decision, lead, co, reason, cited_clause,
      cited_item, case_number, decided_by, decided_at, created_by)
    values (${ruling.number}, ${ruling.classCode}, ${ruling.placeKinds}::text[], ${ruling.question}, ${ruling.facts},
      ${ruling.decision}, ${ruling.lead}, ${ruling.co}::text[], ${ruling.reason}, ${ruling.citedClause},
      ${ruling.citedItem}, ${ruling.caseNumber}, ${ruling.decidedBy}, ${ruling.decidedAt}, ${by})
    returning id`.execute(tx)
  return rows[0]!.id
}

export async function endRuling(tx: Tx, id: number, reason: string, by: number | null, at: Date): Promise<void> {
  await sql`
    update duties_ruling set ended_at = ${at}, end_reason = ${reason}, ended_by = ${by} where id = ${id}`.execute(tx)
}

/** Next number of a year, e.g. CD-2026-018. */
export async function nextRulingNumber(tx: Tx, year: number): Promise<string> {
  const prefix = `CD-${year}-`
  const { rows } = await sql<{ last: number }>`
    select coalesce(max(substring(number from '([0-9]+)$')::integer), 0) as last
      from duties_ruling where starts_with(number, ${prefix})`.execute(tx)
  return `${prefix}${String(rows[0]!.last + 1).padStart(3, '0')}`
}
