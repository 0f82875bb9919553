import type {
  BookTarget,
  ClassEntry,
  ItemEntry,
  SheetKind,
  VillageEntry,
} from '#modules/management/duties/domain/book.ts'
import type { Duties } from '#modules/management/duties/domain/duties.ts'
import { type DutyList, parseUnit } from '#modules/management/duties/domain/duty.ts'
import { parseLimit, writeLimit } from '#modules/management/duties/domain/limit-words.ts'
import type { DutyUnits } from '#modules/management/duties/server/duty-units.ts'
import { isLimit, type Limit } from '#platform/calendar/work-calendar.ts'
import { AppError } from '#platform/errors/app-error.ts'
import { type Column, problemTitle } from '#platform/tables/column.ts'
import { type ImportColumn, type ImportValues, type RowProblem, readImportRows } from '#platform/tables/import-rows.ts'
import { readTable } from '#platform/tables/read-table.ts'
import type { Cell } from '#platform/tables/read-xlsx.ts'
import type { WorkbookSheet } from '#platform/tables/write-xlsx.ts'

export const SHEETS: Readonly<Record<SheetKind, string>> = {
  items: '职责清单',
  classes: '事件类别',
  villageItems: '村级工作事务清单',
}
const REFERENCE = '单位和场所名称'
export const LISTS: Readonly<Record<DutyList, string>> = {
  basic: '基本履职',
  assist: '配合履职',
  recovered: '上级收回',
}
export const SHARES = { lead: '自办', assist: '协办' } as const
const KINDS = { component: '部件', event: '事件', governance: '治理延伸' } as const
const SEVERITIES = ['红', '橙', '黄', '蓝'] as const
const SECRECIES = { public: '公开', internal: '内部', secret: '保密' } as const
const LIMITS = { verify: '核实', sign: '签收', handle: '处置', inspect: '核查', reply: '答复' } as const

const NOTES: Readonly<Record<SheetKind, string>> = {
  items:
    '填写说明：一行一条，编号不要改动；新增的条款编号留空。删去一行，该条款自生效日起终止。主办、协办填“单位和场所名称”表中的名称，协办之间用顿号隔开。编办文号、生效日期在导入时填写，本表中的仅供查看。',
  classes:
    '填写说明：一行一类，代码不要改动；删去一行不会删除类别。时限写作“4紧急工作时”“8工作时”“5工作日”“3自然日”。条件、标准一行写一条（单元格内换行），用词之间用顿号隔开。分条件时限写作“条件：时限”。',
  villageItems:
    '填写说明：村级组织工作事务清单。分工填“自办”或“协办”；只有列为“自办”的类别，村（社区）才能主办。新增的编号留空；删去一行，该事项自生效日起不再列入。',
}

/** Titles by field: how a change or a problem names its column. */
export const TITLES: Readonly<Record<SheetKind, Readonly<Record<string, string>>>> = {
  items: {
    code: '编号',
    classCode: '类别代码',
    placeKind: '场所',
    list: '清单',
    clauseNumber: '条款号',
    clause: '条款内容',
    lead: '主办',
    co: '协办',
  },
  classes: {
    code: '类别代码',
    kind: '大类',
    majorCode: '类代码',
    majorName: '类名称',
    name: '小类',
    fullName: '全称',
    lineCode: '条线',
    severity: '等级',
    secrecy: '密级',
    limits: '时限',
    ...Object.fromEntries(Object.entries(LIMITS).map(([key, title]) => [`limits.${key}`, `${title}时限`])),
    conditionalLimits: '分条件时限',
    filingConditions: '立案条件',
    closingCriteria: '结案标准',
    keywords: '识别用词',
    selfHandle: '网格员可自办',
    mediation: '可转调解',
    taskKind: '入格事项种类',
    caretaker: '产权或管养单位',
    fallback: '属地兜底单位',
  },
  villageItems: { code: '编号', classCode: '类别代码', name: '事项', share: '分工' },
}

