import { Type } from 'typebox'
import { Id, Instant, LocalText, route } from '#platform/contract/route.ts'
import { CaseRowShape } from '#platform/process/contract.ts'

const Nullable = <T extends Parameters<typeof Type.Union>[0][number]>(shape: T) => Type.Union([shape, Type.Null()])

const Place = Type.Object(
  { lon: Type.Number({ minimum: 73, maximum: 136 }), lat: Type.Number({ minimum: 3, maximum: 54 }) },
  { additionalProperties: false },
)
const Phone = Type.String({ pattern: '^(\\+?86)?1[3-9][0-9]{9}$|^0[0-9]{2,3}-?[0-9]{7,8}$' })

/** What a report says, whoever brings it. */
const ReportFields = {
  text: Type.String({ minLength: 4, maxLength: 2000 }),
  placeText: Type.Optional(Type.String({ maxLength: 200 })),
  place: Type.Optional(Place),
  /** Datum of `place`: phones and photos give WGS-84; maps of the county and the default are GCJ-02. */
  placeDatum: Type.Optional(Type.Union([Type.Literal('wgs84'), Type.Literal('gcj02')])),
  villageCode: Type.Optional(Type.String({ pattern: '^[0-9]{12}$' })),
  townCode: Type.Optional(Type.String({ pattern: '^[0-9]{9}$' })),
  gridCode: Type.Optional(Type.String({ pattern: '^[0-9]{15}$' })),
  reporterName: Type.Optional(Type.String({ maxLength: 40 })),
  reporterPhone: Type.Optional(Phone),
  fileIds: Type.Optional(Type.Array(Type.String({ format: 'uuid' }), { maxItems: 9 })),
}

/** Five levels (好差评, GB/T 39734 待核实). */
export const Rating = Type.Integer({ minimum: 1, maximum: 5 })

export const reportPublicly = route({
  name: 'loop.report_publicly',
  kind: 'command',
  method: 'POST',
  path: '/public/reports',
  audience: 'public',
  permission: null,
  why: 'anybody may report; rate-limited, and quarantined when abused',
  summary: '居民报事：得到编号和查询码',
  input: Type.Object({
    ...ReportFields,
    /** Doorplate or page that led here. */
    source: Type.Optional(Type.Union([Type.Literal('resident'), Type.Literal('doorplate')])),
  }),
  output: Type.Object({
    number: Type.String(),
    /** Shown once to the reporter; with it the report is followed and rated. */
    followCode: Type.String(),
    /** Held back until somebody has looked at it: too many from one place in a short time. */
    quarantined: Type.Boolean(),
    /** The words point to danger: 119, 110 or 120 come first. */
    danger: Type.Array(Type.Union([Type.Literal('119'), Type.Literal('110'), Type.Literal('120')])),
    /** Promised by the receiving desk's clock. */
    answerBy: Nullable(Instant),
  }),
  errors: ['loop.place_outside', 'files.not_attachable'],
  rateLimit: 120,
})

export const reportByStaff = route({
  name: 'loop.report_by_staff',
  kind: 'command',
  method: 'POST',
  path: '/loop/reports',
  audience: 'staff',
  permission: 'loop.report.submit',
  summary: '受理员、网格员、窗口代为上报',
  input: Type.Object({
    ...ReportFields,
    source: Type.Union([
      Type.Literal('grid'),
      Type.Literal('hotline'),
      Type.Literal('window'),
      Type.Literal('resident'),
      Type.Literal('doorplate'),
    ]),
    classCode: Type.Optional(Type.String({ maxLength: 10 })),
  }),
  output: Type.Object({ id: Id, number: Type.String(), followCode: Type.String() }),
  errors: ['loop.place_outside', 'loop.class_unknown', 'files.not_attachable'],
})

