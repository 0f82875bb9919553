import { type TSchema, Type } from 'typebox'
import { Id, Instant, LocalText, route } from '#platform/contract/route.ts'

const Nullable = <T extends TSchema>(shape: T) => Type.Union([shape, Type.Null()])
const NullableString = Nullable(Type.String())
const NullableInstant = Nullable(Instant)

const Name = Type.String({ minLength: 1, maxLength: 100 })
const Reason = Type.String({ minLength: 2, maxLength: 500 })
const Search = Type.Optional(Type.String({ minLength: 1, maxLength: 60 }))
const Cursor = Type.Optional(Type.String({ maxLength: 200 }))
const Limit = Type.Optional(Type.Integer({ minimum: 1, maximum: 200, default: 50 }))
const DivisionCode = Type.String({ pattern: '^[0-9]{6}([0-9]{3}){0,3}$' })
const LineCode = Type.String({ pattern: '^[a-z][a-z0-9-]{1,59}$' })
const Kind = Type.String({ pattern: '^[a-z][a-z0-9-]{1,59}$' })
const Role = Type.String({ pattern: '^[a-z][a-zA-Z0-9]{1,39}$' })
const Level = Type.Union([Type.Literal('county'), Type.Literal('town'), Type.Literal('village')])
export const Login = Type.String({ pattern: '^[a-z0-9][a-z0-9._-]{2,63}$' })
const Permission = Type.String({ pattern: '^[a-z][a-z_]*(\\.[a-z][a-z_]*)*(\\.\\*)?$', maxLength: 100 })
const Done = Type.Object({ id: Id })

const UnitBrief = Type.Object({ id: Id, code: Type.String(), name: Type.String(), shortName: Type.String() })
const PersonBrief = Type.Object({ id: Id, name: Type.String(), login: Type.String() })

export const UnitRowShape = Type.Object({
  id: Id,
  code: Type.String(),
  name: Type.String(),
  shortName: Type.String(),
  kind: Type.String(),
  level: Level,
  divisionCode: Type.String(),
  divisionName: Type.String(),
  parent: Nullable(UnitBrief),
  lines: Type.Array(Type.String()),
  limited: Type.Boolean(),
  posts: Type.Integer(),
  people: Type.Integer(),
  version: Type.Integer(),
  retiredAt: NullableInstant,
  can: Type.Object({ manage: Type.Boolean() }),
})

export const HoldingShape = Type.Object({
  id: Id,
  account: PersonBrief,
  since: Instant,
  until: NullableInstant,
  acting: Type.Boolean(),
  forName: NullableString,
  reason: Type.String(),
  /** past, current or coming, at the instant of the answer. */
  stage: Type.Union([Type.Literal('past'), Type.Literal('current'), Type.Literal('coming')]),
})

export const PostShape = Type.Object({
  id: Id,
  code: Type.String(),
  role: Type.String(),
  name: Type.String(),
  divisionCode: NullableString,
  divisionName: NullableString,
  roster: NullableString,
  retiredAt: NullableInstant,
  /** Open work that waits for this unit and role. */
  openWork: Type.Integer(),
  holdings: Type.Array(HoldingShape),
})

export const AccountPostShape = Type.Object({
  holdingId: Id,
  postId: Id,
  role: Type.String(),
  name: Type.String(),
  unit: UnitBrief,
  acting: Type.Boolean(),
  since: Instant,
  until: NullableInstant,
})

export const AccountRowShape = Type.Object({
  id: Id,
  login: Type.String(),
  name: Type.String(),
  demo: Type.Boolean(),
  secondFactor: Type.Boolean(),
  mustChangePassword: Type.Boolean(),
  lockedUntil: NullableInstant,
  disabledAt: NullableInstant,
  createdAt: Instant,
  /** Posts held now. */
  posts: Type.Array(AccountPostShape),
  can: Type.Object({ manage: Type.Boolean() }),
})

export const GrantRowShape = Type.Object({
  id: Id,
  account: Nullable(PersonBrief),
  post: Nullable(Type.Object({ id: Id, name: Type.String(), unitName: Type.String() })),
  role: NullableString,
  unitKind: NullableString,
  unitLevel: NullableString,
  permission: Type.String(),
  /** Null = the division of the post's unit; `post` = the post's own. */
  divisionCode: NullableString,
  divisionName: NullableString,
  /** Null = every line; `unit` = the lines of the post's unit. */
  lineCode: NullableString,
  reason: Type.String(),
  validFrom: Instant,
  validTo: NullableInstant,
  grantedByName: NullableString,
  can: Type.Object({ withdraw: Type.Boolean() }),
})

