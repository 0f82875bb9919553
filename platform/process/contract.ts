import { Type } from 'typebox'
import { Id, Instant, LocalText, route } from '#platform/contract/route.ts'
import { CaseDocumentShape } from '#platform/documents/contract.ts'
import { LimitShape, ProcessDefinitionShape } from '#platform/process/definition.ts'

const Nullable = <T extends Parameters<typeof Type.Union>[0][number]>(shape: T) => Type.Union([shape, Type.Null()])
const NullableString = Nullable(Type.String())
const NullableInstant = Nullable(Instant)

export const UnitShape = Type.Object({ id: Id, code: Type.String(), name: Type.String(), shortName: Type.String() })
export const PlaceShape = Type.Object({ lon: Type.Number(), lat: Type.Number() })

const Filters = {
  definition: Type.Optional(Type.String({ maxLength: 40 })),
  phase: Type.Optional(Type.String({ maxLength: 40 })),
  state: Type.Optional(Type.String({ maxLength: 40 })),
  town: Type.Optional(Type.String({ pattern: '^[0-9]{9}$' })),
  village: Type.Optional(Type.String({ pattern: '^[0-9]{12}$' })),
  line: Type.Optional(Type.String({ maxLength: 60 })),
  unit: Type.Optional(Id),
  classCode: Type.Optional(Type.String({ maxLength: 20 })),
  severity: Type.Optional(Type.Integer({ minimum: 0, maximum: 4 })),
  source: Type.Optional(Type.String({ maxLength: 40 })),
  overdue: Type.Optional(Type.Boolean()),
  open: Type.Optional(Type.Boolean()),
  /** Opened on or after this instant. */
  from: Type.Optional(Instant),
  to: Type.Optional(Instant),
  /** Only cases about which a message (SMS, e-mail, webhook) did not go out. */
  undelivered: Type.Optional(Type.Boolean()),
  /** Number, words of the text or place; a phone number or a full name is matched exactly. */
  q: Type.Optional(Type.String({ minLength: 1, maxLength: 100 })),
}

/** One case in a list. */
export const CaseRowShape = Type.Object({
  id: Id,
  number: Type.String(),
  definitionKey: Type.String(),
  definitionName: LocalText,
  state: Type.String(),
  stateName: LocalText,
  phase: Type.String(),
  phaseName: LocalText,
  title: Type.String(),
  classCode: NullableString,
  className: NullableString,
  severity: Type.Integer(),
  secrecy: Type.String(),
  source: Type.String(),
  townCode: NullableString,
  townName: NullableString,
  villageCode: NullableString,
  villageName: NullableString,
  lineCode: NullableString,
  placeText: NullableString,
  place: Nullable(PlaceShape),
  unit: Nullable(UnitShape),
  openedAt: Instant,
  closedAt: NullableInstant,
  dueAt: NullableInstant,
  provisional: Type.Boolean(),
  overdue: Type.Boolean(),
  /** Kind of time of the clock that rules `dueAt`. */
  clockUnit: NullableString,
})

/** One piece of open work. */
export const InboxItemShape = Type.Object({
  id: Id,
  caseId: Id,
  slot: Type.String(),
  number: Type.String(),
  title: Type.String(),
  definitionKey: Type.String(),
  definitionName: LocalText,
  state: Type.String(),
  stateName: LocalText,
  todo: LocalText,
  /** Main action of the state, for the button and for bulk work. */
  action: NullableString,
  actionName: Nullable(LocalText),
  /** The action takes no form, so several can be done at once. */
  bulk: Type.Boolean(),
  version: Type.Integer(),
  severity: Type.Integer(),
  secrecy: Type.String(),
  classCode: NullableString,
  className: NullableString,
  source: Type.String(),
  townName: NullableString,
  villageName: NullableString,
  unit: Nullable(UnitShape),
  role: Type.String(),
  openedAt: Instant,
  dueAt: NullableInstant,
  clockUnit: NullableString,
  provisional: Type.Boolean(),
  overdue: Type.Boolean(),
})

const ActionShape = Type.Object({
  key: Type.String(),
  name: LocalText,
  kind: Type.String(),
  form: Nullable(Type.Record(Type.String(), Type.Unknown())),
})

const TraceHopShape = Type.Object({
  hop: Type.Integer(),
  at: Instant,
  action: Type.String(),
  actionName: LocalText,
  fromState: NullableString,
  toState: Type.String(),
  phase: Type.String(),
  actorKind: Type.String(),
  actorName: NullableString,
  unitName: NullableString,
  roleName: NullableString,
  acting: Type.Boolean(),
  note: NullableString,
  form: Nullable(Type.Record(Type.String(), Type.Unknown())),
  why: Type.Array(
    Type.Object({
      key: Type.String(),
      params: Type.Record(Type.String(), Type.Union([Type.String(), Type.Number()])),
    }),
  ),
  deviceAt: NullableInstant,
})

