import type { BookChange, BookTarget, ClassEntry } from '#modules/management/duties/domain/book.ts'
import type { FileProblem, SentSheet } from '#modules/management/duties/server/duty-workbook.ts'
import { sql, type Tx } from '#platform/db/db.ts'

/** How a row stood before a version ended it. */
export interface ClosedRow {
  readonly table: 'item' | 'villageItem'
  readonly id: number
  readonly validTo: string | null
  readonly endDocumentNumber: string | null
}

export interface EditionHead {
  id: number
  kind: 'import' | 'undo'
  state: 'draft' | 'published' | 'withdrawn'
  title: string
  documentNumber: string
  /** YYYY-MM-DD */
  validFrom: string
  undoes: number | null
  createdAt: Date
  createdBy: number | null
  publishedAt: Date | null
  publishedBy: number | null
  withdrawnAt: Date | null
  withdrawReason: string | null
  changes: BookChange[]
  problems: FileProblem[]
}

export interface EditionRow extends EditionHead {
  sheets: SentSheet[]
  target: BookTarget
  closed: ClosedRow[]
}

const HEAD = sql`id, kind, state, title, document_number as "documentNumber", to_char(valid_from, 'YYYY-MM-DD') as "validFrom",
  undoes, created_at as "createdAt", created_by as "createdBy", published_at as "publishedAt", published_by as "publishedBy",
  withdrawn_at as "withdrawnAt", withdraw_reason as "withdrawReason", changes, problems`

/** Versions, the latest day first. */
export async function listEditionRows(tx: Tx): Promise<EditionHead[]> {
  const { rows } = await sql<EditionHead>`
    select ${HEAD} from duties_edition order by valid_from desc, id desc limit 200`.execute(tx)
  return rows
}

export async function findEdition(tx: Tx, id: number): Promise<EditionRow | undefined> {
  const { rows } = await sql<EditionRow>`
    select ${HEAD}, sheets, target, closed from duties_edition where id = ${id}`.execute(tx)
  return rows[0]
}

export interface NewEdition {
  kind: 'import' | 'undo'
  title: string
  documentNumber: string
  validFrom: string
  sheets: readonly SentSheet[]
  target: BookTarget
  changes: readonly BookChange[]
  problems: readonly FileProblem[]
  undoes: number | null
}

export async function insertEdition(tx: Tx, edition: NewEdition, by: number | null, at: Date): Promise<number> {
  const { rows } = await sql<{ id: number }>`
    insert into duties_edition (kind, state, title, document_number, valid_from, sheets, target, changes, problems, undoes,
      created_at, created_by)
    values (${edition.kind}, 'draft', ${edition.title}, ${edition.documentNumber}, ${edition.validFrom}::date,
      ${JSON.stringify(edition.sheets)}::jsonb, ${JSON.stringify(edition.target)}::jsonb,
      ${JSON.stringify(edition.changes)}::jsonb, ${JSON.stringify(edition.problems)}::jsonb, ${edition.undoes}, ${at}, ${by})
    returning id`.execute(tx)
  return rows[0]!.id
}

/**
 * Writes a version into the book: what it changes or removes ends on its day, what it brings begins on it.
 * @returns the rows it ended, as they stood
 */
