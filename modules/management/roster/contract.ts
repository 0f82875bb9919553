import { Type } from 'typebox'
import { Id, Instant, route } from '#platform/contract/route.ts'

export const PLAN = 'roster.plan.manage'
export const SWITCH = 'roster.mode.switch'
export const DEFINE = 'roster.mode.manage'

const Nullable = <T extends Parameters<typeof Type.Union>[0][number]>(shape: T) => Type.Union([shape, Type.Null()])
const NullableString = Nullable(Type.String())
const Day = Type.String({ pattern: '^[0-9]{4}-[0-9]{2}-[0-9]{2}$' })
const ShiftCode = Type.String({ pattern: '^[a-z][a-z0-9-]{0,29}$' })
const Person = Type.Object({ id: Id, name: Type.String() })
const UnitShape = Type.Object({ id: Id, name: Type.String(), shortName: Type.String() })
const OPEN_TO_STAFF = 'who is on duty, and by which office telephone, is open to every official'
const OWN = 'own shifts, absences and requests only'

const ShiftShape = Type.Object({
  code: Type.String(),
  name: Type.String(),
  from: Type.String(),
  to: Type.String(),
  days: Type.String(),
})
const DeskShape = Type.Object({
  id: Id,
  name: Type.String(),
  role: Type.String(),
  unit: UnitShape,
  townCode: NullableString,
  phone: NullableString,
  shifts: Type.Array(Type.String()),
  can: Type.Object({ plan: Type.Boolean() }),
})
const DutyShape = Type.Object({
  id: Id,
  deskId: Id,
  day: Day,
  shift: Type.String(),
  person: Person,
  startsAt: Instant,
  endsAt: Instant,
  /** Serves in a role that is not his own for this shift. */
  acting: Type.Boolean(),
  /** Is away at that time. */
  absent: Type.Boolean(),
})
const SlotShape = Type.Object({ deskId: Id, day: Day, shift: Type.String() })
const WeekShape = Type.Object({
  monday: Day,
  today: Day,
  days: Type.Array(Type.Object({ day: Day, workday: Type.Boolean(), name: NullableString })),
  shifts: Type.Array(ShiftShape),
  desks: Type.Array(DeskShape),
  duties: Type.Array(DutyShape),
  /** Shifts that somebody has to be there for, whether or not somebody is. */
  slots: Type.Array(SlotShape),
  gaps: Type.Array(SlotShape),
  /** Two duties of one person at the same time, by id. */
  doubles: Type.Array(Type.Object({ person: Person, duties: Type.Array(Id) })),
})

export const getWeek = route({
  name: 'roster.get_week',
  kind: 'query',
  method: 'GET',
  path: '/roster/weeks/:monday',
  audience: 'staff',
  permission: null,
  why: OPEN_TO_STAFF,
  summary: '一周值班表：各席位各班次的人员、空岗和重复排班',
  input: Type.Object({ monday: Day, unitId: Type.Optional(Id), deskId: Type.Optional(Id) }),
  output: WeekShape,
})

export const listOnDuty = route({
  name: 'roster.list_on_duty',
  kind: 'query',
  method: 'GET',
  path: '/roster/on-duty',
  audience: 'staff',
  permission: null,
  why: OPEN_TO_STAFF,
  summary: '此刻在岗人员和值班电话',
  input: Type.Object({}),
  output: Type.Object({
    at: Instant,
    items: Type.Array(
      Type.Object({
        desk: DeskShape,
        shift: NullableString,
        shiftName: NullableString,
        until: Nullable(Instant),
        people: Type.Array(Person),
      }),
    ),
  }),
})

export const listCandidates = route({
  name: 'roster.list_candidates',
  kind: 'query',
  method: 'GET',
  path: '/roster/desks/:deskId/candidates',
  audience: 'staff',
  permission: PLAN,
  summary: '可以排到该席位的人员：本单位在任人员',
  input: Type.Object({ deskId: Id }),
  output: Type.Object({
    items: Type.Array(Type.Object({ id: Id, name: Type.String(), post: Type.String(), ownRole: Type.Boolean() })),
  }),
})

