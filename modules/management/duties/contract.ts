import { Type } from 'typebox'
import { Id, Instant, route } from '#platform/contract/route.ts'

const Nullable = <T extends Parameters<typeof Type.Union>[0][number]>(shape: T) => Type.Union([shape, Type.Null()])
const NullableString = Nullable(Type.String())

const ClassCode = Type.String({ pattern: '^[CEG][0-9]{4}$' })
const PlaceKindCode = Type.String({ pattern: '^[a-z][a-z-]{1,39}$' })
const List = Type.Union([Type.Literal('basic'), Type.Literal('assist'), Type.Literal('recovered')])
const Kind = Type.Union([Type.Literal('component'), Type.Literal('event'), Type.Literal('governance')])
/** A unit by level and kind, e.g. `town:enforcement`. */
const UnitCode = Type.String({ pattern: '^(county|town|village):[a-z][a-z0-9-]{0,59}$' })
const Day = Type.String({ pattern: '^[0-9]{4}-[0-9]{2}-[0-9]{2}$' })
const Words = Type.String({ minLength: 1, maxLength: 100 })
const Town = Type.String({ pattern: '^[0-9]{9}$' })
const Village = Type.String({ pattern: '^[0-9]{12}$' })

const LimitShape = Type.Object({ value: Type.Number(), unit: Type.String() })
const UnitShape = Type.Object({ id: Id, code: Type.String(), name: Type.String(), shortName: Type.String() })
/** A unit as the list names it, with its name in this county. */
const NamedUnit = Type.Object({ code: Type.String(), name: Type.String() })
const WhyShape = Type.Object({
  key: Type.String(),
  params: Type.Record(Type.String(), Type.Union([Type.String(), Type.Number()])),
})

const ClassRowShape = Type.Object({
  code: Type.String(),
  kind: Kind,
  majorCode: Type.String(),
  majorName: Type.String(),
  name: Type.String(),
  fullName: Type.String(),
  lineCode: Type.String(),
  severity: Type.Integer(),
  secrecy: Type.String(),
  limits: Type.Object({
    verify: LimitShape,
    sign: LimitShape,
    handle: LimitShape,
    inspect: LimitShape,
    reply: LimitShape,
  }),
})

const ItemShape = Type.Object({
  id: Id,
  code: Type.String(),
  classCode: Type.String(),
  className: Type.String(),
  placeKind: Type.String(),
  placeKindName: Type.String(),
  list: List,
  clauseNumber: Type.String(),
  clause: Type.String(),
  lead: NamedUnit,
  co: Type.Array(NamedUnit),
  documentNumber: Type.String(),
  validFrom: Day,
  validTo: Nullable(Day),
  endDocumentNumber: NullableString,
  /** Holds today. */
  current: Type.Boolean(),
})

const RulingShape = Type.Object({
  id: Id,
  number: Type.String(),
  classCode: Type.String(),
  className: Type.String(),
  placeKinds: Type.Array(Type.Object({ code: Type.String(), name: Type.String() })),
  question: Type.String(),
  facts: Type.String(),
  decision: Type.String(),
  lead: NamedUnit,
  co: Type.Array(NamedUnit),
  reason: Type.String(),
  citedClause: NullableString,
  citedItem: NullableString,
  caseNumber: NullableString,
  decidedBy: Type.String(),
  decidedAt: Instant,
  endedAt: Nullable(Instant),
  endReason: NullableString,
})

const ClassPage = Type.Object({
  ...ClassRowShape.properties,
  conditionalLimits: Type.Array(Type.Object({ condition: Type.String(), limit: LimitShape })),
  filingConditions: Type.Array(Type.String()),
  closingCriteria: Type.Array(Type.String()),
  keywords: Type.Array(Type.String()),
  dangerWords: Type.Array(Type.String()),
  dangerCalls: Type.Array(Type.String()),
  marking: Type.Record(Type.String(), Type.String()),
  selfHandle: Type.Boolean(),
  mediation: Type.Boolean(),
  taskKind: NullableString,
  /** 产权或管养单位 */
  caretaker: Nullable(NamedUnit),
  /** 属地兜底单位 */
  fallback: Nullable(NamedUnit),
  items: Type.Array(ItemShape),
  rulings: Type.Array(RulingShape),
})