const DirectoryWhy = 'divisions, units and lines of the government are open to every official'

export const listDivisions = route({
  name: 'org.list_divisions',
  kind: 'query',
  method: 'GET',
  path: '/org/divisions',
  audience: 'staff',
  permission: null,
  why: DirectoryWhy,
  summary: '区划：区县、镇街、村社区、网格',
  input: Type.Object({
    /** Only this division and what lies in it. */
    under: Type.Optional(DivisionCode),
    /** Deepest level wanted: 6, 9, 12 or 15. */
    depth: Type.Optional(Type.Integer({ minimum: 6, maximum: 15 })),
  }),
  output: Type.Object({
    /** Parents before their children. */
    items: Type.Array(
      Type.Object({
        code: Type.String(),
        parentCode: NullableString,
        level: Type.Integer(),
        name: Type.String(),
        shortName: Type.String(),
        center: Nullable(Type.Object({ lon: Type.Number(), lat: Type.Number() })),
        illustrative: Type.Boolean(),
      }),
    ),
  }),
})

export const listLines = route({
  name: 'org.list_lines',
  kind: 'query',
  method: 'GET',
  path: '/org/lines',
  audience: 'staff',
  permission: null,
  why: DirectoryWhy,
  summary: '条线',
  input: Type.Object({}),
  output: Type.Object({
    items: Type.Array(Type.Object({ code: Type.String(), name: LocalText, units: Type.Integer() })),
  }),
})

export const listUnits = route({
  name: 'org.list_units',
  kind: 'query',
  method: 'GET',
  path: '/org/units',
  audience: 'staff',
  permission: null,
  why: DirectoryWhy,
  summary: '单位列表',
  input: Type.Object({
    q: Search,
    under: Type.Optional(DivisionCode),
    division: Type.Optional(DivisionCode),
    kind: Type.Optional(Kind),
    level: Type.Optional(Level),
    line: Type.Optional(LineCode),
    retired: Type.Optional(Type.Boolean()),
    cursor: Cursor,
    limit: Limit,
  }),
  output: Type.Object({
    items: Type.Array(UnitRowShape),
    next: NullableString,
    total: Type.Integer(),
    can: Type.Object({ create: Type.Boolean() }),
  }),
})

export const getUnit = route({
  name: 'org.get_unit',
  kind: 'query',
  method: 'GET',
  path: '/org/units/:id',
  audience: 'staff',
  permission: null,
  why: DirectoryWhy,
  summary: '一个单位：岗位与任职',
  input: Type.Object({ id: Id }),
  output: Type.Object({
    unit: UnitRowShape,
    posts: Type.Array(PostShape),
    children: Type.Array(UnitBrief),
    can: Type.Object({ manage: Type.Boolean(), appoint: Type.Boolean() }),
  }),
})

export const createUnit = route({
  name: 'org.create_unit',
  kind: 'command',
  method: 'POST',
  path: '/org/units',
  audience: 'staff',
  permission: 'org.unit.manage',
  summary: '新设单位',
  input: Type.Object({
    divisionCode: DivisionCode,
    kind: Kind,
    name: Name,
    shortName: Type.String({ minLength: 1, maxLength: 40 }),
    lines: Type.Array(LineCode, { maxItems: 20, uniqueItems: true }),
    parentId: Type.Optional(Id),
    limited: Type.Optional(Type.Boolean()),
    reason: Reason,
  }),
  output: Done,
  errors: ['org.beyond_scope', 'org.unit_exists', 'org.unknown_division', 'org.unknown_line', 'org.grid_has_no_unit'],
})

export const changeUnit = route({
  name: 'org.change_unit',
  kind: 'command',
  method: 'PUT',
  path: '/org/units/:id',
  audience: 'staff',
  permission: 'org.unit.manage',
  summary: '单位更名、调整条线',
  input: Type.Object({
    id: Id,
    version: Type.Integer({ minimum: 1 }),
    name: Name,
    shortName: Type.String({ minLength: 1, maxLength: 40 }),
    lines: Type.Array(LineCode, { maxItems: 20, uniqueItems: true }),
    reason: Reason,
  }),
  output: Done,
  errors: ['org.beyond_scope', 'org.version_conflict', 'org.unit_retired', 'org.unknown_line'],
})

