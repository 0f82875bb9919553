import { Type } from 'typebox'
import { Id, Instant, route } from '#platform/contract/route.ts'

const Nullable = <T extends Parameters<typeof Type.Union>[0][number]>(shape: T) => Type.Union([shape, Type.Null()])
const Day = Type.String({ pattern: '^20[0-9]{2}-(0[1-9]|1[0-2])-(0[1-9]|[12][0-9]|3[01])$' })
const Line = Type.String({ maxLength: 60 })

export const WRITE = 'knowledge.article.write'
export const PUBLISH = 'knowledge.article.publish'
export const RECORD = 'knowledge.consultation.record'
export const VIEW = 'knowledge.consultation.view'

export const Visibility = Type.Union([Type.Literal('internal'), Type.Literal('public')])
const State = Type.Union([Type.Literal('draft'), Type.Literal('published'), Type.Literal('retired')])
export const Channel = Type.Union([
  Type.Literal('hotline'),
  Type.Literal('window'),
  Type.Literal('phone'),
  Type.Literal('chat'),
])

/** What is written of an article. */
const Words = {
  question: Type.String({ minLength: 4, maxLength: 120 }),
  answer: Type.String({ minLength: 10, maxLength: 3000 }),
  keywords: Type.Array(Type.String({ minLength: 2, maxLength: 20 }), { maxItems: 20, uniqueItems: true }),
  lineCode: Type.Optional(Line),
  itemCode: Type.Optional(Type.String({ maxLength: 40 })),
  basis: Type.String({ minLength: 2, maxLength: 300 }),
  /** The basis was read in its source. */
  basisRead: Type.Boolean(),
  validFrom: Day,
  validTo: Type.Optional(Day),
  reviewOn: Day,
  visibility: Visibility,
}

const VersionShape = Type.Object({
  id: Id,
  number: Type.Integer(),
  state: State,
  question: Type.String(),
  answer: Type.String(),
  keywords: Type.Array(Type.String()),
  lineCode: Nullable(Type.String()),
  lineName: Nullable(Type.String()),
  itemCode: Nullable(Type.String()),
  basis: Type.String(),
  basisRead: Type.Boolean(),
  validFrom: Type.String(),
  validTo: Nullable(Type.String()),
  reviewOn: Type.String(),
  visibility: Visibility,
  writtenBy: Nullable(Type.String()),
  writtenAt: Instant,
  publishedBy: Nullable(Type.String()),
  publishedAt: Nullable(Instant),
  retiredAt: Nullable(Instant),
  retireReason: Nullable(Type.String()),
})

const ArticleShape = Type.Object({
  id: Id,
  ownerUnit: Type.Object({ id: Id, name: Type.String() }),
  illustrative: Type.Boolean(),
  /** Versions, the newest first. */
  versions: Type.Array(VersionShape),
  feedback: Type.Array(
    Type.Object({
      id: Id,
      verdict: Type.Union([Type.Literal('helpful'), Type.Literal('wrong')]),
      words: Nullable(Type.String()),
      channel: Type.String(),
      at: Instant,
      settledAt: Nullable(Instant),
      settleNote: Nullable(Type.String()),
    }),
  ),
  helpful: Type.Integer(),
  used: Type.Integer(),
  can: Type.Object({ write: Type.Boolean(), publish: Type.Boolean(), retire: Type.Boolean() }),
})

const RowShape = Type.Object({
  id: Id,
  versionId: Id,
  state: State,
  question: Type.String(),
  lineCode: Nullable(Type.String()),
  lineName: Nullable(Type.String()),
  ownerUnit: Type.String(),
  visibility: Visibility,
  basisRead: Type.Boolean(),
  reviewOn: Type.String(),
  /** Its day of review has come. */
  due: Type.Boolean(),
  illustrative: Type.Boolean(),
  hasDraft: Type.Boolean(),
  openFeedback: Type.Integer(),
  used: Type.Integer(),
})

const OPEN = 'what is published, and what is being written, is open to every official'