/** Shows a value of a row as the sheet shows it. */
export function shown(field: string, value: unknown, duties: Duties, units: DutyUnits): string {
  if (value === null || value === undefined) return ''
  if (typeof value === 'boolean') return value ? '是' : '否'
  switch (field) {
    case 'list':
      return LISTS[value as DutyList]
    case 'share':
      return SHARES[value as 'lead']
    case 'kind':
      return KINDS[value as 'event']
    case 'severity':
      return SEVERITIES[(value as number) - 1] ?? String(value)
    case 'secrecy':
      return SECRECIES[value as 'public']
    case 'placeKind':
      return duties.placeKind(value as string)?.name ?? String(value)
    case 'classCode':
      return duties.classOf(value as string)?.fullName ?? String(value)
    case 'lead':
    case 'caretaker':
    case 'fallback':
      return units.named(value as string).name
    case 'co':
      return (value as string[]).map((code) => units.named(code).name).join('、')
    case 'limits':
      return Object.entries(LIMITS)
        .map(([key, title]) => `${title}${writeLimit((value as Record<string, Limit>)[key]!)}`)
        .join('，')
    case 'conditionalLimits':
      return (value as { condition: string; limit: Limit }[])
        .map(({ condition, limit }) => `${condition}：${writeLimit(limit)}`)
        .join('\n')
    case 'keywords':
      return (value as string[]).join('、')
    default:
      return Array.isArray(value) ? value.join('\n') : String(value)
  }
}

/** A clause with what a file shows of it besides. */
export type ExportedItem = ItemEntry & { documentNumber: string; validFrom: string }

/** The whole book as sheets, each with a note on how to fill it in, and one with the names that may be used. */
export function sheetsOf(
  book: { items: readonly ExportedItem[]; classes: readonly ClassEntry[]; villageItems: readonly VillageEntry[] },
  duties: Duties,
  units: DutyUnits,
): WorkbookSheet[] {
  const text = <Row extends object>(sheet: SheetKind, field: keyof Row & string, width = 16): Column<Row> => ({
    title: TITLES[sheet][field]!,
    type: 'text',
    width,
    value: (row) =>
      field === 'classCode' ? String(row[field]) : shown(field, row[field], duties, unitsForFile(units)),
  })
  const items: Column<ExportedItem>[] = [
    text('items', 'code', 12),
    text('items', 'classCode', 10),
    { title: '类别', type: 'text', width: 24, value: (row) => duties.classOf(row.classCode)?.fullName },
    text('items', 'placeKind', 14),
    text('items', 'list', 10),
    text('items', 'clauseNumber', 18),
    text('items', 'clause', 60),
    text('items', 'lead', 22),
    text('items', 'co', 30),
    { title: '编办文号', type: 'text', width: 26, value: (row) => row.documentNumber },
    { title: '生效日期', type: 'text', width: 12, value: (row) => row.validFrom },
  ]
  const limits = Object.entries(LIMITS).map(
    ([key, title]): Column<ClassEntry> => ({
      title: `${title}时限`,
      type: 'text',
      width: 12,
      value: (row) => writeLimit(row.limits[key as keyof typeof LIMITS]),
    }),
  )
  const classes: Column<ClassEntry>[] = [
    text('classes', 'code', 10),
    text('classes', 'kind', 10),
    text('classes', 'majorCode', 8),
    text('classes', 'majorName', 14),
    text('classes', 'name', 16),
    text('classes', 'fullName', 24),
    text('classes', 'lineCode', 18),
    text('classes', 'severity', 8),
    text('classes', 'secrecy', 8),
    ...limits,
    text('classes', 'conditionalLimits', 26),
    text('classes', 'filingConditions', 40),
    text('classes', 'closingCriteria', 40),
    text('classes', 'keywords', 36),
    text('classes', 'selfHandle', 12),
    text('classes', 'mediation', 10),
    text('classes', 'taskKind', 14),
    text('classes', 'caretaker', 20),
    text('classes', 'fallback', 22),
  ]
  const villageItems: Column<VillageEntry>[] = [
    text('villageItems', 'code', 12),
    text('villageItems', 'classCode', 10),
    { title: '类别', type: 'text', width: 24, value: (row) => duties.classOf(row.classCode)?.fullName },
    text('villageItems', 'name', 50),
    text('villageItems', 'share', 8),
  ]
  const names = [
    ...units.list().map((unit) => ({
      kind: unit.mayLead ? '单位' : '单位（只能协办）',
      name: unitsForFile(units).named(unit.code).name,
    })),
    ...duties.book.placeKinds.map((place) => ({ kind: '场所', name: place.name })),
  ]
  return [
    { name: SHEETS.items, note: NOTES.items, columns: items, rows: book.items },
    { name: SHEETS.classes, note: NOTES.classes, columns: classes, rows: book.classes },
    { name: SHEETS.villageItems, note: NOTES.villageItems, columns: villageItems, rows: book.villageItems },
    {
      name: REFERENCE,
      note: '本表只供查找，导入时不读取。',
      columns: [
        { title: '种类', type: 'text', width: 18, value: (row: { kind: string }) => row.kind },
        { title: '名称', type: 'text', width: 30, value: (row: { name: string }) => row.name },
      ],
      rows: names,
    },
  ] as unknown as WorkbookSheet[]
}

