import { Type } from 'typebox'
import { Id, Instant, LocalText, route } from '#platform/contract/route.ts'

const Day = Type.String({ format: 'date' })
const Kind = Type.Union([Type.Literal('day'), Type.Literal('week'), Type.Literal('month'), Type.Literal('range')])
const By = Type.Union([
  Type.Literal('town'),
  Type.Literal('village'),
  Type.Literal('line'),
  Type.Literal('unit'),
  Type.Literal('source'),
])
const Side = Type.Union([Type.Literal('numerator'), Type.Literal('denominator')])
const Format = Type.Union([Type.Literal('xlsx'), Type.Literal('csv')])
const MeasureKey = Type.String({ pattern: '^[a-z][a-zA-Z]{1,40}$' })

/** Of what: inside one's own area; nothing given means all of it. */
const ObjectFields = {
  town: Type.Optional(Type.String({ pattern: '^[0-9]{9}$' })),
  village: Type.Optional(Type.String({ pattern: '^[0-9]{12}$' })),
  line: Type.Optional(Type.String({ pattern: '^[a-zA-Z0-9-]{1,40}$' })),
  unit: Type.Optional(Id),
  source: Type.Optional(Type.String({ pattern: '^[a-zA-Z0-9_]{1,40}$' })),
}
const PeriodFields = {
  period: Kind,
  /** Any day of the period; of a range its first day. */
  from: Day,
  /** Last day of a range. */
  to: Type.Optional(Day),
}

const FigureShape = Type.Object({
  numerator: Type.Number(),
  denominator: Type.Union([Type.Number(), Type.Null()]),
  value: Type.Union([Type.Number(), Type.Null()]),
})

export const MeasureShape = Type.Object({
  key: Type.String(),
  section: Type.String(),
  name: LocalText,
  words: LocalText,
  unit: Type.Union([Type.Literal('count'), Type.Literal('percent'), Type.Literal('hours')]),
  better: Type.Union([Type.Literal('more'), Type.Literal('less'), Type.Null()]),
  source: Type.String(),
  mark: Type.String(),
})

export const getMeasures = route({
  name: 'measures.get_measures',
  kind: 'query',
  method: 'GET',
  path: '/measures',
  audience: 'staff',
  permission: 'measures.read',
  summary: '考核指标：期内数值、上期、走势',
  input: Type.Object({ ...PeriodFields, ...ObjectFields }),
  output: Type.Object({
    period: Type.Object({ kind: Kind, from: Day, to: Day }),
    previous: Type.Object({ from: Day, to: Day }),
    /** The period is not over: open deadlines of today and later do not count yet. */
    unfinished: Type.Boolean(),
    /** Ends of the periods of the trend, oldest first; the last is the one asked for. */
    trend: Type.Array(Type.Object({ from: Day, to: Day })),
    /** Names of the areas that are counted, where they are not the whole county. */
    areas: Type.Array(Type.Object({ place: Type.String(), line: Type.String(), name: Type.String() })),
    items: Type.Array(
      Type.Object({
        measure: MeasureShape,
        figure: FigureShape,
        previous: FigureShape,
        trend: Type.Array(Type.Union([Type.Number(), Type.Null()])),
      }),
    ),
    now: Instant,
  }),
  errors: ['measures.no_area', 'measures.bad_period'],
})

export const compareObjects = route({
  name: 'measures.compare_objects',
  kind: 'query',
  method: 'GET',
  path: '/measures/objects',
  audience: 'staff',
  permission: 'measures.read',
  summary: '考核指标：按镇街、村社区、条线、部门或来源列出，按代码排列，不排名',
  input: Type.Object({ ...PeriodFields, ...ObjectFields, by: By }),
  output: Type.Object({
    measures: Type.Array(MeasureShape),
    composite: Type.Union([
      Type.Object({
        name: Type.String(),
        documentNumber: Type.String(),
        validFrom: Day,
        weights: Type.Record(Type.String(), Type.Number()),
      }),
      Type.Null(),
    ]),
    items: Type.Array(
      Type.Object({
        key: Type.String(),
        name: Type.String(),
        figures: Type.Record(Type.String(), FigureShape),
        previous: Type.Record(Type.String(), FigureShape),
        composite: Type.Union([Type.Number(), Type.Null()]),
      }),
    ),
    now: Instant,
  }),
  errors: ['measures.no_area', 'measures.bad_period'],
})

const CasesInput = {
  ...PeriodFields,
  ...ObjectFields,
  measure: MeasureKey,
  side: Side,
}

export const listMeasuredCases = route({
  name: 'measures.list_cases',
  kind: 'query',
  method: 'GET',
  path: '/measures/cases',
  audience: 'staff',
  permission: 'measures.read',
  summary: '一个指标数字背后的案件',
  input: Type.Object({ ...CasesInput, cursor: Type.Optional(Type.String({ maxLength: 60 })) }),
  output: Type.Object({
    measure: MeasureShape,
    period: Type.Object({ from: Day, to: Day }),
    /** What the amounts of the whole list add up to: the number that was opened. */
    total: Type.Number(),
    items: Type.Array(
      Type.Object({
        caseId: Id,
        number: Type.String(),
        title: Type.String(),
        day: Day,
        amount: Type.Number(),
        stateName: LocalText,
        townName: Type.Union([Type.String(), Type.Null()]),
        villageName: Type.Union([Type.String(), Type.Null()]),
        lineName: Type.Union([Type.String(), Type.Null()]),
        unitName: Type.Union([Type.String(), Type.Null()]),
        source: Type.String(),
      }),
    ),
    next: Type.Union([Type.String(), Type.Null()]),
    now: Instant,
  }),
  errors: ['measures.no_area', 'measures.bad_period', 'measures.unknown', 'platform.bad_cursor'],
})

export const exportMeasuredCases = route({
  name: 'measures.export_cases',
  kind: 'query',
  method: 'GET',
  path: '/measures/cases-export',
  audience: 'staff',
  permission: 'measures.read',
  summary: '导出一个指标数字背后的案件',
  input: Type.Object({ ...CasesInput, format: Format }),
  output: Type.String(),
  stream: true,
  errors: ['measures.no_area', 'measures.bad_period', 'measures.unknown'],
})

export const exportMeasures = route({
  name: 'measures.export_measures',
  kind: 'query',
  method: 'GET',
  path: '/measures-export',
  audience: 'staff',
  permission: 'measures.read',
  summary: '导出考核指标',
  input: Type.Object({ ...PeriodFields, ...ObjectFields, by: Type.Optional(By), format: Format }),
  output: Type.String(),
  stream: true,
  errors: ['measures.no_area', 'measures.bad_period'],
})

export const setComposite = route({
  name: 'measures.set_composite',
  kind: 'command',
  method: 'POST',
  path: '/measures/composite',
  audience: 'staff',
  permission: 'measures.manage',
  summary: '公布综合得分的权重（只用于区域和部门）',
  input: Type.Object({
    name: Type.String({ minLength: 2, maxLength: 60 }),
    documentNumber: Type.String({ minLength: 4, maxLength: 60 }),
    validFrom: Day,
    weights: Type.Record(MeasureKey, Type.Number({ exclusiveMinimum: 0, maximum: 100 })),
  }),
  output: Type.Object({ id: Id }),
  errors: ['measures.bad_weights'],
})