const PLAN_ERRORS = [
  'roster.not_your_unit',
  'roster.not_a_monday',
  'roster.no_such_shift',
  'roster.past_shift',
  'roster.person_not_of_unit',
  'roster.double_booked',
  'roster.person_absent',
  'roster.role_unheld',
] as const

export const saveWeek = route({
  name: 'roster.save_week',
  kind: 'command',
  method: 'PUT',
  path: '/roster/desks/:deskId/weeks/:monday',
  audience: 'staff',
  permission: PLAN,
  summary: '排班：保存一个席位一周的值班人员；已开始的班次不再改',
  input: Type.Object({
    deskId: Id,
    monday: Day,
    duties: Type.Array(Type.Object({ day: Day, shift: ShiftCode, accountId: Id }), { maxItems: 200 }),
  }),
  output: WeekShape,
  errors: [...PLAN_ERRORS],
})

export const copyLastWeek = route({
  name: 'roster.copy_last_week',
  kind: 'command',
  method: 'POST',
  path: '/roster/weeks/:monday/copy',
  audience: 'staff',
  permission: PLAN,
  summary: '照上一周排班：只填空着的班次，不合适的逐条说明',
  input: Type.Object({ monday: Day, deskIds: Type.Array(Id, { minItems: 1, maxItems: 100 }) }),
  output: Type.Object({
    taken: Type.Integer(),
    left: Type.Array(
      Type.Object({
        desk: Type.String(),
        day: Day,
        shift: Type.String(),
        person: Type.String(),
        why: Type.String(),
      }),
    ),
  }),
  errors: [...PLAN_ERRORS],
})

export const importRoster = route({
  name: 'roster.import_roster',
  kind: 'command',
  method: 'POST',
  path: '/roster/import',
  audience: 'staff',
  permission: PLAN,
  summary: '导入值班表（Excel、CSV）：先试导入，逐行说明错误；有一处错误则全部不收',
  input: Type.Object({
    fileName: Type.String({ minLength: 1, maxLength: 120 }),
    /** The file, base64. */
    content: Type.String({ minLength: 4, maxLength: 1_800_000, pattern: '^[A-Za-z0-9+/]+={0,2}$' }),
    dryRun: Type.Boolean(),
  }),
  output: Type.Object({
    rows: Type.Integer(),
    taken: Type.Integer(),
    done: Type.Boolean(),
    problems: Type.Array(
      Type.Object({
        row: Type.Integer(),
        code: Type.String(),
        params: Type.Record(Type.String(), Type.Union([Type.String(), Type.Number(), Type.Boolean(), Type.Null()])),
      }),
    ),
  }),
  errors: [...PLAN_ERRORS, 'roster.sheet_unreadable'],
})

export const exportRoster = route({
  name: 'roster.export_roster',
  kind: 'query',
  method: 'GET',
  path: '/roster/weeks/:monday/export',
  audience: 'staff',
  permission: null,
  why: OPEN_TO_STAFF,
  summary: '导出一周值班表（Excel），可改后再导入',
  input: Type.Object({ monday: Day, unitId: Type.Optional(Id) }),
  output: Type.Unknown(),
  stream: true,
})

export const setDesk = route({
  name: 'roster.set_desk',
  kind: 'command',
  method: 'PUT',
  path: '/roster/desks/:deskId',
  audience: 'staff',
  permission: PLAN,
  summary: '席位的值班电话和平时须有人的班次',
  input: Type.Object({
    deskId: Id,
    phone: Nullable(Type.String({ pattern: '^[0-9][0-9 -]{4,19}$' })),
    shifts: Type.Array(ShiftCode, { maxItems: 12, uniqueItems: true }),
  }),
  output: DeskShape,
  errors: ['roster.not_your_unit', 'roster.no_such_shift'],
})