export async function writeChanges(
  tx: Tx,
  edition: { id: number; documentNumber: string; validFrom: string },
  changes: readonly BookChange[],
  by: number | null,
  at: Date,
): Promise<ClosedRow[]> {
  const { id, documentNumber, validFrom } = edition
  const closed: ClosedRow[] = []
  const leaving = (sheet: 'items' | 'villageItems') =>
    changes.flatMap((change) => (change.sheet === sheet && change.before ? [change.code] : []))

  const classes = changes.flatMap((change) => (change.sheet === 'classes' && !change.before ? [change.after!] : []))
  for (const entry of classes) await insertClass(tx, entry, validFrom)

  const items = await sql<Omit<ClosedRow, 'table'>>`
    with leaving as (
      select id, valid_to, end_document_number from duties_item
       where code = any(${leaving('items')}::text[]) and valid_from < ${validFrom}::date
         and (valid_to is null or valid_to > ${validFrom}::date)
    ), ended as (
      update duties_item i set valid_to = ${validFrom}::date, end_document_number = ${documentNumber}, ended_by = ${by}
        from leaving l where i.id = l.id
    )
    select id, to_char(valid_to, 'YYYY-MM-DD') as "validTo", end_document_number as "endDocumentNumber" from leaving`.execute(
    tx,
  )
  closed.push(...items.rows.map((row) => ({ table: 'item' as const, ...row })))
  const village = await sql<Omit<ClosedRow, 'table'>>`
    with leaving as (
      select id, valid_to from duties_village_item
       where code = any(${leaving('villageItems')}::text[]) and valid_from < ${validFrom}::date
         and (valid_to is null or valid_to > ${validFrom}::date)
    ), ended as (
      update duties_village_item i set valid_to = ${validFrom}::date from leaving l where i.id = l.id
    )
    select id, to_char(valid_to, 'YYYY-MM-DD') as "validTo", null as "endDocumentNumber" from leaving`.execute(tx)
  closed.push(...village.rows.map((row) => ({ table: 'villageItem' as const, ...row })))

  const coming = changes.flatMap((change) => (change.sheet === 'items' && change.after ? [change.after] : []))
  await sql`
    insert into duties_item (code, class_code, place_kind, list, clause_number, clause, lead, co, document_number, valid_from,
      created_at, created_by, edition_id)
    select code, "classCode", "placeKind", list, "clauseNumber", clause, lead, co, ${documentNumber}, ${validFrom}::date, ${at},
      ${by}::bigint, ${id}::bigint
      from jsonb_to_recordset(${JSON.stringify(coming)}::jsonb) as i (code text, "classCode" text, "placeKind" text, list text,
        "clauseNumber" text, clause text, lead text, co text[])`.execute(tx)
  const comingVillage = changes.flatMap((change) =>
    change.sheet === 'villageItems' && change.after ? [change.after] : [],
  )
  await sql`
    insert into duties_village_item (code, class_code, name, share, document_number, valid_from, edition_id)
    select code, "classCode", name, share, ${documentNumber}, ${validFrom}::date, ${id}::bigint
      from jsonb_to_recordset(${JSON.stringify(comingVillage)}::jsonb)
        as i (code text, "classCode" text, name text, share text)`.execute(tx)
  return closed
}

async function insertClass(tx: Tx, entry: ClassEntry, startsOn: string): Promise<void> {
  await sql`
    insert into duties_class (code, kind, major_code, major_name, name, full_name, line_code, severity, secrecy, limits,
      conditional_limits, filing_conditions, closing_criteria, keywords, marking, self_handle, mediation, task_kind, caretaker,
      fallback, starts_on)
    values (${entry.code}, ${entry.kind}, ${entry.majorCode}, ${entry.majorName}, ${entry.name}, ${entry.fullName},
      ${entry.lineCode}, ${entry.severity}, ${entry.secrecy}, ${JSON.stringify(entry.limits)}::jsonb,
      ${JSON.stringify(entry.conditionalLimits)}::jsonb, ${entry.filingConditions as string[]}::text[],
      ${entry.closingCriteria as string[]}::text[], ${entry.keywords as string[]}::text[], '{"limit": "D", "code": "D"}'::jsonb,
      ${entry.selfHandle}, ${entry.mediation}, ${entry.taskKind}, ${entry.caretaker}, ${entry.fallback},
      ${startsOn}::date)`.execute(tx)
}

export async function markPublished(
  tx: Tx,
  id: number,
  given: {
    documentNumber: string
    validFrom: string
    changes: readonly BookChange[]
    problems: readonly FileProblem[]
  },
  closed: readonly ClosedRow[],
  by: number | null,
  at: Date,
): Promise<void> {
  await sql`
    update duties_edition set state = 'published', document_number = ${given.documentNumber},
      valid_from = ${given.validFrom}::date, changes = ${JSON.stringify(given.changes)}::jsonb,
      problems = ${JSON.stringify(given.problems)}::jsonb, closed = ${JSON.stringify(closed)}::jsonb, published_at = ${at},
      published_by = ${by}
     where id = ${id}`.execute(tx)
}

export async function markWithdrawn(tx: Tx, id: number, reason: string, by: number | null, at: Date): Promise<void> {
  await sql`
    update duties_edition set state = 'withdrawn', withdrawn_at = ${at}, withdrawn_by = ${by}, withdraw_reason = ${reason}
     where id = ${id}`.execute(tx)
}