const ClockShape = Type.Object({
  key: Type.String(),
  name: LocalText,
  limit: LimitShape,
  startedAt: Instant,
  dueAt: Instant,
  pausedAt: NullableInstant,
  stoppedAt: NullableInstant,
  overdue: Type.Boolean(),
  provisional: Type.Boolean(),
  /** Working milliseconds left when it was paused or stopped. */
  leftMillis: Type.Number(),
  leftDays: Type.Integer(),
})

export const CasePageShape = Type.Object({
  case: CaseRowShape,
  /** The version of the flow that the case runs on: its forms, names and drawing. */
  definitionId: Id,
  version: Type.Integer(),
  data: Type.Record(Type.String(), Type.Unknown()),
  clocks: Type.Array(ClockShape),
  trace: Type.Array(TraceHopShape),
  /** Units, people and classes that were filled in anywhere in it, by `unit:<id>`, `account:<id>`, `class:<code>`. */
  names: Type.Record(Type.String(), Type.String()),
  /** In whose hands the case is now. */
  holders: Type.Array(
    Type.Object({ slot: Type.String(), unitName: NullableString, role: Type.String(), accountName: NullableString }),
  ),
  submissions: Type.Array(
    Type.Object({
      state: Type.String(),
      round: Type.Integer(),
      slot: Type.String(),
      unitName: NullableString,
      accountName: NullableString,
      at: Instant,
      sealed: Type.Boolean(),
      form: Nullable(Type.Record(Type.String(), Type.Unknown())),
    }),
  ),
  files: Type.Array(
    Type.Object({
      id: Type.String(),
      name: Type.String(),
      mediaType: Type.String(),
      bytes: Type.Integer(),
      uploadedAt: Instant,
      takenAt: NullableInstant,
    }),
  ),
  /** Cases that belong to it; `out` leads from this one (it is merged into, part of, taken up again from), `in` to it. */
  links: Type.Array(
    Type.Object({
      kind: Type.Union([
        Type.Literal('merged'),
        Type.Literal('part'),
        Type.Literal('follow'),
        Type.Literal('redo'),
        Type.Literal('opened'),
      ]),
      direction: Type.Union([Type.Literal('in'), Type.Literal('out')]),
      case: CaseRowShape,
    }),
  ),
  /** Linked cases that this person may not see. */
  hiddenLinks: Type.Integer(),
  /** Flows that this person may begin from this case. */
  offers: Type.Array(Type.Object({ definition: Type.String(), name: LocalText })),
  nearby: Type.Array(CaseRowShape),
  actions: Type.Array(ActionShape),
  /** Actions of this state that this person may not take, and why, by error code. */
  refused: Type.Array(
    Type.Object({
      key: Type.String(),
      name: LocalText,
      code: Type.String(),
      params: Type.Record(Type.String(), Type.Unknown()),
    }),
  ),
  /** What can be drawn of the case now, see `documents.render_case`. */
  documents: Type.Array(CaseDocumentShape),
})

export const listInbox = route({
  name: 'process.list_inbox',
  kind: 'query',
  method: 'GET',
  path: '/inbox',
  audience: 'staff',
  permission: null,
  why: 'only work handed to the actor or to a unit and role that the actor holds',
  summary: '待办：按到期先后',
  input: Type.Object({
    definition: Type.Optional(Type.String({ maxLength: 40 })),
    town: Type.Optional(Type.String({ pattern: '^[0-9]{9}$' })),
    state: Type.Optional(Type.String({ maxLength: 40 })),
    source: Type.Optional(Type.String({ maxLength: 40 })),
    severity: Type.Optional(Type.Integer({ minimum: 0, maximum: 4 })),
    cursor: Type.Optional(Type.String({ maxLength: 200 })),
    limit: Type.Optional(Type.Integer({ minimum: 1, maximum: 200, default: 100 })),
  }),
  output: Type.Object({
    items: Type.Array(InboxItemShape),
    next: NullableString,
    total: Type.Integer(),
    byDefinition: Type.Array(Type.Object({ key: Type.String(), name: LocalText, count: Type.Integer() })),
    /** How much is due when, of all that the filters leave: overdue, today, tonight, rest, next, later, none. */
    byDue: Type.Array(Type.Object({ key: Type.String(), count: Type.Integer() })),
    now: Instant,
  }),
})