export const listArticles = route({
  name: 'knowledge.list_articles',
  kind: 'query',
  method: 'GET',
  path: '/knowledge/articles',
  audience: 'staff',
  permission: null,
  why: OPEN,
  summary: '知识条目：按文字、条线、状态、待复核、待处理反馈查找',
  input: Type.Object({
    q: Type.Optional(Type.String({ maxLength: 100 })),
    line: Type.Optional(Line),
    state: Type.Optional(State),
    show: Type.Optional(
      Type.Union([Type.Literal('due'), Type.Literal('feedback'), Type.Literal('draft'), Type.Literal('unread')]),
    ),
  }),
  output: Type.Object({
    items: Type.Array(RowShape),
    due: Type.Integer(),
    feedback: Type.Integer(),
    drafts: Type.Integer(),
    can: Type.Object({ write: Type.Boolean(), publish: Type.Boolean() }),
  }),
})

export const getArticle = route({
  name: 'knowledge.get_article',
  kind: 'query',
  method: 'GET',
  path: '/knowledge/articles/:id',
  audience: 'staff',
  permission: null,
  why: OPEN,
  summary: '一个知识条目：各版本、反馈、可办操作',
  input: Type.Object({ id: Id }),
  output: ArticleShape,
})

const HitShape = Type.Object({
  id: Id,
  versionId: Id,
  question: Type.String(),
  answer: Type.String(),
  lineCode: Nullable(Type.String()),
  lineName: Nullable(Type.String()),
  basis: Type.String(),
  basisRead: Type.Boolean(),
  ownerUnit: Type.String(),
  illustrative: Type.Boolean(),
  visibility: Visibility,
  /** Share of what was asked that the article answers to, 0 to 1. */
  score: Type.Number(),
})

export const searchArticles = route({
  name: 'knowledge.search_articles',
  kind: 'query',
  method: 'POST',
  path: '/knowledge/search',
  audience: 'staff',
  permission: null,
  why: OPEN,
  summary: '接听时按所问文字查知识库，最贴近的在前',
  input: Type.Object({
    text: Type.String({ minLength: 1, maxLength: 2000 }),
    limit: Type.Optional(Type.Integer({ minimum: 1, maximum: 20, default: 5 })),
  }),
  output: Type.Object({ items: Type.Array(HitShape) }),
})

export const saveArticle = route({
  name: 'knowledge.save_article',
  kind: 'command',
  method: 'POST',
  path: '/knowledge/articles',
  audience: 'staff',
  permission: WRITE,
  summary: '写条目：新建，或为已有条目写下一版草稿',
  input: Type.Object({
    ...Words,
    /** The article whose next version it is; a new one where it is left out. */
    articleId: Type.Optional(Id),
    ownerUnitId: Type.Optional(Id),
  }),
  output: ArticleShape,
  errors: ['knowledge.line_unknown', 'knowledge.unit_unknown', 'knowledge.dates_wrong'],
})

export const publishArticles = route({
  name: 'knowledge.publish_articles',
  kind: 'command',
  method: 'POST',
  path: '/knowledge/publish',
  audience: 'staff',
  permission: PUBLISH,
  summary: '发布草稿（可多条）；写的人不能自己发布',
  input: Type.Object({ articleIds: Type.Array(Id, { minItems: 1, maxItems: 200, uniqueItems: true }) }),
  output: Type.Object({ published: Type.Integer() }),
  errors: ['knowledge.no_draft', 'knowledge.own_draft'],
})

export const retireArticle = route({
  name: 'knowledge.retire_article',
  kind: 'command',
  method: 'POST',
  path: '/knowledge/articles/:id/retire',
  audience: 'staff',
  permission: PUBLISH,
  summary: '停用已发布的条目',
  input: Type.Object({ id: Id, reason: Type.String({ minLength: 2, maxLength: 200 }) }),
  output: ArticleShape,
  errors: ['knowledge.not_published'],
})

