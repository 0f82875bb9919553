import { Type } from 'typebox'
import { Id, Instant, route } from '#platform/contract/route.ts'

export const VIEW = 'grid.grid.view'
export const MANAGE = 'grid.grid.manage'
export const PUBLISH = 'grid.grid.publish'

/** Events that other modules may listen to. */
export const EVENTS = {
  /** Grids came into force, were drawn anew, split or merged: `{ changeId, retired, codes }`. */
  changed: 'grid.changed',
} as const

const AnyCode = Type.String({ pattern: '^[0-9]{15}([0-9]{2})?$' })
const Division = Type.String({ pattern: '^[0-9]{6}([0-9]{3}){0,3}$' })
const Day = Type.String({ format: 'date' })
const Kind = Type.Union([Type.Literal('general'), Type.Literal('dedicated'), Type.Literal('micro')])
const Place = Type.Union([
  Type.Literal('building'),
  Type.Literal('market'),
  Type.Literal('park'),
  Type.Literal('school'),
  Type.Literal('hospital'),
  Type.Literal('other'),
])
const ChangeKind = Type.Union([
  Type.Literal('draw'),
  Type.Literal('import'),
  Type.Literal('split'),
  Type.Literal('merge'),
])
const ChangeState = Type.Union([
  Type.Literal('draft'),
  Type.Literal('checked'),
  Type.Literal('scheduled'),
  Type.Literal('published'),
  Type.Literal('withdrawn'),
])
const nullable = <T extends ReturnType<typeof Type.String>>(shape: T) => Type.Union([shape, Type.Null()])
const Count = Type.Union([Type.Integer({ minimum: 0, maximum: 1_000_000 }), Type.Null()])
/** What comes in may be null: said by a list of types, for a choice of shapes would turn null into an empty text or 0. */
const CountIn = Type.Unsafe<number | null>({ type: ['integer', 'null'], minimum: 0, maximum: 1_000_000 })
const textIn = (rest: { maxLength?: number; pattern?: string; enum?: (string | null)[] }) =>
  Type.Unsafe<string | null>({ type: ['string', 'null'], ...rest })
const PlaceIn = Type.Unsafe<'building' | 'market' | 'park' | 'school' | 'hospital' | 'other' | null>({
  type: ['string', 'null'],
  enum: ['building', 'market', 'park', 'school', 'hospital', 'other', null],
})
const Named = Type.Object({ code: Type.String(), name: Type.String() })
const Lonlat = Type.Array(Type.Number(), { minItems: 2, maxItems: 2 })

/** GeoJSON geometry in GCJ-02. What is wrong inside is named by the check, not refused at the door. */
export const GeoShape = Type.Object({
  type: Type.Union([Type.Literal('Polygon'), Type.Literal('MultiPolygon')]),
  coordinates: Type.Array(Type.Unknown()),
})

export const PlannedGrid = Type.Object({
  ref: Type.String({ minLength: 1, maxLength: 60 }),
  code: textIn({ maxLength: 40 }),
  villageCode: textIn({ maxLength: 40 }),
  kind: Kind,
  name: Type.String({ maxLength: 60 }),
  place: PlaceIn,
  households: CountIn,
  people: CountIn,
  shape: Type.Union([GeoShape, Type.Null()]),
  from: Type.Array(AnyCode, { maxItems: 20 }),
  within: textIn({ pattern: '^[0-9]{15}$' }),
})

export const FaultShape = Type.Object({
  kind: Type.String(),
  weight: Type.Union([Type.Literal('error'), Type.Literal('note')]),
  ref: nullable(Type.String()),
  code: nullable(Type.String()),
  name: nullable(Type.String()),
  at: Type.Union([Lonlat, Type.Null()]),
  params: Type.Record(Type.String(), Type.Union([Type.String(), Type.Number()])),
})

const GridRow = Type.Object({
  code: Type.String(),
  kind: Kind,
  name: Type.String(),
  town: Named,
  village: Named,
  place: Type.Union([Place, Type.Null()]),
  households: Count,
  people: Count,
  area: Type.Union([Type.Integer(), Type.Null()]),
  workers: Type.Integer(),
  leaders: Type.Array(Type.String()),
  illustrative: Type.Boolean(),
  drawn: Type.Boolean(),
  retiredOn: nullable(Day),
  since: nullable(Day),
})

const filters = {
  q: Type.Optional(Type.String({ maxLength: 60 })),
  under: Type.Optional(Division),
  kind: Type.Optional(Kind),
  /** Without leader or worker, without a shape, or gone. */
  state: Type.Optional(
    Type.Union([Type.Literal('vacant'), Type.Literal('undrawn'), Type.Literal('retired'), Type.Literal('current')]),
  ),
}