const ProgressShape = Type.Object({
  number: Type.String(),
  title: Type.String(),
  text: Type.String(),
  state: Type.String(),
  stateName: LocalText,
  phaseName: LocalText,
  closed: Type.Boolean(),
  openedAt: Instant,
  answerBy: Nullable(Instant),
  placeText: Nullable(Type.String()),
  unitName: Nullable(Type.String()),
  /** The signed answer, once there is one. */
  reply: Nullable(Type.Object({ text: Type.String(), at: Instant, unitName: Nullable(Type.String()) })),
  steps: Type.Array(
    Type.Object({
      at: Instant,
      name: LocalText,
      unitName: Nullable(Type.String()),
      note: Nullable(Type.String()),
      now: Type.Boolean(),
    }),
  ),
  /** What the reporter is told of a case that is set aside (挂账). */
  shown: Nullable(Type.String()),
  rating: Nullable(Type.Object({ score: Rating, comment: Nullable(Type.String()), at: Instant })),
  canRate: Type.Boolean(),
  /** Who has looked at the reporter's data: unit, purpose, time. */
  reads: Type.Array(Type.Object({ at: Instant, unitName: Nullable(Type.String()), purpose: Type.String() })),
  photos: Type.Array(Type.Object({ id: Type.String(), name: Type.String() })),
})

const FollowFields = {
  number: Type.String({ minLength: 6, maxLength: 60 }),
  followCode: Type.String({ minLength: 6, maxLength: 40 }),
}

export const followReport = route({
  name: 'loop.follow_report',
  kind: 'query',
  method: 'POST',
  path: '/public/reports/follow',
  audience: 'public',
  permission: null,
  why: 'needs number and follow-up code; a wrong pair reads as 404',
  summary: '凭编号和查询码查进度',
  input: Type.Object(FollowFields),
  output: ProgressShape,
  rateLimit: 60,
})

export const getPublicPhoto = route({
  name: 'loop.get_public_photo',
  kind: 'query',
  // The code stays out of addresses, which proxies write down and browsers keep.
  method: 'POST',
  path: '/public/reports/photo',
  audience: 'public',
  permission: null,
  why: 'needs number and follow-up code; only photos that reporters sent',
  summary: '报事人看自己报事的照片',
  input: Type.Object({ ...FollowFields, fileId: Type.String({ format: 'uuid' }) }),
  output: Type.Unknown(),
  stream: true,
  rateLimit: 240,
})

export const rateReport = route({
  name: 'loop.rate_report',
  kind: 'command',
  method: 'POST',
  path: '/public/reports/rate',
  audience: 'public',
  permission: null,
  why: 'needs number and follow-up code; once per case, immutable',
  summary: '评价办理结果',
  input: Type.Object({
    ...FollowFields,
    score: Rating,
    comment: Type.Optional(Type.String({ maxLength: 500 })),
  }),
  output: ProgressShape,
  errors: ['process.wrong_state', 'process.only_once'],
  rateLimit: 30,
})

export const getPublicPlaces = route({
  name: 'loop.get_public_places',
  kind: 'query',
  method: 'GET',
  path: '/public/places',
  audience: 'public',
  permission: null,
  why: 'names of towns and villages are public',
  summary: '镇街、村社区与地图范围',
  input: Type.Object({}),
  output: Type.Object({
    county: Type.Object({ name: Type.String(), parentName: Type.String(), demo: Type.Boolean() }),
    outline: Type.Unknown(),
    towns: Type.Array(
      Type.Object({
        code: Type.String(),
        name: Type.String(),
        center: Nullable(Place),
        villages: Type.Array(Type.Object({ code: Type.String(), name: Type.String(), center: Nullable(Place) })),
      }),
    ),
  }),
})

export const getReporter = route({
  name: 'loop.get_reporter',
  kind: 'query',
  method: 'POST',
  path: '/loop/cases/:id/reporter',
  audience: 'staff',
  permission: null,
  why: 'masked for who sees the case; unmasking needs the work item or intake rights and a purpose, and leaves a row',
  summary: '查看报事人（脱敏；说明用途后可看全）',
  input: Type.Object({
    id: Id,
    /** Stated purpose: shows name and number in full and leaves a row that the reporter can see. */
    purpose: Type.Optional(Type.String({ minLength: 2, maxLength: 100 })),
  }),
  output: Type.Object({
    name: Nullable(Type.String()),
    phone: Nullable(Type.String()),
    text: Type.String(),
    masked: Type.Boolean(),
    canUnmask: Type.Boolean(),
  }),
})