export const addDesk = route({
  name: 'roster.add_desk',
  kind: 'command',
  method: 'POST',
  path: '/roster/desks',
  audience: 'staff',
  permission: PLAN,
  summary: '设值班席位：单位和岗位角色',
  input: Type.Object({
    unitId: Id,
    role: Type.String({ pattern: '^[a-z][a-zA-Z0-9]{1,39}$' }),
    name: Type.String({ minLength: 2, maxLength: 40 }),
    phone: Type.Optional(Type.String({ pattern: '^[0-9][0-9 -]{4,19}$' })),
    shifts: Type.Array(ShiftCode, { maxItems: 12, uniqueItems: true }),
  }),
  output: DeskShape,
  errors: ['roster.not_your_unit', 'roster.no_such_shift', 'roster.role_unheld', 'roster.desk_exists'],
})

// Own view and swaps

const SwapShape = Type.Object({
  id: Id,
  by: Person,
  of: Person,
  give: Type.Object({ desk: Type.String(), day: Day, shift: Type.String() }),
  take: Nullable(Type.Object({ desk: Type.String(), day: Day, shift: Type.String() })),
  reason: Type.String(),
  askedAt: Instant,
  answer: NullableString,
  can: Type.Object({ answer: Type.Boolean(), withdraw: Type.Boolean() }),
})

const AbsenceShape = Type.Object({
  id: Id,
  person: Person,
  unit: Type.String(),
  kind: Type.String(),
  since: Instant,
  until: Instant,
  endedAt: Nullable(Instant),
  withoutCover: Type.Boolean(),
  covers: Type.Array(Type.Object({ post: Type.String(), person: Person })),
  can: Type.Object({ end: Type.Boolean() }),
})

const LogRowShape = Type.Object({
  id: Id,
  desk: Type.String(),
  deskId: Id,
  day: Day,
  shift: Type.String(),
  startsAt: Instant,
  endsAt: Instant,
  onDuty: Type.Array(Person),
  coming: Type.Array(Person),
  numbers: Type.Record(Type.String(), Type.Integer()),
  signed: Nullable(Type.Object({ by: Type.String(), at: Instant })),
  taken: Nullable(Type.Object({ by: Type.String(), at: Instant })),
  can: Type.Object({ sign: Type.Boolean(), take: Type.Boolean() }),
})

export const getMine = route({
  name: 'roster.get_mine',
  kind: 'query',
  method: 'GET',
  path: '/roster/mine',
  audience: 'staff',
  permission: null,
  why: OWN,
  summary: '我的班次、换班、请假、代岗和待签交接班日志',
  input: Type.Object({}),
  output: Type.Object({
    shifts: Type.Array(
      Type.Object({
        dutyId: Id,
        desk: Type.String(),
        day: Day,
        shift: Type.String(),
        startsAt: Instant,
        endsAt: Instant,
        others: Type.Array(Type.String()),
      }),
    ),
    swaps: Type.Array(SwapShape),
    absences: Type.Array(AbsenceShape),
    /** Whose posts one stands in for, now or to come. */
    acting: Type.Array(
      Type.Object({ post: Type.String(), unit: Type.String(), for: Type.String(), since: Instant, until: Instant }),
    ),
    logs: Type.Array(LogRowShape),
  }),
})

export const askSwap = route({
  name: 'roster.ask_swap',
  kind: 'command',
  method: 'POST',
  path: '/roster/duties/:dutyId/swap',
  audience: 'staff',
  permission: null,
  why: OWN,
  summary: '提出换班或请人代班，对方同意后生效',
  input: Type.Object({
    dutyId: Id,
    /** The shift that is taken in return. */
    withDutyId: Type.Optional(Id),
    /** Who is asked to take it without return. */
    accountId: Type.Optional(Id),
    reason: Type.String({ minLength: 2, maxLength: 200 }),
  }),
  output: SwapShape,
  errors: [
    'roster.not_your_shift',
    'roster.past_shift',
    'roster.swap_with_whom',
    'roster.swap_asked',
    'roster.double_booked',
    'roster.person_absent',
    'roster.person_not_of_unit',
  ],
})