export const listCases = route({
  name: 'process.list_cases',
  kind: 'query',
  method: 'GET',
  path: '/cases',
  audience: 'staff',
  permission: null,
  why: 'rows are narrowed by the case policy: territory, line, participation, secrecy',
  summary: '案件列表：最新在前',
  input: Type.Object({
    ...Filters,
    cursor: Type.Optional(Type.String({ maxLength: 200 })),
    limit: Type.Optional(Type.Integer({ minimum: 1, maximum: 200, default: 50 })),
    /** The number of rows is computed only when asked for. */
    count: Type.Optional(Type.Boolean()),
  }),
  output: Type.Object({
    items: Type.Array(CaseRowShape),
    next: NullableString,
    count: Type.Optional(Type.Integer()),
    /** The count stopped at its cap: there are at least so many. */
    capped: Type.Optional(Type.Boolean()),
    now: Instant,
  }),
})

export const exportCases = route({
  name: 'process.export_cases',
  kind: 'query',
  method: 'GET',
  path: '/cases/export',
  audience: 'staff',
  permission: null,
  why: 'rows are narrowed by the case policy, as in the list',
  summary: '导出案件（Excel 或 CSV）',
  input: Type.Object({
    ...Filters,
    format: Type.Union([Type.Literal('xlsx'), Type.Literal('csv')]),
  }),
  output: Type.Unknown(),
  stream: true,
})

export const getCase = route({
  name: 'process.get_case',
  kind: 'query',
  method: 'GET',
  path: '/cases/:id',
  audience: 'staff',
  permission: null,
  why: 'narrowed by the case policy; out of sight reads as 404',
  summary: '案件详情：诉求、时限、办理经过、可办操作',
  input: Type.Object({ id: Id }),
  output: CasePageShape,
})

export const actOnCaseRoute = route({
  name: 'process.act',
  kind: 'command',
  method: 'POST',
  path: '/cases/:id/actions/:action',
  audience: 'staff',
  permission: null,
  why: 'each action of the definition says who may: permission inside territory and line, or the work item',
  summary: '办理：按流程定义推进一步',
  input: Type.Object({
    id: Id,
    action: Type.String({ pattern: '^[a-z][a-zA-Z0-9]{0,39}$' }),
    version: Type.Integer({ minimum: 1 }),
    form: Type.Optional(Type.Record(Type.String(), Type.Unknown())),
    note: Type.Optional(Type.String({ maxLength: 2000 })),
    postId: Type.Optional(Id),
    fileIds: Type.Optional(Type.Array(Type.String({ format: 'uuid' }), { maxItems: 20 })),
  }),
  output: Type.Object({
    id: Id,
    number: Type.String(),
    state: Type.String(),
    stateName: LocalText,
    version: Type.Integer(),
    dueAt: NullableInstant,
    unit: Nullable(UnitShape),
  }),
  errors: [
    'process.action_unknown',
    'process.wrong_state',
    'process.separate_person',
    'process.only_once',
    'process.version_conflict',
    'process.guard',
    'process.form_invalid',
  ],
})

export const getNumbers = route({
  name: 'process.get_numbers',
  kind: 'query',
  method: 'GET',
  path: '/numbers',
  audience: 'staff',
  permission: null,
  why: 'narrowed by the case policy, as in the list',
  summary: '数字：按流程、环节、镇街、条线',
  input: Type.Object({}),
  output: Type.Object({
    total: Type.Integer(),
    open: Type.Integer(),
    overdue: Type.Integer(),
    closed: Type.Integer(),
    groups: Type.Array(
      Type.Object({
        definitionKey: Type.String(),
        phase: Type.String(),
        state: Type.String(),
        townCode: Type.String(),
        townName: Type.String(),
        lineCode: Type.String(),
        overdue: Type.Boolean(),
        amount: Type.Integer(),
      }),
    ),
    now: Instant,
  }),
})