export const judgeArticle = route({
  name: 'knowledge.judge_article',
  kind: 'command',
  method: 'POST',
  path: '/knowledge/articles/:id/feedback',
  audience: 'staff',
  permission: null,
  why: 'every official who reads an article may say that it helped or is wrong',
  summary: '反馈：有用，或有误（转归口单位）',
  input: Type.Object({
    id: Id,
    verdict: Type.Union([Type.Literal('helpful'), Type.Literal('wrong')]),
    words: Type.Optional(Type.String({ minLength: 2, maxLength: 500 })),
  }),
  output: Type.Object({ ok: Type.Boolean() }),
  errors: ['knowledge.not_published', 'knowledge.words_needed'],
})

export const settleFeedback = route({
  name: 'knowledge.settle_feedback',
  kind: 'command',
  method: 'POST',
  path: '/knowledge/feedback/:feedbackId/settle',
  audience: 'staff',
  permission: WRITE,
  summary: '处理一条“有误”反馈',
  input: Type.Object({ feedbackId: Id, note: Type.String({ minLength: 2, maxLength: 300 }) }),
  output: ArticleShape,
})

export const exportArticles = route({
  name: 'knowledge.export_articles',
  kind: 'query',
  method: 'GET',
  path: '/knowledge-export',
  audience: 'staff',
  permission: null,
  why: OPEN,
  summary: '导出知识库（Excel），改后可再导入',
  input: Type.Object({}),
  output: Type.Unknown(),
  stream: true,
})

export const importArticles = route({
  name: 'knowledge.import_articles',
  kind: 'command',
  method: 'POST',
  path: '/knowledge-import',
  audience: 'staff',
  permission: WRITE,
  summary: '从 Excel 导入为草稿；有错的行逐行说明，不影响其余',
  input: Type.Object({
    /** An uploaded file of one's own (.xlsx). */
    fileId: Type.String({ format: 'uuid' }),
    /** Only says what would come of it. */
    dryRun: Type.Boolean(),
  }),
  output: Type.Object({
    added: Type.Integer(),
    changed: Type.Integer(),
    same: Type.Integer(),
    problems: Type.Array(
      Type.Object({ row: Type.Integer(), problem: Type.String(), params: Type.Record(Type.String(), Type.String()) }),
    ),
  }),
  errors: ['knowledge.file_unknown'],
})

const PublicHit = Type.Object({
  id: Id,
  question: Type.String(),
  answer: Type.String(),
  lineName: Nullable(Type.String()),
  ownerUnit: Type.String(),
  basis: Type.String(),
  basisRead: Type.Boolean(),
  illustrative: Type.Boolean(),
  updatedAt: Instant,
})

export const listPublicAnswers = route({
  name: 'knowledge.list_public_answers',
  kind: 'query',
  method: 'GET',
  path: '/public/answers',
  audience: 'public',
  permission: null,
  why: 'published answers for everybody',
  summary: '常见问题：查找和按主题浏览',
  input: Type.Object({
    q: Type.Optional(Type.String({ maxLength: 100 })),
    line: Type.Optional(Line),
  }),
  output: Type.Object({
    items: Type.Array(PublicHit),
    topics: Type.Array(Type.Object({ code: Type.String(), name: Type.String(), count: Type.Integer() })),
  }),
  rateLimit: 240,
})

export const judgePublicly = route({
  name: 'knowledge.judge_publicly',
  kind: 'command',
  method: 'POST',
  path: '/public/answers/feedback',
  audience: 'public',
  permission: null,
  why: 'anybody may say that a published answer helped or is wrong; rate-limited',
  summary: '居民反馈：有用，或有误',
  input: Type.Object({
    articleId: Id,
    verdict: Type.Union([Type.Literal('helpful'), Type.Literal('wrong')]),
    words: Type.Optional(Type.String({ minLength: 2, maxLength: 500 })),
  }),
  output: Type.Object({ ok: Type.Boolean() }),
  errors: ['knowledge.words_needed'],
  rateLimit: 20,
})