export const answerSwap = route({
  name: 'roster.answer_swap',
  kind: 'command',
  method: 'POST',
  path: '/roster/swaps/:swapId/answer',
  audience: 'staff',
  permission: null,
  why: OWN,
  summary: '同意或不同意换班；提出人可以撤回',
  input: Type.Object({
    swapId: Id,
    answer: Type.Union([Type.Literal('agreed'), Type.Literal('refused'), Type.Literal('withdrawn')]),
  }),
  output: SwapShape,
  errors: [
    'roster.swap_over',
    'roster.swap_moved',
    'roster.past_shift',
    'roster.double_booked',
    'roster.person_absent',
    'roster.person_not_of_unit',
    'roster.role_unheld',
  ],
})

// A/B posts and absences

const PairShape = Type.Object({
  postId: Id,
  post: Type.String(),
  role: Type.String(),
  unit: UnitShape,
  holders: Type.Array(Person),
  backup: Nullable(Person),
  /** Named for this post; else it is the holder of the unit's B post. */
  named: Type.Boolean(),
  can: Type.Object({ name: Type.Boolean() }),
})

export const listPairs = route({
  name: 'roster.list_pairs',
  kind: 'query',
  method: 'GET',
  path: '/roster/pairs',
  audience: 'staff',
  permission: PLAN,
  summary: 'A/B 岗：各岗位由谁代岗',
  input: Type.Object({ unitId: Type.Optional(Id) }),
  output: Type.Object({ items: Type.Array(PairShape) }),
})

export const nameBackup = route({
  name: 'roster.name_backup',
  kind: 'command',
  method: 'PUT',
  path: '/roster/pairs/:postId',
  audience: 'staff',
  permission: PLAN,
  summary: '指定岗位的 B 岗；须为本单位在任人员',
  input: Type.Object({ postId: Id, accountId: Nullable(Id) }),
  output: PairShape,
  errors: ['roster.not_your_unit', 'roster.person_not_of_unit', 'roster.backup_is_holder', 'roster.not_oneself'],
})

const CoverInput = Type.Array(Type.Object({ postId: Id, accountId: Id }), { maxItems: 20 })

export const previewAbsence = route({
  name: 'roster.preview_absence',
  kind: 'query',
  method: 'GET',
  path: '/roster/absences/preview',
  audience: 'staff',
  permission: null,
  why: 'own absence; somebody else’s only of a unit whose roster one keeps',
  summary: '请假前查看：各岗位由谁代、有无冲突、有多少个人名下事项',
  input: Type.Object({ accountId: Type.Optional(Id), since: Instant, until: Instant }),
  output: Type.Object({
    person: Person,
    posts: Type.Array(
      Type.Object({
        postId: Id,
        post: Type.String(),
        unit: Type.String(),
        backup: Nullable(Person),
        /** none 没有 B 岗, absent B 岗同时不在岗, null = in order. */
        problem: NullableString,
      }),
    ),
    /** Shifts that fall into the absence. */
    shifts: Type.Array(Type.Object({ desk: Type.String(), day: Day, shift: Type.String() })),
    /** Posts of others that the person stands in for in that time. */
    standsInFor: Type.Array(Type.String()),
    ownWork: Type.Integer(),
  }),
  errors: ['roster.not_your_unit', 'roster.until_before_since'],
})

export const enterAbsence = route({
  name: 'roster.enter_absence',
  kind: 'command',
  method: 'POST',
  path: '/roster/absences',
  audience: 'staff',
  permission: null,
  why: 'own absence; somebody else’s only of a unit whose roster one keeps',
  summary: '登记不在岗：期间由 B 岗代行，本人名下在办事项转回岗位',
  input: Type.Object({
    accountId: Type.Optional(Id),
    kind: Type.Union([Type.Literal('leave'), Type.Literal('trip'), Type.Literal('training'), Type.Literal('other')]),
    since: Instant,
    until: Instant,
    /** Other people than the named B, for this time; only by who keeps the roster. */
    covers: Type.Optional(CoverInput),
    /** Goes although a post has nobody; only by who keeps the roster. */
    withoutCover: Type.Optional(Type.Boolean()),
  }),
  output: AbsenceShape,
  errors: [
    'roster.not_your_unit',
    'roster.until_before_since',
    'roster.since_in_past',
    'roster.absent_already',
    'roster.no_backup',
    'roster.backup_absent',
    'roster.stands_in',
    'roster.person_not_of_unit',
  ],
})