export const listGrids = route({
  name: 'grid.list_grids',
  kind: 'query',
  method: 'GET',
  path: '/grids',
  audience: 'staff',
  permission: VIEW,
  summary: '本辖区的网格，按代码排列',
  input: Type.Object({
    ...filters,
    cursor: Type.Optional(Type.String()),
    limit: Type.Optional(Type.Integer({ minimum: 1, maximum: 200 })),
  }),
  output: Type.Object({
    items: Type.Array(GridRow),
    next: nullable(Type.String()),
    total: Type.Integer(),
    sums: Type.Object({ households: Type.Integer(), people: Type.Integer(), area: Type.Integer() }),
    can: Type.Object({ manage: Type.Boolean() }),
  }),
})

export const exportGrids = route({
  name: 'grid.export_grids',
  kind: 'query',
  method: 'GET',
  path: '/grid-export',
  audience: 'staff',
  permission: VIEW,
  summary: '导出网格：GeoJSON（含图形）、Excel 或 CSV（台账）',
  input: Type.Object({
    ...filters,
    format: Type.Union([Type.Literal('geojson'), Type.Literal('xlsx'), Type.Literal('csv')]),
    datum: Type.Optional(Type.Union([Type.Literal('gcj02'), Type.Literal('wgs84')])),
  }),
  output: Type.Unknown(),
  stream: true,
})

export const listShapes = route({
  name: 'grid.list_shapes',
  kind: 'query',
  method: 'GET',
  path: '/grid-shapes',
  audience: 'staff',
  permission: VIEW,
  summary: '网格图形与村社区界线，供地图使用',
  input: Type.Object({ under: Type.Optional(Division), micro: Type.Optional(Type.Boolean()) }),
  output: Type.Object({
    grids: Type.Array(
      Type.Object({
        code: Type.String(),
        kind: Kind,
        name: Type.String(),
        shape: GeoShape,
        illustrative: Type.Boolean(),
      }),
    ),
    villages: Type.Array(
      Type.Object({ code: Type.String(), name: Type.String(), shape: GeoShape, illustrative: Type.Boolean() }),
    ),
  }),
})

const Post = Type.Object({
  id: Id,
  role: Type.String(),
  name: Type.String(),
  roster: nullable(Type.String()),
  unitId: Id,
  holders: Type.Array(Type.Object({ id: Id, name: Type.String(), acting: Type.Boolean() })),
  /** Its place is wider than the grid: the whole village. */
  ofVillage: Type.Boolean(),
})

const Line = Type.Object({
  code: Type.String(),
  name: Type.String(),
  kind: Type.Union([Type.Literal('split'), Type.Literal('merge')]),
  effectiveOn: Day,
  reason: Type.String(),
  /** How many steps away. */
  step: Type.Integer(),
})

export const getGrid = route({
  name: 'grid.get_grid',
  kind: 'query',
  method: 'GET',
  path: '/grids/:code',
  audience: 'staff',
  permission: VIEW,
  summary: '一个网格：图形、人员、谱系、在办事项',
  input: Type.Object({ code: AnyCode }),
  output: Type.Object({
    grid: GridRow,
    shape: Type.Union([GeoShape, Type.Null()]),
    version: Type.Integer(),
    retiredReason: nullable(Type.String()),
    keeper: Type.Union([Type.Object({ id: Id, name: Type.String() }), Type.Null()]),
    posts: Type.Array(Post),
    unit: Type.Union([Type.Object({ id: Id, name: Type.String() }), Type.Null()]),
    parent: Type.Union([Named, Type.Null()]),
    micro: Type.Array(Type.Object({ code: Type.String(), name: Type.String(), keeper: nullable(Type.String()) })),
    before: Type.Array(Line),
    after: Type.Array(Line),
    /** How many lie in it; `open` counts for settling, also those that one may not see. */
    cases: Type.Object({ open: Type.Integer(), closed: Type.Integer() }),
    /** Open cases that one may see, newest first. */
    openCases: Type.Array(
      Type.Object({ id: Id, number: Type.String(), title: Type.String(), openedAt: Instant, overdue: Type.Boolean() }),
    ),
    changes: Type.Array(Type.Object({ id: Id, title: Type.String(), state: ChangeState })),
    can: Type.Object({ manage: Type.Boolean(), settle: Type.Boolean() }),
  }),
})