export const retireUnit = route({
  name: 'org.retire_unit',
  kind: 'command',
  method: 'POST',
  path: '/org/units/:id/retire',
  audience: 'staff',
  permission: 'org.unit.manage',
  summary: '撤销单位：须先移交在办事项、免去任职',
  input: Type.Object({ id: Id, version: Type.Integer({ minimum: 1 }), reason: Reason }),
  output: Done,
  errors: [
    'org.beyond_scope',
    'org.version_conflict',
    'org.unit_retired',
    'org.unit_has_people',
    'org.unit_has_open_work',
    'org.unit_has_children',
    'org.last_triage_unit',
  ],
})

export const createPost = route({
  name: 'org.create_post',
  kind: 'command',
  method: 'POST',
  path: '/org/units/:unitId/posts',
  audience: 'staff',
  permission: 'org.unit.manage',
  summary: '设岗',
  input: Type.Object({
    unitId: Id,
    role: Role,
    name: Type.String({ minLength: 1, maxLength: 40 }),
    divisionCode: Type.Optional(DivisionCode),
    roster: Type.Optional(Type.Union([Type.Literal('A'), Type.Literal('B')])),
    reason: Reason,
  }),
  output: Done,
  errors: ['org.beyond_scope', 'org.unit_retired', 'org.unknown_division', 'org.division_outside_unit'],
})

export const retirePost = route({
  name: 'org.retire_post',
  kind: 'command',
  method: 'POST',
  path: '/org/posts/:postId/retire',
  audience: 'staff',
  permission: 'org.unit.manage',
  summary: '撤岗：须先免去任职',
  input: Type.Object({ postId: Id, reason: Reason }),
  output: Done,
  errors: ['org.beyond_scope', 'org.post_retired', 'org.post_is_held'],
})

export const appoint = route({
  name: 'org.appoint',
  kind: 'command',
  method: 'POST',
  path: '/org/posts/:postId/holdings',
  audience: 'staff',
  permission: 'org.account.manage',
  summary: '任职或代理：某人在某段时间担任某岗位',
  input: Type.Object({
    postId: Id,
    accountId: Id,
    /** Now, where left out. */
    since: Type.Optional(Instant),
    until: Type.Optional(Instant),
    /** Set for an acting holder (代理): whom he stands in for. */
    forAccountId: Type.Optional(Id),
    reason: Reason,
  }),
  output: Done,
  errors: [
    'org.beyond_scope',
    'org.not_oneself',
    'org.post_retired',
    'org.account_disabled',
    'org.until_before_since',
    'org.acting_needs_end',
    'org.acting_needs_holder',
    'org.already_holds',
    'org.since_in_past',
  ],
})

export const endHolding = route({
  name: 'org.end_holding',
  kind: 'command',
  method: 'POST',
  path: '/org/holdings/:holdingId/end',
  audience: 'staff',
  permission: 'org.account.manage',
  summary: '免职或提前结束代理',
  input: Type.Object({ holdingId: Id, until: Type.Optional(Instant), reason: Reason }),
  output: Done,
  errors: [
    'org.beyond_scope',
    'org.not_oneself',
    'org.holding_over',
    'org.post_has_open_work',
    'org.until_before_since',
  ],
})

export const listAccounts = route({
  name: 'org.list_accounts',
  kind: 'query',
  method: 'GET',
  path: '/org/accounts',
  audience: 'staff',
  permission: 'org.account.manage',
  summary: '账号列表（限所管理的区划与条线）',
  input: Type.Object({
    /** Part of a name or of a log-in. */
    q: Search,
    unit: Type.Optional(Id),
    under: Type.Optional(DivisionCode),
    role: Type.Optional(Role),
    state: Type.Optional(
      Type.Union([
        Type.Literal('active'),
        Type.Literal('disabled'),
        Type.Literal('locked'),
        Type.Literal('withoutPost'),
      ]),
    ),
    cursor: Cursor,
    limit: Limit,
  }),
  output: Type.Object({
    items: Type.Array(AccountRowShape),
    next: NullableString,
    total: Type.Integer(),
    can: Type.Object({ createWithoutPost: Type.Boolean() }),
  }),
})