const OPEN_TO_STAFF = 'classes and duties are open to every official'

export const listClasses = route({
  name: 'duties.list_classes',
  kind: 'query',
  method: 'GET',
  path: '/duties/classes',
  audience: 'staff',
  permission: null,
  why: OPEN_TO_STAFF,
  summary: '类别：部件、事件、治理延伸，可按大类、条线、关键词查找',
  input: Type.Object({
    q: Type.Optional(Words),
    kind: Type.Optional(Kind),
    majorCode: Type.Optional(Type.String({ pattern: '^[0-9]{2}$' })),
    line: Type.Optional(Type.String({ maxLength: 60 })),
  }),
  output: Type.Object({
    items: Type.Array(ClassRowShape),
    majors: Type.Array(
      Type.Object({ kind: Kind, majorCode: Type.String(), majorName: Type.String(), count: Type.Integer() }),
    ),
  }),
})

export const getClass = route({
  name: 'duties.get_class',
  kind: 'query',
  method: 'GET',
  path: '/duties/classes/:code',
  audience: 'staff',
  permission: null,
  why: OPEN_TO_STAFF,
  summary: '一个类别：立案条件、结案标准、时限、现行条款和裁定',
  input: Type.Object({ code: ClassCode }),
  output: ClassPage,
})

const LimitInput = Type.Object({
  value: Type.Number({ exclusiveMinimum: 0, maximum: 3650 }),
  unit: Type.Union([
    Type.Literal('workHour'),
    Type.Literal('urgentHour'),
    Type.Literal('workday'),
    Type.Literal('day'),
  ]),
})

export const changeClass = route({
  name: 'duties.change_class',
  kind: 'command',
  method: 'PUT',
  path: '/duties/classes/:code',
  audience: 'staff',
  permission: 'duties.list.manage',
  summary: '修改类别的时限、等级、密级、关键词和立结案条件；在办案件不变',
  input: Type.Object({
    code: ClassCode,
    limits: Type.Object({
      verify: LimitInput,
      sign: LimitInput,
      handle: LimitInput,
      inspect: LimitInput,
      reply: LimitInput,
    }),
    severity: Type.Integer({ minimum: 1, maximum: 4 }),
    secrecy: Type.Union([Type.Literal('public'), Type.Literal('internal'), Type.Literal('secret')]),
    keywords: Type.Array(Type.String({ minLength: 2, maxLength: 20 }), { maxItems: 60, uniqueItems: true }),
    filingConditions: Type.Array(Words, { minItems: 1, maxItems: 20 }),
    closingCriteria: Type.Array(Words, { minItems: 1, maxItems: 20 }),
    /** What is left out stays as it is. */
    selfHandle: Type.Optional(Type.Boolean()),
    mediation: Type.Optional(Type.Boolean()),
    taskKind: Type.Optional(Nullable(Type.String({ minLength: 1, maxLength: 40 }))),
    caretaker: Type.Optional(Nullable(UnitCode)),
    fallback: Type.Optional(Nullable(UnitCode)),
    /** Basis of the change. */
    reason: Type.String({ minLength: 1, maxLength: 500 }),
  }),
  output: ClassPage,
  errors: ['duties.limit_whole_days', 'duties.unit_unknown'],
})

export const suggestClasses = route({
  name: 'duties.suggest_classes',
  kind: 'query',
  method: 'POST',
  path: '/duties/classes/suggest',
  audience: 'staff',
  permission: null,
  why: OPEN_TO_STAFF,
  summary: '按诉求文字推荐类别，附依据的词；有人身危险时给出应拨电话',
  input: Type.Object({
    text: Type.String({ minLength: 1, maxLength: 5000 }),
    limit: Type.Optional(Type.Integer({ minimum: 1, maximum: 20, default: 5 })),
  }),
  output: Type.Object({
    items: Type.Array(
      Type.Object({
        code: Type.String(),
        name: Type.String(),
        fullName: Type.String(),
        words: Type.Array(Type.String()),
      }),
    ),
    danger: Nullable(Type.Object({ words: Type.Array(Type.String()), calls: Type.Array(Type.String()) })),
  }),
})