export const suggestForCase = route({
  name: 'loop.suggest',
  kind: 'query',
  method: 'POST',
  path: '/loop/suggest',
  audience: 'staff',
  permission: 'process.case.view',
  summary: '识别：类别、条线、责任单位及理由',
  input: Type.Object({
    text: Type.Optional(Type.String({ maxLength: 2000 })),
    caseId: Type.Optional(Id),
    classCode: Type.Optional(Type.String({ maxLength: 10 })),
    townCode: Type.Optional(Type.String()),
    villageCode: Type.Optional(Type.String()),
  }),
  output: Type.Object({
    line: Nullable(
      Type.Object({
        code: Type.String(),
        name: Type.String(),
        confidence: Type.Number(),
        words: Type.Array(Type.String()),
        /** Below the threshold: a person decides. */
        none: Type.Boolean(),
      }),
    ),
    classes: Type.Array(Type.Object({ code: Type.String(), name: Type.String(), words: Type.Array(Type.String()) })),
    route: Nullable(
      Type.Object({
        unit: Nullable(Type.Object({ id: Id, name: Type.String() })),
        co: Type.Array(Type.Object({ id: Id, name: Type.String() })),
        why: Type.Array(
          Type.Object({
            key: Type.String(),
            params: Type.Record(Type.String(), Type.Union([Type.String(), Type.Number()])),
          }),
        ),
      }),
    ),
  }),
})

/** One sentence of why, worded by its key. */
const Why = Type.Object({
  key: Type.String(),
  params: Type.Record(Type.String(), Type.Union([Type.String(), Type.Number()])),
})

const SimilarFields = {
  case: CaseRowShape,
  /** As the candidate stood when it was compared: what is done with the pair says which version was seen. */
  version: Type.Integer(),
  metres: Nullable(Type.Integer()),
  /** Between the two reports. */
  days: Type.Integer(),
  why: Type.Array(Why),
}

const SimilarShape = Type.Object({
  /** Likely the same matter, best first, at most three; empty where none is likely enough. */
  duplicates: Type.Array(
    Type.Object({
      ...SimilarFields,
      /** How likely it is the same matter, 0 to 1. */
      score: Type.Number(),
      likely: Type.Boolean(),
    }),
  ),
  /** Closed cases whose texts are alike, and what became of them. */
  past: Type.Array(
    Type.Object({
      ...SimilarFields,
      /** How alike the texts are, 0 to 1. */
      score: Type.Number(),
      outcome: Type.Object({
        unitName: Nullable(Type.String()),
        /** Calendar days from report to closing. */
        tookDays: Type.Integer(),
        result: Nullable(Type.String()),
        rating: Nullable(Rating),
      }),
    }),
  ),
})

export const similarToCase = route({
  name: 'loop.similar_to_case',
  kind: 'query',
  method: 'GET',
  path: '/loop/cases/:id/similar',
  audience: 'staff',
  permission: null,
  why: 'for who sees the case, else 404; every candidate is narrowed by the case policy like the list',
  summary: '可能重复的案件与类似的已办案件',
  input: Type.Object({ id: Id }),
  output: SimilarShape,
})

export const findSimilar = route({
  name: 'loop.find_similar',
  kind: 'query',
  method: 'POST',
  path: '/loop/similar',
  audience: 'staff',
  permission: 'process.case.view',
  summary: '登记前查重：按文字、地点找可能重复的案件与类似的已办案件',
  input: Type.Object({
    text: Type.String({ minLength: 4, maxLength: 2000 }),
    placeText: Type.Optional(Type.String({ maxLength: 200 })),
    place: Type.Optional(Place),
    villageCode: Type.Optional(Type.String({ pattern: '^[0-9]{12}$' })),
    townCode: Type.Optional(Type.String({ pattern: '^[0-9]{9}$' })),
    classCode: Type.Optional(Type.String({ maxLength: 10 })),
  }),
  output: SimilarShape,
})