export const getAccount = route({
  name: 'org.get_account',
  kind: 'query',
  method: 'GET',
  path: '/org/accounts/:id',
  audience: 'staff',
  permission: 'org.account.manage',
  summary: '一个账号：任职经历、现有权限、在办数量',
  input: Type.Object({ id: Id }),
  output: Type.Object({
    account: AccountRowShape,
    history: Type.Array(
      Type.Object({
        id: Id,
        postId: Id,
        postName: Type.String(),
        role: Type.String(),
        unit: UnitBrief,
        since: Instant,
        until: NullableInstant,
        acting: Type.Boolean(),
        forName: NullableString,
        reason: Type.String(),
        endReason: NullableString,
      }),
    ),
    /** What the account may do now, resolved. */
    rights: Type.Array(
      Type.Object({
        permission: Type.String(),
        divisionCode: Type.String(),
        divisionName: Type.String(),
        lineCode: NullableString,
      }),
    ),
    /** Open work in the person's own name. */
    openWork: Type.Integer(),
    sessions: Type.Integer(),
    can: Type.Object({ manage: Type.Boolean() }),
  }),
})

export const findColleagues = route({
  name: 'org.find_colleagues',
  kind: 'query',
  method: 'GET',
  path: '/org/colleagues',
  audience: 'staff',
  permission: null,
  why: 'name, unit and post of officials in office are open to every official; no log-in is shown',
  summary: '找人：姓名、单位、岗位',
  input: Type.Object({
    q: Search,
    unit: Type.Optional(Id),
    role: Type.Optional(Role),
    limit: Type.Optional(Type.Integer({ minimum: 1, maximum: 50, default: 20 })),
  }),
  output: Type.Object({
    items: Type.Array(
      Type.Object({
        accountId: Id,
        name: Type.String(),
        unit: UnitBrief,
        role: Type.String(),
        postName: Type.String(),
        acting: Type.Boolean(),
      }),
    ),
  }),
})

export const createAccount = route({
  name: 'org.create_account',
  kind: 'command',
  method: 'POST',
  path: '/org/accounts',
  audience: 'staff',
  permission: 'org.account.manage',
  summary: '开设账号，给出一次性初始密码',
  input: Type.Object({
    login: Login,
    name: Type.String({ minLength: 1, maxLength: 40 }),
    /** Post to be held at once; needed from who does not manage the whole county. */
    postId: Type.Optional(Id),
    reason: Reason,
  }),
  output: Type.Object({
    id: Id,
    login: Type.String(),
    /** Shown once: a repeated call gets null, it is kept as a hash only. */
    initialPassword: NullableString,
  }),
  errors: ['org.beyond_scope', 'org.login_taken', 'org.needs_post', 'org.post_retired'],
})

export const changeAccount = route({
  name: 'org.change_account',
  kind: 'command',
  method: 'PUT',
  path: '/org/accounts/:id',
  audience: 'staff',
  permission: 'org.account.manage',
  summary: '更正姓名',
  input: Type.Object({ id: Id, name: Type.String({ minLength: 1, maxLength: 40 }), reason: Reason }),
  output: Done,
  errors: ['org.beyond_scope'],
})

export const disableAccount = route({
  name: 'org.disable_account',
  kind: 'command',
  method: 'POST',
  path: '/org/accounts/:id/disable',
  audience: 'staff',
  permission: 'org.account.manage',
  summary: '停用账号并退出全部会话；有在办事项须先交接，紧急时可先停用',
  input: Type.Object({ id: Id, reason: Reason, urgent: Type.Optional(Type.Boolean()) }),
  output: Done,
  errors: ['org.beyond_scope', 'org.not_oneself', 'org.account_disabled', 'org.hand_over_first'],
})

export const enableAccount = route({
  name: 'org.enable_account',
  kind: 'command',
  method: 'POST',
  path: '/org/accounts/:id/enable',
  audience: 'staff',
  permission: 'org.account.manage',
  summary: '恢复账号',
  input: Type.Object({ id: Id, reason: Reason }),
  output: Done,
  errors: ['org.beyond_scope', 'org.account_active'],
})

export const unlockAccount = route({
  name: 'org.unlock_account',
  kind: 'command',
  method: 'POST',
  path: '/org/accounts/:id/unlock',
  audience: 'staff',
  permission: 'org.account.manage',
  summary: '解除连续输错密码的锁定',
  input: Type.Object({ id: Id }),
  output: Done,
  errors: ['org.beyond_scope'],
})