export const listItems = route({
  name: 'duties.list_items',
  kind: 'query',
  method: 'GET',
  path: '/duties/items',
  audience: 'staff',
  permission: null,
  why: OPEN_TO_STAFF,
  summary: '职责清单条款；默认只列现行',
  input: Type.Object({
    classCode: Type.Optional(ClassCode),
    placeKind: Type.Optional(PlaceKindCode),
    list: Type.Optional(List),
    unit: Type.Optional(UnitCode),
    q: Type.Optional(Words),
    /** The day on which they hold; today where it is left out. */
    on: Type.Optional(Day),
    /** All versions, past and coming ones too. */
    history: Type.Optional(Type.Boolean()),
  }),
  output: Type.Object({
    items: Type.Array(ItemShape),
    counts: Type.Object({ basic: Type.Integer(), assist: Type.Integer(), recovered: Type.Integer() }),
    can: Type.Object({ manage: Type.Boolean() }),
  }),
})

export const getOptions = route({
  name: 'duties.get_options',
  kind: 'query',
  method: 'GET',
  path: '/duties/options',
  audience: 'staff',
  permission: null,
  why: OPEN_TO_STAFF,
  summary: '维护清单时可选的场所和单位',
  input: Type.Object({}),
  output: Type.Object({
    placeKinds: Type.Array(Type.Object({ code: Type.String(), name: Type.String(), within: NullableString })),
    units: Type.Array(Type.Object({ code: Type.String(), name: Type.String(), mayLead: Type.Boolean() })),
  }),
})

export const previewRoute = route({
  name: 'duties.preview_route',
  kind: 'query',
  method: 'GET',
  path: '/duties/route',
  audience: 'staff',
  permission: 'process.case.view',
  summary: '派遣预览：类别×场所×职责清单×裁定，给出承办单位和理由',
  input: Type.Object({
    classCode: ClassCode,
    placeKind: Type.Optional(PlaceKindCode),
    town: Type.Optional(Town),
    village: Type.Optional(Village),
    /** A component without owner or keeper. */
    unowned: Type.Optional(Type.Boolean()),
    /** By the list of this day; now where it is left out. */
    on: Type.Optional(Day),
  }),
  output: Type.Object({
    lead: Nullable(UnitShape),
    /** The desk that decides where nobody leads. */
    triage: Nullable(UnitShape),
    co: Type.Array(UnitShape),
    list: Nullable(List),
    itemId: Nullable(Id),
    clauseNumber: NullableString,
    documentNumber: NullableString,
    rulingNumber: NullableString,
    why: Type.Array(WhyShape),
    conflict: Nullable(WhyShape),
  }),
})

export const listRulings = route({
  name: 'duties.list_rulings',
  kind: 'query',
  method: 'GET',
  path: '/duties/rulings',
  audience: 'staff',
  permission: null,
  why: 'precedents are open to every official',
  summary: '职责裁定库',
  input: Type.Object({
    classCode: Type.Optional(ClassCode),
    q: Type.Optional(Words),
    /** Without those that were taken back. */
    open: Type.Optional(Type.Boolean()),
  }),
  output: Type.Object({ items: Type.Array(RulingShape), can: Type.Object({ rule: Type.Boolean() }) }),
})

const ItemBody = {
  classCode: ClassCode,
  placeKind: PlaceKindCode,
  list: List,
  clauseNumber: Type.String({ minLength: 1, maxLength: 60 }),
  clause: Type.String({ minLength: 1, maxLength: 2000 }),
  lead: UnitCode,
  co: Type.Array(UnitCode, { maxItems: 20, uniqueItems: true }),
  /** First day on which it holds. */
  validFrom: Day,
}

const ITEM_ERRORS = [
  'duties.class_unknown',
  'duties.place_kind_unknown',
  'duties.date_invalid',
  'duties.unit_unknown',
  'duties.unit_limited',
  'duties.unit_twice',
  'duties.lead_basic',
  'duties.lead_assist',
  'duties.lead_recovered',
  'duties.village_not_listed',
  'duties.item_exists',
  'duties.item_changed',
  'duties.item_elsewhere',
  'duties.version_order',
] as const