export const endAbsence = route({
  name: 'roster.end_absence',
  kind: 'command',
  method: 'POST',
  path: '/roster/absences/:absenceId/end',
  audience: 'staff',
  permission: null,
  why: 'own absence; somebody else’s only of a unit whose roster one keeps',
  summary: '销假：代岗即止，岗位和在办事项仍在本单位',
  input: Type.Object({ absenceId: Id }),
  output: AbsenceShape,
  errors: ['roster.not_your_unit', 'roster.absence_over'],
})

export const listAbsences = route({
  name: 'roster.list_absences',
  kind: 'query',
  method: 'GET',
  path: '/roster/absences',
  audience: 'staff',
  permission: PLAN,
  summary: '本单位不在岗人员和代岗人员',
  input: Type.Object({ past: Type.Optional(Type.Boolean()) }),
  output: Type.Object({ items: Type.Array(AbsenceShape) }),
})

// Shift logs

export const LOG_NUMBERS = ['taken', 'dispatched', 'closed', 'overdue', 'due', 'danger', 'supervised', 'open'] as const

const LogShape = Type.Object({
  ...LogRowShape.properties,
  unit: UnitShape,
  phone: NullableString,
  nextEndsAt: Instant,
  remarks: NullableString,
  takeNote: NullableString,
  draftedAt: Instant,
})

const LOG_SIGHT = 'the people of the desk’s unit, and who keeps its roster; out of sight reads as 404'

export const listLogs = route({
  name: 'roster.list_logs',
  kind: 'query',
  method: 'GET',
  path: '/roster/logs',
  audience: 'staff',
  permission: null,
  why: LOG_SIGHT,
  summary: '交接班日志，最新在前',
  input: Type.Object({
    deskId: Type.Optional(Id),
    state: Type.Optional(Type.Union([Type.Literal('open'), Type.Literal('signed'), Type.Literal('taken')])),
    day: Type.Optional(Day),
    cursor: Type.Optional(Type.String({ pattern: '^[0-9]{1,15}$' })),
  }),
  output: Type.Object({
    items: Type.Array(LogRowShape),
    next: NullableString,
    desks: Type.Array(Type.Object({ id: Id, name: Type.String() })),
  }),
})

export const getLog = route({
  name: 'roster.get_log',
  kind: 'query',
  method: 'GET',
  path: '/roster/logs/:logId',
  audience: 'staff',
  permission: null,
  why: LOG_SIGHT,
  summary: '一份交接班日志',
  input: Type.Object({ logId: Id }),
  output: LogShape,
})

export const listLogCases = route({
  name: 'roster.list_log_cases',
  kind: 'query',
  method: 'GET',
  path: '/roster/logs/:logId/cases',
  audience: 'staff',
  permission: null,
  why: LOG_SIGHT,
  summary: '交接班日志中一个数字对应的案件',
  input: Type.Object({
    logId: Id,
    number: Type.Union([
      Type.Literal('taken'),
      Type.Literal('dispatched'),
      Type.Literal('closed'),
      Type.Literal('overdue'),
      Type.Literal('due'),
      Type.Literal('danger'),
      Type.Literal('supervised'),
      Type.Literal('open'),
    ]),
  }),
  output: Type.Object({
    items: Type.Array(
      Type.Object({
        id: Id,
        number: Type.String(),
        title: Type.String(),
        stateName: Type.Object({ 'zh-CN': Type.String(), en: Type.String() }),
        severity: Type.Integer(),
        dueAt: Nullable(Instant),
        overdue: Type.Boolean(),
      }),
    ),
    /** Counted, but not open to the reader (保密). */
    hidden: Type.Integer(),
  }),
})

export const signLog = route({
  name: 'roster.sign_log',
  kind: 'command',
  method: 'POST',
  path: '/roster/logs/:logId/sign',
  audience: 'staff',
  permission: null,
  why: 'who was on duty in that shift',
  summary: '交班人补充并签字',
  input: Type.Object({ logId: Id, remarks: Type.Optional(Type.String({ maxLength: 2000 })) }),
  output: LogShape,
  errors: ['roster.not_on_duty', 'roster.log_signed'],
})