export const changeFacts = route({
  name: 'grid.change_facts',
  kind: 'command',
  method: 'POST',
  path: '/grids/:code/facts',
  audience: 'staff',
  permission: MANAGE,
  summary: '更正网格的名称、户数、人数、类型、微网格责任人',
  input: Type.Object({
    code: AnyCode,
    version: Type.Integer({ minimum: 0 }),
    name: Type.String({ minLength: 2, maxLength: 60 }),
    households: CountIn,
    people: CountIn,
    place: Type.Optional(PlaceIn),
    keeperId: Type.Optional(Type.Unsafe<number | null>({ type: ['integer', 'null'], minimum: 1 })),
    reason: Type.String({ minLength: 2, maxLength: 500 }),
  }),
  output: Type.Object({ code: Type.String() }),
  errors: ['grid.changed_meanwhile', 'grid.retired', 'grid.keeper_not_worker'],
})

export const settleGrid = route({
  name: 'grid.settle_grid',
  kind: 'command',
  method: 'POST',
  path: '/grids/:code/settle',
  audience: 'staff',
  permission: PUBLISH,
  summary: '将已撤网格的在办事项全部转入后继网格，并了结其岗位',
  input: Type.Object({ code: AnyCode, seen: Type.Integer({ minimum: 0 }) }),
  output: Type.Object({ moved: Type.Integer() }),
  errors: ['grid.not_retired', 'grid.cases_changed'],
})

const ChangeHead = Type.Object({
  id: Id,
  kind: ChangeKind,
  state: ChangeState,
  title: Type.String(),
  reason: Type.String(),
  source: nullable(Type.String()),
  place: Type.String(),
  grids: Type.Integer(),
  errors: Type.Integer(),
  notes: Type.Integer(),
  effectiveOn: nullable(Day),
  createdBy: Type.String(),
  createdAt: Instant,
  updatedAt: Instant,
  checkedAt: nullable(Instant),
  publishedBy: nullable(Type.String()),
  publishedAt: nullable(Instant),
  appliedAt: nullable(Instant),
  note: nullable(Type.String()),
  illustrative: Type.Boolean(),
  version: Type.Integer(),
})

export const listChanges = route({
  name: 'grid.list_changes',
  kind: 'query',
  method: 'GET',
  path: '/grid-changes',
  audience: 'staff',
  permission: MANAGE,
  summary: '本辖区的网格调整，最新在前',
  input: Type.Object({
    q: Type.Optional(Type.String({ maxLength: 60 })),
    state: Type.Optional(ChangeState),
    kind: Type.Optional(ChangeKind),
    cursor: Type.Optional(Type.String()),
    limit: Type.Optional(Type.Integer({ minimum: 1, maximum: 200 })),
  }),
  output: Type.Object({
    items: Type.Array(ChangeHead),
    next: nullable(Type.String()),
    total: Type.Integer(),
  }),
})

export const getChange = route({
  name: 'grid.get_change',
  kind: 'query',
  method: 'GET',
  path: '/grid-changes/:id',
  audience: 'staff',
  permission: MANAGE,
  summary: '一次网格调整：方案、查出的问题、发布后的影响',
  input: Type.Object({ id: Id }),
  output: Type.Object({
    change: ChangeHead,
    plan: Type.Array(PlannedGrid),
    retired: Type.Array(Named),
    cases: Type.Union([Type.Literal('move'), Type.Literal('stay')]),
    faults: Type.Array(FaultShape),
    /** Villages that the plan touches, and the grids standing in them. */
    villages: Type.Array(
      Type.Object({
        code: Type.String(),
        name: Type.String(),
        townName: Type.String(),
        shape: Type.Union([GeoShape, Type.Null()]),
        illustrative: Type.Boolean(),
      }),
    ),
    standing: Type.Array(Type.Object({ code: Type.String(), kind: Kind, name: Type.String(), shape: GeoShape })),
    limits: Type.Object({ minArea: Type.Number(), minMicroArea: Type.Number(), sliver: Type.Number() }),
    can: Type.Object({ edit: Type.Boolean(), publish: Type.Boolean(), withdraw: Type.Boolean() }),
    /** Why one who might publish may not: the own draft. */
    ownDraft: Type.Boolean(),
  }),
})

export const getEffect = route({
  name: 'grid.get_effect',
  kind: 'query',
  method: 'GET',
  path: '/grid-changes/:id/effect',
  audience: 'staff',
  permission: MANAGE,
  summary: '发布前预览：在办事项和岗位将转到哪个网格',
  input: Type.Object({ id: Id }),
  output: Type.Object({
    open: Type.Integer(),
    moves: Type.Array(Type.Object({ from: Named, to: Named, cases: Type.Integer() })),
    posts: Type.Array(Type.Object({ name: Type.String(), holders: Type.String(), from: Named, to: Type.Array(Named) })),
  }),
})