export const startCaseRoute = route({
  name: 'process.start_case',
  kind: 'command',
  method: 'POST',
  path: '/cases',
  audience: 'staff',
  permission: null,
  why: 'each flow says who may open its cases, and whether officials may at all; the place must be within the right or an own post',
  summary: '新建：按流程定义开始一件',
  input: Type.Object({
    definition: Type.String({ pattern: '^[a-z][a-z0-9_]{1,39}$' }),
    form: Type.Record(Type.String(), Type.Unknown()),
    /** Where it lies: town, village or grid; left out, where the post works. */
    division: Type.Optional(Type.String({ pattern: '^[0-9]{6}([0-9]{3}){0,3}$' })),
    placeText: Type.Optional(Type.String({ maxLength: 200 })),
    note: Type.Optional(Type.String({ maxLength: 2000 })),
    postId: Type.Optional(Id),
    fileIds: Type.Optional(Type.Array(Type.String({ format: 'uuid' }), { maxItems: 20 })),
    /** The case that it begins from, where the flow allows it; place and secrecy come from there. */
    fromCaseId: Type.Optional(Id),
  }),
  output: Type.Object({ id: Id, number: Type.String() }),
  errors: [
    'process.definition_unknown',
    'process.start_not_offered',
    'process.start_place_unknown',
    'process.start_place_not_yours',
    'process.link_unknown',
    'process.link_not_offered',
    'process.form_invalid',
  ],
})

const DefinitionRowShape = Type.Object({
  id: Id,
  key: Type.String(),
  version: Type.Integer(),
  status: Type.String(),
  name: LocalText,
  /** For filters and for what speaks of states without the whole flow. */
  states: Type.Array(Type.Object({ key: Type.String(), name: LocalText })),
  note: Type.String(),
  createdAt: Instant,
  publishedAt: NullableInstant,
  openCases: Type.Integer(),
  /** What opening a case of it is called, where this person may open one himself. */
  start: Nullable(LocalText),
})

export const listDefinitions = route({
  name: 'process.list_definitions',
  kind: 'query',
  method: 'GET',
  path: '/process/definitions',
  audience: 'staff',
  permission: null,
  why: 'how cases run is open to every official',
  summary: '流程定义及版本',
  input: Type.Object({}),
  output: Type.Object({ items: Type.Array(DefinitionRowShape), can: Type.Object({ manage: Type.Boolean() }) }),
})

export const getDefinition = route({
  name: 'process.get_definition',
  kind: 'query',
  method: 'GET',
  path: '/process/definitions/:definitionId',
  audience: 'staff',
  permission: null,
  why: 'how cases run is open to every official',
  summary: '一个流程定义',
  input: Type.Object({ definitionId: Id }),
  output: Type.Object({
    ...DefinitionRowShape.properties,
    body: Type.Record(Type.String(), Type.Unknown()),
    can: Type.Object({ manage: Type.Boolean() }),
  }),
})

const FindingShape = Type.Object({
  level: Type.Union([Type.Literal('error'), Type.Literal('warning')]),
  path: Type.String(),
  code: Type.String(),
  params: Type.Record(Type.String(), Type.Union([Type.String(), Type.Number()])),
})

export const checkDefinition = route({
  name: 'process.check_definition',
  kind: 'query',
  method: 'POST',
  path: '/process/check',
  audience: 'staff',
  permission: 'process.definition.manage',
  summary: '检查流程定义：可达、无死路、岗位有人、时限可算、名称存在',
  input: Type.Object({ body: Type.Record(Type.String(), Type.Unknown()) }),
  output: Type.Object({ findings: Type.Array(FindingShape) }),
})

export const saveDefinition = route({
  name: 'process.save_definition',
  kind: 'command',
  method: 'POST',
  path: '/process/definitions',
  audience: 'staff',
  permission: 'process.definition.manage',
  summary: '存为草稿（新版本）',
  input: Type.Object({
    body: Type.Record(Type.String(), Type.Unknown()),
    note: Type.String({ minLength: 1, maxLength: 500 }),
  }),
  output: Type.Object({ id: Id, version: Type.Integer(), findings: Type.Array(FindingShape) }),
  errors: ['process.definition_invalid'],
})

export const publishDefinition = route({
  name: 'process.publish_definition',
  kind: 'command',
  method: 'POST',
  path: '/process/definitions/:definitionId/publish',
  audience: 'staff',
  permission: 'process.definition.manage',
  summary: '发布草稿；在办案件留在原版本',
  input: Type.Object({ definitionId: Id }),
  output: Type.Object({ id: Id, key: Type.String(), version: Type.Integer() }),
  errors: ['process.definition_invalid', 'process.not_a_draft'],
})

export const getMetaSchema = route({
  name: 'process.get_meta_schema',
  kind: 'query',
  method: 'GET',
  path: '/process/meta-schema',
  audience: 'staff',
  permission: null,
  why: 'how a flow is written is open to every official',
  summary: '流程定义的元模式（JSON Schema）',
  input: Type.Object({}),
  output: Type.Record(Type.String(), Type.Unknown()),
})

export { ProcessDefinitionShape }