export const takeLog = route({
  name: 'roster.take_log',
  kind: 'command',
  method: 'POST',
  path: '/roster/logs/:logId/take',
  audience: 'staff',
  permission: null,
  why: 'who is on duty next, or holds the desk’s role where nobody is',
  summary: '接班人签字接班',
  input: Type.Object({ logId: Id, note: Type.Optional(Type.String({ maxLength: 1000 })) }),
  output: LogShape,
  errors: ['roster.not_coming', 'roster.log_unsigned', 'roster.log_taken', 'roster.not_to_oneself'],
})

export const renderLog = route({
  name: 'roster.render_log',
  kind: 'query',
  method: 'GET',
  path: '/roster/logs/:logId/document',
  audience: 'staff',
  permission: null,
  why: LOG_SIGHT,
  summary: '交接班日志文书（DOCX 或 PDF）',
  input: Type.Object({ logId: Id, format: Type.Union([Type.Literal('docx'), Type.Literal('pdf')]) }),
  output: Type.Unknown(),
  stream: true,
})

// Modes

const LimitShape = Type.Object({
  value: Type.Number({ exclusiveMinimum: 0, maximum: 3650 }),
  unit: Type.Union([
    Type.Literal('workHour'),
    Type.Literal('urgentHour'),
    Type.Literal('workday'),
    Type.Literal('day'),
  ]),
})
const LimitsShape = Type.Object({
  verify: Type.Optional(LimitShape),
  sign: Type.Optional(LimitShape),
  handle: Type.Optional(LimitShape),
  inspect: Type.Optional(LimitShape),
  reply: Type.Optional(LimitShape),
})
const RuleInput = Type.Object({
  /** A class (five characters) or a group of classes (three). */
  classPrefix: Type.String({ pattern: '^[CEG][0-9]{2}([0-9]{2})?$' }),
  limits: LimitsShape,
  severity: Nullable(Type.Integer({ minimum: 1, maximum: 4 })),
})
const DeskShiftsInput = Type.Object({ deskId: Id, shifts: Type.Array(ShiftCode, { minItems: 1, maxItems: 12 }) })

const PeriodShape = Type.Object({
  id: Id,
  modeId: Id,
  modeName: Type.String(),
  documentNumber: Type.String(),
  since: Instant,
  until: Instant,
  onBy: Type.String(),
  onAt: Instant,
  running: Type.String(),
  shortened: Type.Integer(),
  offAt: Nullable(Instant),
  offBy: NullableString,
  offReason: NullableString,
  /** coming 待启动, on 执行中, over 已结束. */
  state: Type.String(),
})
const ModeShape = Type.Object({
  id: Id,
  name: Type.String(),
  basis: Type.String(),
  publicNotice: NullableString,
  staffNotice: Type.String(),
  version: Type.Integer(),
  rules: Type.Array(Type.Object({ ...RuleInput.properties, className: Type.String() })),
  desks: Type.Array(Type.Object({ deskId: Id, desk: Type.String(), shifts: Type.Array(Type.String()) })),
  /** On now or to come. */
  period: Nullable(PeriodShape),
  can: Type.Object({ change: Type.Boolean(), switch: Type.Boolean() }),
})

export const listModes = route({
  name: 'roster.list_modes',
  kind: 'query',
  method: 'GET',
  path: '/roster/modes',
  audience: 'staff',
  permission: null,
  why: 'what holds in a mode concerns every official',
  summary: '汛期、台风、春节等模式，及启动与解除记录',
  input: Type.Object({}),
  output: Type.Object({
    items: Type.Array(ModeShape),
    periods: Type.Array(PeriodShape),
    can: Type.Object({ add: Type.Boolean() }),
  }),
})