export const MAKE_CALLBACK = 'loop.callback.make'

const TryOutcome = Type.Union([
  Type.Literal('answered'),
  Type.Literal('no_answer'),
  Type.Literal('busy'),
  Type.Literal('wrong_number'),
  Type.Literal('refused'),
])

const CallbackShape = Type.Object({
  id: Id,
  case: CaseRowShape,
  reason: Type.Union([Type.Literal('sample'), Type.Literal('dissatisfied'), Type.Literal('redo')]),
  state: Type.Union([Type.Literal('open'), Type.Literal('answered'), Type.Literal('unreached')]),
  tries: Type.Integer(),
  mostTries: Type.Integer(),
  askedAt: Instant,
  /** Not to be tried again before. */
  notBefore: Instant,
  doneAt: Nullable(Instant),
  solved: Nullable(Type.Boolean()),
  satisfied: Nullable(Rating),
  words: Nullable(Type.String()),
  redoAsked: Type.Boolean(),
  redoCaseId: Nullable(Id),
  can: Type.Object({
    call: Type.Boolean(),
    /** Why not: `handled` where this person handled the case. */
    why: Nullable(Type.String()),
  }),
})

export const listCallbacks = route({
  name: 'loop.list_callbacks',
  kind: 'query',
  method: 'GET',
  path: '/loop/callbacks',
  audience: 'staff',
  permission: MAKE_CALLBACK,
  summary: '回访：待回访，或已回访的结果',
  input: Type.Object({
    done: Type.Optional(Type.Boolean()),
    cursor: Type.Optional(Type.String({ maxLength: 20 })),
  }),
  output: Type.Object({ items: Type.Array(CallbackShape), next: Nullable(Type.String()), open: Type.Integer() }),
})

export const recordCallback = route({
  name: 'loop.record_callback',
  kind: 'command',
  method: 'POST',
  path: '/loop/callbacks/:id/result',
  audience: 'staff',
  permission: MAKE_CALLBACK,
  summary: '记回访结果：接通与否、是否解决、满意度；不满意的转重办；经办过的人不能回访',
  input: Type.Object({
    id: Id,
    outcome: TryOutcome,
    solved: Type.Optional(Type.Boolean()),
    satisfied: Type.Optional(Rating),
    words: Type.Optional(Type.String({ maxLength: 1000 })),
  }),
  output: CallbackShape,
  errors: ['loop.callback_done', 'loop.callback_handled', 'loop.callback_incomplete', 'loop.callback_words'],
})

export const getCaller = route({
  name: 'loop.get_caller',
  kind: 'query',
  method: 'POST',
  path: '/loop/caller',
  audience: 'staff',
  permission: 'loop.report.intake',
  summary: '来电号码以往的诉求和咨询（脱敏；每次查看留痕）',
  input: Type.Object({ phone: Phone, purpose: Type.String({ minLength: 2, maxLength: 100 }) }),
  output: Type.Object({
    /** Masked. */
    name: Nullable(Type.String()),
    cases: Type.Array(CaseRowShape),
    questions: Type.Array(
      Type.Object({ id: Id, at: Instant, question: Type.String(), outcome: Type.String(), caseId: Nullable(Id) }),
    ),
  }),
})

export const reportConsultation = route({
  name: 'loop.report_consultation',
  kind: 'command',
  method: 'POST',
  path: '/loop/consultations/:id/report',
  audience: 'staff',
  permission: 'loop.report.submit',
  summary: '未能答复的咨询一键转为报事，所问和提问人一并带过去',
  input: Type.Object({ id: Id }),
  output: Type.Object({ id: Id, number: Type.String(), followCode: Type.String() }),
  errors: ['loop.consultation_done', 'loop.consultation_short'],
})