/** Names that stand for one unit only; the code where two have the same name. */
function unitsForFile(units: DutyUnits): DutyUnits {
  return {
    list: () => units.list(),
    named: (code: string) => {
      const { name } = units.named(code)
      const alone = units.list().filter((unit) => unit.name === name).length <= 1
      return { code, name: alone ? name : code }
    },
  } as DutyUnits
}

/** A row as it was sent. */
export interface SentSheet {
  readonly kind: SheetKind
  readonly titles: readonly string[]
  readonly rows: readonly { readonly number: number; readonly cells: readonly Cell[] }[]
}

/** What is wrong in a file, and where. */
export interface FileProblem {
  readonly weight: 'error' | 'warning'
  readonly sheet: SheetKind
  /** As people see it on the sheet; null where it is not one row of the file. */
  readonly row: number | null
  readonly column: string | null
  readonly code: string
  readonly params: Readonly<Record<string, string | number>>
}

export interface ReadBook {
  readonly sheets: SentSheet[]
  readonly target: BookTarget
  /** Row of each entry, by sheet and code. */
  readonly rows: ReadonlyMap<string, number>
  readonly problems: FileProblem[]
}

const text = (key: string, title: string, more: Partial<ImportColumn> = {}): ImportColumn => ({
  key,
  title,
  type: 'text',
  ...more,
})
const TITLE = TITLES
const COLUMNS: Readonly<Record<SheetKind, readonly ImportColumn[]>> = {
  items: [
    text('code', '编号', { maxLength: 30 }),
    text('classCode', '类别代码', { required: true }),
    text('placeKind', '场所', { required: true }),
    text('list', '清单', { required: true, oneOf: Object.values(LISTS) }),
    text('clauseNumber', '条款号', { required: true, maxLength: 60 }),
    text('clause', '条款内容', { required: true, maxLength: 2000 }),
    text('lead', '主办', { required: true }),
    text('co', '协办'),
  ],
  classes: [
    text('code', '类别代码', { required: true }),
    text('kind', '大类', { required: true, oneOf: Object.values(KINDS) }),
    text('majorCode', '类代码', { required: true, maxLength: 2 }),
    text('majorName', '类名称', { required: true, maxLength: 40 }),
    text('name', '小类', { required: true, maxLength: 40 }),
    text('fullName', '全称', { required: true, maxLength: 80 }),
    text('lineCode', '条线', { required: true, maxLength: 60 }),
    text('severity', '等级', { required: true, oneOf: SEVERITIES }),
    text('secrecy', '密级', { required: true, oneOf: Object.values(SECRECIES) }),
    ...Object.entries(LIMITS).map(([key, title]) => text(`limits.${key}`, `${title}时限`, { required: true })),
    text('conditionalLimits', '分条件时限'),
    text('filingConditions', '立案条件', { required: true, maxLength: 2000 }),
    text('closingCriteria', '结案标准', { required: true, maxLength: 2000 }),
    text('keywords', '识别用词', { maxLength: 1500 }),
    { key: 'selfHandle', title: TITLE.classes.selfHandle!, type: 'boolean' },
    { key: 'mediation', title: TITLE.classes.mediation!, type: 'boolean' },
    text('taskKind', '入格事项种类', { maxLength: 40 }),
    text('caretaker', '产权或管养单位'),
    text('fallback', '属地兜底单位'),
  ],
  villageItems: [
    text('code', '编号', { maxLength: 30 }),
    text('classCode', '类别代码', { required: true }),
    text('name', '事项', { required: true, maxLength: 200 }),
    text('share', '分工', { required: true, oneOf: Object.values(SHARES) }),
  ],
}

const keyOf = <Key extends string>(names: Readonly<Record<Key, string>>, name: unknown): Key =>
  (Object.keys(names) as Key[]).find((key) => names[key] === name)!