const ModeBody = {
  name: Type.String({ minLength: 2, maxLength: 30 }),
  basis: Type.String({ minLength: 4, maxLength: 200 }),
  publicNotice: Nullable(Type.String({ minLength: 4, maxLength: 300 })),
  staffNotice: Type.String({ minLength: 4, maxLength: 300 }),
  rules: Type.Array(RuleInput, { maxItems: 100 }),
  desks: Type.Array(DeskShiftsInput, { maxItems: 200 }),
}
const MODE_ERRORS = [
  'roster.whole_county_only',
  'roster.class_unknown',
  'roster.rule_twice',
  'roster.rule_empty',
  'roster.limit_whole_days',
  'roster.desk_unknown',
  'roster.no_such_shift',
  'roster.mode_exists',
] as const

export const addMode = route({
  name: 'roster.add_mode',
  kind: 'command',
  method: 'POST',
  path: '/roster/modes',
  audience: 'staff',
  permission: DEFINE,
  summary: '编制模式：依据、类别时限与级别、值守席位、提示语',
  input: Type.Object(ModeBody),
  output: ModeShape,
  errors: [...MODE_ERRORS],
})

export const changeMode = route({
  name: 'roster.change_mode',
  kind: 'command',
  method: 'PUT',
  path: '/roster/modes/:modeId',
  audience: 'staff',
  permission: DEFINE,
  summary: '修改模式；执行中的不能改',
  input: Type.Object({ modeId: Id, version: Type.Integer(), ...ModeBody }),
  output: ModeShape,
  errors: [...MODE_ERRORS, 'roster.mode_is_on', 'roster.mode_changed'],
})

export const previewMode = route({
  name: 'roster.preview_mode',
  kind: 'query',
  method: 'GET',
  path: '/roster/modes/:modeId/preview',
  audience: 'staff',
  permission: SWITCH,
  summary: '启动前查看：涉及的在办案件，维持原时限或按模式缩短',
  input: Type.Object({ modeId: Id }),
  output: Type.Object({
    open: Type.Integer(),
    /** Of these, with a running clock that the mode would end sooner. */
    shortened: Type.Integer(),
    classes: Type.Array(Type.Object({ code: Type.String(), name: Type.String(), open: Type.Integer() })),
  }),
})

export const switchModeOn = route({
  name: 'roster.switch_mode_on',
  kind: 'command',
  method: 'POST',
  path: '/roster/modes/:modeId/on',
  audience: 'staff',
  permission: SWITCH,
  summary: '启动模式（凭文号），到期自动解除',
  input: Type.Object({
    modeId: Id,
    /** Left empty it is refused with a reason, not by its shape. */
    documentNumber: Type.String({ maxLength: 120 }),
    since: Type.Optional(Instant),
    until: Instant,
    running: Type.Union([Type.Literal('keep'), Type.Literal('shorten')]),
  }),
  output: ModeShape,
  errors: [
    'roster.whole_county_only',
    'roster.document_missing',
    'roster.until_before_since',
    'roster.since_in_past',
    'roster.mode_is_on',
  ],
})

export const switchModeOff = route({
  name: 'roster.switch_mode_off',
  kind: 'command',
  method: 'POST',
  path: '/roster/modes/:modeId/off',
  audience: 'staff',
  permission: SWITCH,
  summary: '解除模式：新案件恢复平时时限，在办案件维持已定时限',
  input: Type.Object({ modeId: Id, reason: Type.String({ minLength: 2, maxLength: 300 }) }),
  output: ModeShape,
  errors: ['roster.whole_county_only', 'roster.mode_not_on'],
})

const NoticesShape = Type.Object({
  items: Type.Array(
    Type.Object({ id: Id, name: Type.String(), text: Type.String(), documentNumber: Type.String(), until: Instant }),
  ),
})

export const listNotices = route({
  name: 'roster.list_notices',
  kind: 'query',
  method: 'GET',
  path: '/roster/notices',
  audience: 'staff',
  permission: null,
  why: 'what holds in a mode concerns every official',
  summary: '执行中模式的提示语（工作人员）',
  input: Type.Object({}),
  output: NoticesShape,
})

export const listPublicNotices = route({
  name: 'roster.list_public_notices',
  kind: 'query',
  method: 'GET',
  path: '/public/notices',
  audience: 'public',
  permission: null,
  why: 'a notice to everybody',
  summary: '执行中模式的公告（居民）',
  input: Type.Object({}),
  output: NoticesShape,
  rateLimit: 240,
})