export const createResetLink = route({
  name: 'org.create_reset_link',
  kind: 'command',
  method: 'POST',
  path: '/org/accounts/:id/reset-link',
  audience: 'staff',
  permission: 'org.account.manage',
  summary: '签发一次性重置码，可一并解除动态口令',
  input: Type.Object({
    id: Id,
    reason: Reason,
    /** Also takes the second factor off, for a lost phone. */
    removeSecondFactor: Type.Optional(Type.Boolean()),
  }),
  output: Type.Object({
    id: Id,
    /** Shown once: a repeated call gets null, it is kept as a hash only. */
    code: NullableString,
    expiresAt: Instant,
  }),
  errors: ['org.beyond_scope', 'org.not_oneself', 'org.account_disabled'],
})

export const listGrants = route({
  name: 'org.list_grants',
  kind: 'query',
  method: 'GET',
  path: '/org/grants',
  audience: 'staff',
  permission: 'access.grant.manage',
  summary: '授权列表',
  input: Type.Object({
    subject: Type.Optional(Type.Union([Type.Literal('role'), Type.Literal('post'), Type.Literal('account')])),
    account: Type.Optional(Id),
    post: Type.Optional(Id),
    role: Type.Optional(Role),
    permission: Type.Optional(Permission),
    /** Past ones too. */
    past: Type.Optional(Type.Boolean()),
    cursor: Cursor,
    limit: Limit,
  }),
  output: Type.Object({
    items: Type.Array(GrantRowShape),
    next: NullableString,
    total: Type.Integer(),
    /** What the actor may give, with where. */
    grantable: Type.Array(
      Type.Object({ permission: Type.String(), divisionCode: Type.String(), lineCode: NullableString }),
    ),
  }),
})

export const giveGrant = route({
  name: 'org.give_grant',
  kind: 'command',
  method: 'POST',
  path: '/org/grants',
  audience: 'staff',
  permission: 'access.grant.manage',
  summary: '授权：只能授出自己持有、且在所管区划与条线之内的权限；尚无人持有的新权限由管全区授权的人首次授出',
  input: Type.Object({
    accountId: Type.Optional(Id),
    postId: Type.Optional(Id),
    role: Type.Optional(Role),
    unitKind: Type.Optional(Kind),
    unitLevel: Type.Optional(Level),
    permission: Permission,
    /** Left out: the division of the post's unit; `post`: the post's own. */
    divisionCode: Type.Optional(Type.String({ pattern: '^(post|[0-9]{6}([0-9]{3}){0,3})$' })),
    /** Left out: every line; `unit`: the lines of the post's unit. */
    lineCode: Type.Optional(LineCode),
    validTo: Type.Optional(Instant),
    reason: Reason,
  }),
  output: Done,
  errors: [
    'org.beyond_scope',
    'org.not_oneself',
    'org.permission_not_held',
    'org.one_subject',
    'org.account_grant_needs_place',
    'org.unknown_division',
    'org.unknown_line',
    'org.grant_exists',
    'org.until_before_since',
  ],
})

export const withdrawGrant = route({
  name: 'org.withdraw_grant',
  kind: 'command',
  method: 'POST',
  path: '/org/grants/:grantId/withdraw',
  audience: 'staff',
  permission: 'access.grant.manage',
  summary: '收回授权',
  input: Type.Object({ grantId: Id, reason: Reason }),
  output: Done,
  errors: ['org.beyond_scope', 'org.grant_over', 'org.last_administrator'],
})

export const WorkRowShape = Type.Object({
  id: Id,
  caseId: Id,
  number: Type.String(),
  /** Null where the case is out of the actor's sight. */
  title: NullableString,
  definitionName: LocalText,
  stateName: LocalText,
  role: Type.String(),
  openedAt: Instant,
  dueAt: NullableInstant,
  overdue: Type.Boolean(),
})

export const previewHandover = route({
  name: 'org.preview_handover',
  kind: 'query',
  method: 'GET',
  path: '/org/accounts/:id/handover',
  audience: 'staff',
  permission: 'org.account.manage',
  summary: '交接预览：本人在办事项与所任岗位',
  input: Type.Object({ id: Id }),
  output: Type.Object({
    account: PersonBrief,
    /** Due next first; at most 500 are listed, `total` counts all. */
    items: Type.Array(WorkRowShape),
    total: Type.Integer(),
    posts: Type.Array(
      Type.Object({
        postId: Id,
        name: Type.String(),
        role: Type.String(),
        unit: UnitBrief,
        acting: Type.Boolean(),
        until: NullableInstant,
        /** Others who hold the same role in the unit now. */
        others: Type.Array(PersonBrief),
        /** Open work that waits for this unit and role. */
        openWork: Type.Integer(),
      }),
    ),
    /** Grants to the person alone; they end when the person leaves. */
    grants: Type.Integer(),
  }),
})