const Draft = {
  title: Type.String({ minLength: 2, maxLength: 100 }),
  reason: Type.String({ minLength: 2, maxLength: 500 }),
  plan: Type.Array(PlannedGrid, { maxItems: 3000 }),
  retired: Type.Array(AnyCode, { maxItems: 50 }),
}

export const draftChange = route({
  name: 'grid.draft_change',
  kind: 'command',
  method: 'POST',
  path: '/grid-changes',
  audience: 'staff',
  permission: MANAGE,
  summary: '新建网格调整草稿：绘制、拆分、合并',
  input: Type.Object({
    kind: Type.Union([Type.Literal('draw'), Type.Literal('split'), Type.Literal('merge')]),
    ...Draft,
  }),
  output: Type.Object({ id: Id }),
  errors: ['grid.not_your_place', 'grid.nothing_planned', 'grid.bad_split', 'grid.bad_merge', 'grid.codes_used_up'],
})

export const importGrids = route({
  name: 'grid.import_grids',
  kind: 'command',
  method: 'POST',
  path: '/grid-changes/import',
  audience: 'staff',
  permission: MANAGE,
  summary: '导入 GeoJSON：只存为草稿并逐个检查，不改动现有网格',
  input: Type.Object({
    fileName: Type.String({ minLength: 1, maxLength: 120 }),
    datum: Type.Union([Type.Literal('gcj02'), Type.Literal('wgs84')]),
    reason: Type.String({ minLength: 2, maxLength: 500 }),
    /** Text of the file. */
    geojson: Type.String({ minLength: 2 }),
    illustrative: Type.Optional(Type.Boolean()),
  }),
  output: Type.Object({ id: Id }),
  errors: ['grid.not_geojson', 'grid.no_features', 'grid.too_many_features', 'grid.not_your_place'],
})

export const importBorders = route({
  name: 'grid.import_borders',
  kind: 'command',
  method: 'POST',
  path: '/grid-borders/import',
  audience: 'staff',
  permission: PUBLISH,
  summary: '导入村（社区）界线：先试检查，再确认入库；有一处错误则全部不收',
  input: Type.Object({
    fileName: Type.String({ minLength: 1, maxLength: 120 }),
    datum: Type.Union([Type.Literal('gcj02'), Type.Literal('wgs84')]),
    reason: Type.String({ minLength: 2, maxLength: 500 }),
    geojson: Type.String({ minLength: 2 }),
    illustrative: Type.Optional(Type.Boolean()),
    /** Only check. */
    dryRun: Type.Boolean(),
  }),
  output: Type.Object({ borders: Type.Integer(), taken: Type.Boolean(), faults: Type.Array(FaultShape) }),
  errors: ['grid.not_geojson', 'grid.no_features', 'grid.too_many_features', 'grid.not_your_place'],
})

export const saveChange = route({
  name: 'grid.save_change',
  kind: 'command',
  method: 'POST',
  path: '/grid-changes/:id/plan',
  audience: 'staff',
  permission: MANAGE,
  summary: '保存草稿并重新检查',
  input: Type.Object({ id: Id, version: Type.Integer({ minimum: 1 }), ...Draft }),
  output: Type.Object({ id: Id, version: Type.Integer(), errors: Type.Integer(), notes: Type.Integer() }),
  errors: ['grid.changed_meanwhile', 'grid.not_draft', 'grid.not_your_place', 'grid.nothing_planned'],
})

export const publishChange = route({
  name: 'grid.publish_change',
  kind: 'command',
  method: 'POST',
  path: '/grid-changes/:id/publish',
  audience: 'staff',
  permission: PUBLISH,
  summary: '发布检查通过的调整：当日或此后某日生效',
  input: Type.Object({
    id: Id,
    version: Type.Integer({ minimum: 1 }),
    effectiveOn: Day,
    cases: Type.Union([Type.Literal('move'), Type.Literal('stay')]),
    /** Open cases that the preview showed. */
    seen: Type.Integer({ minimum: 0 }),
  }),
  output: Type.Object({ id: Id, state: ChangeState }),
  errors: [
    'grid.changed_meanwhile',
    'grid.not_checked',
    'grid.faults_left',
    'grid.own_draft',
    'grid.day_past',
    'grid.cases_changed',
  ],
})

export const withdrawChange = route({
  name: 'grid.withdraw_change',
  kind: 'command',
  method: 'POST',
  path: '/grid-changes/:id/withdraw',
  audience: 'staff',
  permission: MANAGE,
  summary: '撤回尚未生效的调整',
  input: Type.Object({
    id: Id,
    version: Type.Integer({ minimum: 1 }),
    reason: Type.String({ minLength: 2, maxLength: 500 }),
  }),
  output: Type.Object({ id: Id }),
  errors: ['grid.changed_meanwhile', 'grid.not_open'],
})