export const putItem = route({
  name: 'duties.put_item',
  kind: 'command',
  method: 'POST',
  path: '/duties/items',
  audience: 'staff',
  permission: 'duties.list.manage',
  summary: '增加或修订职责清单条款（凭编办文号，自生效日起）',
  input: Type.Object({
    ...ItemBody,
    /** Left empty it is refused with a reason, not by its shape. */
    documentNumber: Type.String({ maxLength: 120 }),
    /** Version that is revised; it ends when this one begins. */
    replaces: Type.Optional(Id),
    code: Type.Optional(Type.String({ pattern: '^[A-Z0-9][A-Z0-9-]{0,29}$' })),
  }),
  output: ItemShape,
  errors: [...ITEM_ERRORS, 'duties.document_missing', 'duties.code_taken'],
})

export const endItem = route({
  name: 'duties.end_item',
  kind: 'command',
  method: 'POST',
  path: '/duties/items/:itemId/end',
  audience: 'staff',
  permission: 'duties.list.manage',
  summary: '终止职责清单条款（凭编办文号）',
  input: Type.Object({
    itemId: Id,
    /** First day on which it no longer holds. */
    validTo: Day,
    documentNumber: Type.String({ maxLength: 120 }),
  }),
  output: ItemShape,
  errors: ['duties.document_missing', 'duties.date_invalid', 'duties.item_ended', 'duties.version_order'],
})

export const addRuling = route({
  name: 'duties.add_ruling',
  kind: 'command',
  method: 'POST',
  path: '/duties/rulings',
  audience: 'staff',
  permission: 'duties.ruling.make',
  summary: '作出职责裁定并入库；此后同类案件照此派遣，被指定单位不得退单',
  input: Type.Object({
    /** Given by the system where it is left out. */
    number: Type.Optional(Type.String({ minLength: 1, maxLength: 40 })),
    classCode: ClassCode,
    placeKinds: Type.Array(PlaceKindCode, { minItems: 1, maxItems: 20, uniqueItems: true }),
    question: Type.String({ minLength: 1, maxLength: 1000 }),
    facts: Type.String({ minLength: 1, maxLength: 4000 }),
    decision: Type.String({ minLength: 1, maxLength: 1000 }),
    lead: UnitCode,
    co: Type.Array(UnitCode, { maxItems: 20, uniqueItems: true }),
    reason: Type.String({ minLength: 1, maxLength: 2000 }),
    citedClause: Type.Optional(Type.String({ maxLength: 60 })),
    citedItem: Type.Optional(Type.String({ maxLength: 30 })),
    caseNumber: Type.Optional(Type.String({ maxLength: 60 })),
    /** When it was decided, where it was decided before it is entered. */
    decidedAt: Type.Optional(Instant),
  }),
  output: RulingShape,
  errors: [
    'duties.class_unknown',
    'duties.place_kind_unknown',
    'duties.unit_unknown',
    'duties.unit_limited',
    'duties.unit_twice',
    'duties.ruling_number_taken',
    'duties.ruling_in_future',
    'duties.ruling_recovered',
  ],
})

export const endRuling = route({
  name: 'duties.end_ruling',
  kind: 'command',
  method: 'POST',
  path: '/duties/rulings/:rulingId/end',
  audience: 'staff',
  permission: 'duties.ruling.make',
  summary: '撤销职责裁定',
  input: Type.Object({ rulingId: Id, reason: Type.String({ minLength: 1, maxLength: 1000 }) }),
  output: RulingShape,
  errors: ['duties.ruling_ended', 'duties.ruling_too_early'],
})

/** Past cases that would have gone elsewhere. */
const TrialShape = Type.Object({
  /** Newest cases looked at, of all classes. */
  looked: Type.Integer(),
  /** Of these, of the class. */
  matched: Type.Integer(),
  /** Of these, decided by a ruling whatever the list says. */
  ruled: Type.Integer(),
  changed: Type.Integer(),
  changedOpen: Type.Integer(),
  moves: Type.Array(
    Type.Object({
      classCode: Type.String(),
      className: Type.String(),
      townCode: NullableString,
      townName: NullableString,
      placeKind: NullableString,
      placeKindName: NullableString,
      from: Nullable(UnitShape),
      to: Nullable(UnitShape),
      count: Type.Integer(),
      /** Some of the cases, the newest first. */
      examples: Type.Array(Type.Object({ id: Id, number: Type.String(), title: Type.String() })),
    }),
  ),
  /** Contradictions that the change brings. */
  conflicts: Type.Array(WhyShape),
})