export const ConsultationFields = {
  question: Type.String({ minLength: 2, maxLength: 2000 }),
  channel: Channel,
  askerName: Type.Optional(Type.String({ maxLength: 40 })),
  askerPhone: Type.Optional(Type.String({ pattern: '^(\\+?86)?1[3-9][0-9]{9}$|^0[0-9]{2,3}-?[0-9]{7,8}$' })),
  townCode: Type.Optional(Type.String({ pattern: '^[0-9]{9}$' })),
  villageCode: Type.Optional(Type.String({ pattern: '^[0-9]{12}$' })),
  lineCode: Type.Optional(Line),
  seconds: Type.Optional(Type.Integer({ minimum: 0, maximum: 86_400 })),
}

export const recordConsultation = route({
  name: 'knowledge.record_consultation',
  kind: 'command',
  method: 'POST',
  path: '/knowledge/consultations',
  audience: 'staff',
  permission: RECORD,
  summary: '记一次咨询：已答复（用了哪条知识或怎么答的），或未能答复；不立单',
  input: Type.Object({
    ...ConsultationFields,
    /** Read out: the question counts as answered. */
    articleId: Type.Optional(Id),
    /** What was said without an article. */
    answer: Type.Optional(Type.String({ minLength: 2, maxLength: 1000 })),
  }),
  output: Type.Object({ id: Id, outcome: Type.String() }),
  errors: ['knowledge.not_published', 'knowledge.line_unknown', 'knowledge.place_not_yours'],
})

const Outcome = Type.Union([Type.Literal('answered'), Type.Literal('unanswered'), Type.Literal('reported')])

const ConsultationShape = Type.Object({
  id: Id,
  at: Instant,
  channel: Channel,
  outcome: Outcome,
  question: Type.String(),
  answer: Nullable(Type.String()),
  article: Nullable(Type.Object({ id: Id, question: Type.String() })),
  caseId: Nullable(Id),
  lineCode: Nullable(Type.String()),
  lineName: Nullable(Type.String()),
  townName: Nullable(Type.String()),
  unitName: Nullable(Type.String()),
  asker: Nullable(Type.String()),
})

const ConsultationFilters = {
  line: Type.Optional(Line),
  outcome: Type.Optional(Outcome),
  channel: Type.Optional(Channel),
  article: Type.Optional(Id),
  from: Type.Optional(Day),
  to: Type.Optional(Day),
  q: Type.Optional(Type.String({ maxLength: 100 })),
}

export const listConsultations = route({
  name: 'knowledge.list_consultations',
  kind: 'query',
  method: 'GET',
  path: '/knowledge/consultations',
  audience: 'staff',
  permission: VIEW,
  summary: '咨询记录，最新在前；提问人脱敏',
  input: Type.Object({ ...ConsultationFilters, cursor: Type.Optional(Type.String({ maxLength: 20 })) }),
  output: Type.Object({ items: Type.Array(ConsultationShape), next: Nullable(Type.String()) }),
})

export const countConsultations = route({
  name: 'knowledge.count_consultations',
  kind: 'query',
  method: 'GET',
  path: '/knowledge/consultation-numbers',
  audience: 'staff',
  permission: VIEW,
  summary: '咨询统计：按条线和结果，每个数可打开明细；未答复的问题归组，提示补条目',
  input: Type.Object({ from: Type.Optional(Day), to: Type.Optional(Day) }),
  output: Type.Object({
    from: Type.String(),
    to: Type.String(),
    total: Type.Integer(),
    answered: Type.Integer(),
    unanswered: Type.Integer(),
    reported: Type.Integer(),
    topics: Type.Array(
      Type.Object({
        lineCode: Nullable(Type.String()),
        lineName: Nullable(Type.String()),
        total: Type.Integer(),
        answered: Type.Integer(),
        unanswered: Type.Integer(),
        reported: Type.Integer(),
        /** Average of the topic. */
        seconds: Nullable(Type.Integer()),
      }),
    ),
    articles: Type.Array(Type.Object({ id: Id, question: Type.String(), count: Type.Integer() })),
    /** What was asked and not answered, alike questions together. */
    missing: Type.Array(
      Type.Object({
        question: Type.String(),
        lineCode: Nullable(Type.String()),
        lineName: Nullable(Type.String()),
        count: Type.Integer(),
      }),
    ),
  }),
})