export const signHandover = route({
  name: 'org.sign_handover',
  kind: 'command',
  method: 'POST',
  path: '/org/accounts/:id/handover',
  audience: 'staff',
  permission: 'org.account.manage',
  summary: '签署交接：在办事项移交，岗位由接任人担任，离任账号停用',
  input: Type.Object({
    id: Id,
    /** The person leaves: all posts end, personal grants end, the account is disabled. */
    leaving: Type.Boolean(),
    reason: Reason,
    note: Type.Optional(Type.String({ maxLength: 2000 })),
    /** Who takes all open work that is not named in `items`. */
    itemsTo: Type.Optional(Id),
    items: Type.Optional(Type.Array(Type.Object({ id: Id, to: Id }), { maxItems: 1000 })),
    /** Posts that go to a successor, or (to left out) end without one. */
    posts: Type.Optional(Type.Array(Type.Object({ postId: Id, to: Type.Optional(Id) }), { maxItems: 50 })),
  }),
  output: Type.Object({ id: Id, items: Type.Integer(), posts: Type.Integer() }),
  errors: [
    'org.beyond_scope',
    'org.not_oneself',
    'org.account_disabled',
    'org.successor_invalid',
    'org.successor_needs_post',
    'org.work_without_successor',
    'org.work_changed',
    'org.post_not_held',
    'org.post_has_open_work',
    'org.already_holds',
  ],
})

export const listHandovers = route({
  name: 'org.list_handovers',
  kind: 'query',
  method: 'GET',
  path: '/org/handovers',
  audience: 'staff',
  permission: 'org.account.manage',
  summary: '交接记录',
  input: Type.Object({ account: Type.Optional(Id), cursor: Cursor, limit: Limit }),
  output: Type.Object({
    items: Type.Array(
      Type.Object({
        id: Id,
        fromName: Type.String(),
        leaving: Type.Boolean(),
        reason: Type.String(),
        note: NullableString,
        items: Type.Integer(),
        posts: Type.Integer(),
        toNames: Type.Array(Type.String()),
        signedByName: Type.String(),
        signedAt: Instant,
      }),
    ),
    next: NullableString,
  }),
})

export const listVacancies = route({
  name: 'org.list_vacancies',
  kind: 'query',
  method: 'GET',
  path: '/org/vacancies',
  audience: 'staff',
  permission: 'org.account.manage',
  summary: '无人承接的在办事项：岗位空缺，或承办人已停用',
  input: Type.Object({}),
  output: Type.Object({
    items: Type.Array(
      Type.Object({
        unit: Nullable(UnitBrief),
        role: Type.String(),
        /** A disabled account in whose name the work stands; null = nobody holds the role in the unit. */
        account: Nullable(PersonBrief),
        openWork: Type.Integer(),
        nextDueAt: NullableInstant,
      }),
    ),
  }),
})

/** Events that other modules may listen to, as jobs `event:<name>`. */
export const EVENTS = {
  unitChanged: 'event:org.unit_changed',
  handedOver: 'event:org.handed_over',
} as const

export const getPublicFace = route({
  name: 'org.get_public_face',
  kind: 'query',
  method: 'GET',
  path: '/public/face',
  audience: 'public',
  permission: null,
  why: 'who stands behind a public page must be open to everybody',
  summary: '居民端的主办单位、备案编号、投诉电话',
  input: Type.Object({}),
  output: Type.Object({
    sponsor: Type.String(),
    filingNumber: NullableString,
    complaintPhone: Type.String(),
    /** Everything shown is 演示. */
    demo: Type.Boolean(),
  }),
  rateLimit: 60,
})

export const getPhoneWorker = route({
  name: 'org.get_phone_worker',
  kind: 'query',
  method: 'GET',
  path: '/public/phone-worker.js',
  audience: 'public',
  permission: null,
  why: 'a script of the public pages',
  summary: '居民端离线脚本',
  input: Type.Object({}),
  output: Type.Unknown(),
  stream: true,
  rateLimit: 120,
})

export const getPhoneManifest = route({
  name: 'org.get_phone_manifest',
  kind: 'query',
  method: 'GET',
  path: '/public/phone.webmanifest',
  audience: 'public',
  permission: null,
  why: 'name and icon of the public pages',
  summary: '居民端添加到主屏幕的名称和图标',
  input: Type.Object({}),
  output: Type.Unknown(),
  stream: true,
  rateLimit: 120,
})