export const dryRun = route({
  name: 'duties.dry_run',
  kind: 'query',
  method: 'POST',
  path: '/duties/dry-run',
  audience: 'staff',
  permission: 'duties.list.manage',
  summary: '试算：条款变更后，以往案件会改派到哪里',
  input: Type.Object({
    ...ItemBody,
    replaces: Type.Optional(Id),
    /** How many of the newest cases are looked at. */
    sample: Type.Optional(Type.Integer({ minimum: 1, maximum: 100_000, default: 100_000 })),
  }),
  output: TrialShape,
  errors: ITEM_ERRORS,
})

const EditionState = Type.Union([Type.Literal('draft'), Type.Literal('published'), Type.Literal('withdrawn')])
const Sheet = Type.Union([Type.Literal('items'), Type.Literal('classes'), Type.Literal('villageItems')])
const Counts = Type.Object({ added: Type.Integer(), changed: Type.Integer(), removed: Type.Integer() })

const EditionRowShape = Type.Object({
  id: Id,
  kind: Type.Union([Type.Literal('import'), Type.Literal('undo')]),
  state: EditionState,
  /** Published and its day has come. */
  inForce: Type.Boolean(),
  title: Type.String(),
  documentNumber: Type.String(),
  validFrom: Day,
  counts: Counts,
  errors: Type.Integer(),
  warnings: Type.Integer(),
  undoes: Nullable(Id),
  createdAt: Instant,
  createdBy: NullableString,
  publishedAt: Nullable(Instant),
  publishedBy: NullableString,
  withdrawnAt: Nullable(Instant),
  withdrawReason: NullableString,
})

const EditionShape = Type.Object({
  ...EditionRowShape.properties,
  changes: Type.Array(
    Type.Object({
      sheet: Sheet,
      kind: Type.Union([Type.Literal('added'), Type.Literal('changed'), Type.Literal('removed')]),
      code: Type.String(),
      /** What the row is about. */
      name: Type.String(),
      fields: Type.Array(Type.Object({ title: Type.String(), before: Type.String(), after: Type.String() })),
    }),
  ),
  problems: Type.Array(
    Type.Object({
      weight: Type.Union([Type.Literal('error'), Type.Literal('warning')]),
      sheet: Type.String(),
      row: Nullable(Type.Integer()),
      column: NullableString,
      code: Type.String(),
      reason: Type.String(),
    }),
  ),
  can: Type.Object({ publish: Type.Boolean(), withdraw: Type.Boolean(), undo: Type.Boolean(), file: Type.Boolean() }),
})

export const exportBook = route({
  name: 'duties.export_book',
  kind: 'query',
  method: 'GET',
  path: '/duties/book-export',
  audience: 'staff',
  permission: null,
  why: OPEN_TO_STAFF,
  summary: '导出职责清单、事件类别和村级工作事务清单（Excel，一类一表）',
  input: Type.Object({ on: Type.Optional(Day) }),
  output: Type.Unknown(),
  stream: true,
})

export const listEditions = route({
  name: 'duties.list_editions',
  kind: 'query',
  method: 'GET',
  path: '/duties/editions',
  audience: 'staff',
  permission: null,
  why: OPEN_TO_STAFF,
  summary: '职责清单版本：现行、待生效、历次；试导入只给维护清单的人看',
  input: Type.Object({}),
  output: Type.Object({ items: Type.Array(EditionRowShape), can: Type.Object({ manage: Type.Boolean() }) }),
})

export const getEdition = route({
  name: 'duties.get_edition',
  kind: 'query',
  method: 'GET',
  path: '/duties/editions/:editionId',
  audience: 'staff',
  permission: null,
  why: OPEN_TO_STAFF,
  summary: '一个版本：改了什么、有什么问题',
  input: Type.Object({ editionId: Id }),
  output: EditionShape,
})