const parts = (value: unknown, by: RegExp): string[] => [
  ...new Set(
    String(value ?? '')
      .split(by)
      .map((part) => part.trim())
      .filter(Boolean),
  ),
]

/**
 * Reads a file of the book: which sheets it has, what they want, and all that cannot be read, by sheet, row, column and
 * reason. Nothing is lost: rows with faults stay in `sheets`, so that the file can be given back to be mended.
 * @throws AppError `duties.no_sheet` where it holds none of the three sheets, and the refusals of `readTable`
 */
export async function readBook(file: Buffer, name: string, duties: Duties, units: DutyUnits): Promise<ReadBook> {
  const sheets: SentSheet[] = []
  const problems: FileProblem[] = []
  const rows = new Map<string, number>()
  const target: { [kind in SheetKind]?: unknown[] } = {}
  const unitCodes = new Map<string, string>()
  for (const unit of units.list()) {
    unitCodes.set(unit.code, unit.code)
    unitCodes.set(unitsForFile(units).named(unit.code).name, unit.code)
  }
  const placeCodes = new Map(
    duties.book.placeKinds.flatMap((place) => [[place.name, place.code] as const, [place.code, place.code] as const]),
  )
  const lines = new Set(duties.book.classes.map((entry) => entry.lineCode))
  const ownClasses = new Set<string>(duties.book.classes.map((entry) => entry.code))

  for (const kind of ['classes', 'items', 'villageItems'] as const) {
    const required = COLUMNS[kind]
      .filter((column) => column.required || column.key === 'code')
      .map(({ title }) => title)
    let table: Awaited<ReturnType<typeof readTable>>
    try {
      table = await readTable(file, name, { sheet: SHEETS[kind], titles: required, maxRows: 20_000 })
    } catch (error) {
      if (error instanceof AppError && error.code === 'tables.empty' && file.length > 0) continue
      throw error
    }
    const sent: { number: number; cells: Cell[] }[] = []
    const entries: unknown[] = []
    const codes = new Set<string>()
    const next = nextNumber(kind, duties)
    for await (const row of readImportRows(table, COLUMNS[kind])) {
      sent.push({ number: row.number, cells: row.cells })
      const found: { column: string; problem: RowProblem }[] = row.problems.map((problem) => ({
        column: String(problem.params?.title ?? ''),
        problem,
      }))
      const fault = (field: string, code: string, params: Record<string, string> = {}) => {
        const column = TITLES[kind][field] ?? field
        found.push({ column, problem: { code, params: { title: column, ...params } } })
        return ''
      }
      const bad = (field: string) => found.some(({ column }) => column === TITLES[kind][field])
      const unitOf = (field: string, written: unknown): string | null => {
        const named = String(written ?? '').trim()
        if (!named) return null
        const code = unitCodes.get(named)
        return code ?? (parseUnit(named) ? named : fault(field, 'duties.unit_unknown', { unit: named }))
      }
      const values = row.values
      const code = String(values.code ?? '').trim() || (kind === 'classes' ? '' : next())
      if (codes.has(code) && code) fault('code', 'duties.code_twice', { code })
      codes.add(code)
      const given = () => {
        if (kind === 'classes') return readClass(values, code, fault, unitOf, bad, lines)
        if (!bad('classCode') && !ownClasses.has(String(values.classCode)))
          fault('classCode', 'duties.class_unknown', { code: String(values.classCode) })
        if (kind === 'villageItems')
          return { code, classCode: values.classCode, name: values.name, share: keyOf(SHARES, values.share) }
        const placeKind = placeCodes.get(String(values.placeKind ?? ''))
        if (!placeKind && !bad('placeKind'))
          fault('placeKind', 'duties.place_kind_unknown', { code: String(values.placeKind) })
        if (!/^[A-Z0-9][A-Z0-9-]{0,29}$/.test(code)) fault('code', 'duties.code_shape', { code })
        return {
          code,
          classCode: values.classCode,
          placeKind,
          list: keyOf(LISTS, values.list),
          clauseNumber: values.clauseNumber,
          clause: values.clause,
          lead: unitOf('lead', values.lead),
          co: parts(values.co, /[、,，;；\n]/).map((one) => unitOf('co', one)),
        } as unknown as ItemEntry
      }
      const entry = given()
      if (kind === 'classes' && code) ownClasses.add(code)
      rows.set(`${kind} ${code}`, row.number)
      if (found.length === 0) entries.push(entry)
      for (const { column, problem } of found)
        problems.push({
          weight: 'error',
          sheet: kind,
          row: row.number,
          column: column || null,
          code: problem.code,
          params: (problem.params ?? {}) as FileProblem['params'],
        })
    }
    sheets.push({ kind, titles: table.titles, rows: sent })
    target[kind] = entries
  }
  if (sheets.length === 0) throw new AppError('duties.no_sheet', { status: 422 })
  return { sheets, target: target as BookTarget, rows, problems }
}