/** Whether something later was built on rows that a version brought. */
export async function isBuiltOn(
  tx: Tx,
  id: number,
  validFrom: string,
  addedClasses: readonly string[],
): Promise<boolean> {
  const { rows } = await sql<{ built: boolean }>`
    select exists (select 1 from duties_item where edition_id = ${id} and valid_to is not null)
        or exists (select 1 from duties_village_item where edition_id = ${id} and valid_to is not null)
        or exists (select 1 from duties_item where edition_id is distinct from ${id}
                      and class_code = any(${addedClasses as string[]}::text[]))
        or exists (select 1 from duties_item own join duties_item other using (class_code, place_kind)
                    where own.edition_id = ${id} and other.edition_id is distinct from ${id}
                      and other.valid_from >= ${validFrom}::date) as built`.execute(tx)
  return rows[0]!.built
}

/** Takes a version out of the book again before it began: what it would have brought goes, what it would have ended stays. */
export async function takeBack(
  tx: Tx,
  id: number,
  closed: readonly ClosedRow[],
  addedClasses: readonly string[],
): Promise<void> {
  await sql`delete from duties_item where edition_id = ${id}`.execute(tx)
  await sql`delete from duties_village_item where edition_id = ${id}`.execute(tx)
  await sql`
    update duties_item i set valid_to = c."validTo", end_document_number = c."endDocumentNumber",
      ended_by = case when c."validTo" is null then null else i.ended_by end
      from jsonb_to_recordset(${JSON.stringify(closed)}::jsonb)
        as c ("table" text, id bigint, "validTo" date, "endDocumentNumber" text)
     where c."table" = 'item' and i.id = c.id`.execute(tx)
  await sql`
    update duties_village_item i set valid_to = c."validTo"
      from jsonb_to_recordset(${JSON.stringify(closed)}::jsonb) as c ("table" text, id bigint, "validTo" date)
     where c."table" = 'villageItem' and i.id = c.id`.execute(tx)
  await sql`
    delete from duties_class where code = any(${addedClasses as string[]}::text[]) and starts_on is not null`.execute(
    tx,
  )
}

/** Published versions whose day has come and whose classes are not those of everyday yet, the earliest first. */
export async function dueEditions(tx: Tx, today: string): Promise<{ id: number; changes: BookChange[] }[]> {
  const { rows } = await sql<{ id: number; changes: BookChange[] }>`
    select id, changes from duties_edition
     where state = 'published' and applied_at is null and valid_from <= ${today}::date order by valid_from, id`.execute(
    tx,
  )
  return rows
}

/** Makes the classes of a version those of everyday. Only fields that it changes are set. */
export async function applyClasses(tx: Tx, id: number, changes: readonly BookChange[], at: Date): Promise<void> {
  for (const change of changes) {
    if (change.sheet !== 'classes' || !change.after) continue
    const set = (field: keyof ClassEntry) => change.before !== null && change.fields.includes(field)
    const { after } = change
    await sql`
      update duties_class set starts_on = null,
        kind = case when ${set('kind')} then ${after.kind} else kind end,
        major_code = case when ${set('majorCode')} then ${after.majorCode} else major_code end,
        major_name = case when ${set('majorName')} then ${after.majorName} else major_name end,
        name = case when ${set('name')} then ${after.name} else name end,
        full_name = case when ${set('fullName')} then ${after.fullName} else full_name end,
        line_code = case when ${set('lineCode')} then ${after.lineCode} else line_code end,
        severity = case when ${set('severity')} then ${after.severity}::smallint else severity end,
        secrecy = case when ${set('secrecy')} then ${after.secrecy} else secrecy end,
        limits = case when ${set('limits')} then ${JSON.stringify(after.limits)}::jsonb else limits end,
        conditional_limits = case when ${set('conditionalLimits')}
          then ${JSON.stringify(after.conditionalLimits)}::jsonb else conditional_limits end,
        filing_conditions = case when ${set('filingConditions')}
          then ${after.filingConditions as string[]}::text[] else filing_conditions end,
        closing_criteria = case when ${set('closingCriteria')}
          then ${after.closingCriteria as string[]}::text[] else closing_criteria end,
        keywords = case when ${set('keywords')} then ${after.keywords as string[]}::text[] else keywords end,
        self_handle = case when ${set('selfHandle')} then ${after.selfHandle}::boolean else self_handle end,
        mediation = case when ${set('mediation')} then ${after.mediation}::boolean else mediation end,
        task_kind = case when ${set('taskKind')} then ${after.taskKind}::text else task_kind end,
        caretaker = case when ${set('caretaker')} then ${after.caretaker}::text else caretaker end,
        fallback = case when ${set('fallback')} then ${after.fallback}::text else fallback end
       where code = ${change.code}`.execute(tx)
  }
  await sql`update duties_edition set applied_at = ${at} where id = ${id}`.execute(tx)
}