export const editionFile = route({
  name: 'duties.edition_file',
  kind: 'query',
  method: 'GET',
  path: '/duties/editions/:editionId/file',
  audience: 'staff',
  permission: 'duties.list.manage',
  summary: '试导入的原表，每行附错误原因，改好可再次导入',
  input: Type.Object({ editionId: Id }),
  output: Type.Unknown(),
  stream: true,
})

export const tryEdition = route({
  name: 'duties.try_edition',
  kind: 'command',
  method: 'POST',
  path: '/duties/editions',
  audience: 'staff',
  permission: 'duties.list.manage',
  summary: '试导入：列出增、改、删和错误，不改动现行清单',
  input: Type.Object({
    fileName: Type.String({ minLength: 1, maxLength: 120 }),
    /** The file, in base64. */
    content: Type.String({ minLength: 4, maxLength: 1_900_000 }),
    documentNumber: Type.String({ maxLength: 120 }),
    validFrom: Day,
  }),
  output: EditionShape,
  errors: ['duties.document_missing', 'duties.date_invalid', 'duties.edition_too_early', 'duties.no_sheet'],
})

export const publishEdition = route({
  name: 'duties.publish_edition',
  kind: 'command',
  method: 'POST',
  path: '/duties/editions/:editionId/publish',
  audience: 'staff',
  permission: 'duties.list.manage',
  summary: '发布：凭编办文号，自生效日零时起执行；有错误的不能发布',
  input: Type.Object({ editionId: Id, documentNumber: Type.String({ maxLength: 120 }), validFrom: Day }),
  output: EditionShape,
  errors: [
    'duties.document_missing',
    'duties.date_invalid',
    'duties.edition_too_early',
    'duties.edition_not_draft',
    'duties.edition_faulty',
    'duties.edition_stale',
    'duties.edition_empty',
  ],
})

export const withdrawEdition = route({
  name: 'duties.withdraw_edition',
  kind: 'command',
  method: 'POST',
  path: '/duties/editions/:editionId/withdraw',
  audience: 'staff',
  permission: 'duties.list.manage',
  summary: '撤回尚未生效的版本，或放弃试导入',
  input: Type.Object({ editionId: Id, reason: Type.String({ minLength: 1, maxLength: 500 }) }),
  output: EditionShape,
  errors: ['duties.edition_begun', 'duties.edition_withdrawn', 'duties.edition_built_on'],
})

export const undoEdition = route({
  name: 'duties.undo_edition',
  kind: 'command',
  method: 'POST',
  path: '/duties/editions/:editionId/undo',
  audience: 'staff',
  permission: 'duties.list.manage',
  summary: '恢复：拟一个把该版本改回去的新版本，照样试算、凭文号发布',
  input: Type.Object({ editionId: Id, documentNumber: Type.String({ maxLength: 120 }), validFrom: Day }),
  output: EditionShape,
  errors: [
    'duties.document_missing',
    'duties.date_invalid',
    'duties.edition_too_early',
    'duties.edition_not_published',
  ],
})

export const tryHistory = route({
  name: 'duties.try_history',
  kind: 'query',
  method: 'GET',
  path: '/duties/editions/:editionId/history',
  audience: 'staff',
  permission: 'duties.list.manage',
  summary: '试算：以往案件按这个版本会改派到哪里',
  input: Type.Object({
    editionId: Id,
    sample: Type.Optional(Type.Integer({ minimum: 1, maximum: 200_000, default: 100_000 })),
    /** Cases told of each way. */
    perMove: Type.Optional(Type.Integer({ minimum: 1, maximum: 500, default: 5 })),
  }),
  output: TrialShape,
})

export const listConflicts = route({
  name: 'duties.list_conflicts',
  kind: 'query',
  method: 'GET',
  path: '/duties/conflicts',
  audience: 'staff',
  permission: null,
  why: OPEN_TO_STAFF,
  summary: '清单自查：重复、无主、越级、村级未列入',
  input: Type.Object({ on: Type.Optional(Day) }),
  output: Type.Object({
    items: Type.Array(
      Type.Object({
        weight: Type.Union([Type.Literal('error'), Type.Literal('warning')]),
        sheet: Sheet,
        of: Type.String(),
        reason: Type.String(),
      }),
    ),
  }),
})