type Fault = (field: string, code: string, params?: Record<string, string>) => string

function readClass(
  values: ImportValues,
  code: string,
  fault: Fault,
  unitOf: (field: string, written: unknown) => string | null,
  bad: (field: string) => boolean,
  lines: ReadonlySet<string>,
): ClassEntry {
  if (!/^[CEG][0-9]{4}$/.test(code) && !bad('code')) fault('code', 'duties.class_code_shape', { code })
  if (!bad('lineCode') && !lines.has(String(values.lineCode)))
    fault('lineCode', 'duties.line_unknown', { line: String(values.lineCode) })
  const limit = (field: string, written: unknown): Limit => {
    const read = parseLimit(String(written ?? ''))
    if ((!read || !isLimit(read)) && !bad(field)) fault(field, 'duties.limit_words', { written: String(written ?? '') })
    return read ?? { value: 1, unit: 'workday' }
  }
  const lines2 = (field: string) => parts(values[field], /\n/)
  const keywords = parts(values.keywords, /[、,，;；\n]/)
  return {
    code,
    kind: keyOf(KINDS, values.kind),
    majorCode: String(values.majorCode ?? '').padStart(2, '0'),
    majorName: values.majorName as string,
    name: values.name as string,
    fullName: values.fullName as string,
    lineCode: values.lineCode as string,
    severity: SEVERITIES.indexOf(values.severity as never) + 1,
    secrecy: keyOf(SECRECIES, values.secrecy),
    limits: Object.fromEntries(
      Object.keys(LIMITS).map((key) => [key, limit(`limits.${key}`, values[`limits.${key}`])]),
    ) as unknown as ClassEntry['limits'],
    conditionalLimits: lines2('conditionalLimits').map((line) => {
      const at = Math.max(line.lastIndexOf('：'), line.lastIndexOf(':'))
      return { condition: line.slice(0, Math.max(at, 0)).trim(), limit: limit('conditionalLimits', line.slice(at + 1)) }
    }),
    filingConditions: lines2('filingConditions'),
    closingCriteria: lines2('closingCriteria'),
    keywords,
    selfHandle: values.selfHandle === true,
    mediation: values.mediation === true,
    taskKind: (values.taskKind as string | null) ?? null,
    caretaker: unitOf('caretaker', values.caretaker),
    fallback: unitOf('fallback', values.fallback),
  }
}

/** Codes for new rows: one after the last that is known. */
function nextNumber(kind: SheetKind, duties: Duties): () => string {
  const known = kind === 'items' ? duties.book.items : (duties.book.villageItems ?? [])
  let last = 0
  for (const { code } of known) last = Math.max(last, Number(/(\d+)$/.exec(code)?.[1] ?? 0))
  return () => `${kind === 'items' ? 'N' : 'V'}-${String(++last).padStart(3, '0')}`
}

/** The file as it was sent, each row with what is wrong with it; mended in place it can be sent again. */
export function problemSheets(
  sheets: readonly SentSheet[],
  problems: readonly FileProblem[],
  word: (problem: FileProblem) => string,
): WorkbookSheet[] {
  return sheets.map(({ kind, titles, rows }) => {
    const kept = titles.map((title, index) => ({ title, index })).filter(({ title }) => title !== problemTitle)
    type Row = (typeof rows)[number]
    const columns: Column<Row>[] = kept.map(({ title, index }) => ({
      title,
      type: 'asWritten',
      value: ({ cells }) => cells[index] ?? null,
    }))
    columns.push({
      title: problemTitle,
      type: 'text',
      width: 48,
      value: ({ number }) =>
        problems
          .filter((problem) => problem.sheet === kind && problem.row === number)
          .map(word)
          .join('；'),
    })
    return { name: SHEETS[kind], note: NOTES[kind], columns, rows } as unknown as WorkbookSheet
  })
}
