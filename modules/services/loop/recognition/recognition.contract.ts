import { Type } from 'typebox'
import { Id, Instant, route } from '#platform/contract/route.ts'

const Nullable = <T extends Parameters<typeof Type.Union>[0][number]>(shape: T) => Type.Union([shape, Type.Null()])

/** line 条线, class 类别. */
const TaskShape = Type.Union([Type.Literal('line'), Type.Literal('class')])
const Share = Type.Number({ minimum: 0, maximum: 1 })
const Reason = Type.String({ minLength: 4, maxLength: 500 })
const Named = Type.Object({ code: Type.String(), name: Type.String() })

const FiguresShape = Type.Object({
  folds: Type.Integer(),
  examples: Type.Integer(),
  macroF1: Type.Number(),
  accuracy: Type.Number(),
  calibrationError: Type.Number(),
  perLabel: Type.Array(
    Type.Object({
      code: Type.String(),
      name: Type.String(),
      precision: Type.Number(),
      recall: Type.Number(),
      f1: Type.Number(),
      count: Type.Integer(),
    }),
  ),
  confusion: Type.Array(Type.Object({ decided: Named, said: Named, count: Type.Integer() })),
  calibration: Type.Array(
    Type.Object({ from: Type.Number(), count: Type.Integer(), stated: Type.Number(), observed: Type.Number() }),
  ),
  /** Messages that came with the product. */
  shipped: Nullable(Type.Object({ count: Type.Integer(), macroF1: Type.Number(), accuracy: Type.Number() })),
  /** The county's decided cases. */
  county: Nullable(Type.Object({ count: Type.Integer(), accuracy: Type.Number() })),
})

const ModelShape = Type.Object({
  id: Id,
  task: TaskShape,
  /** 0 came with the product. */
  version: Type.Integer(),
  /** shipped: the model that comes with the product; words: words of the duty list; trained: in this county. */
  origin: Type.Union([Type.Literal('shipped'), Type.Literal('words'), Type.Literal('trained')]),
  state: Type.Union([
    Type.Literal('waiting'),
    Type.Literal('failed'),
    Type.Literal('candidate'),
    Type.Literal('dropped'),
    Type.Literal('serving'),
    Type.Literal('served'),
  ]),
  threshold: Share,
  requestedAt: Nullable(Instant),
  requestedBy: Nullable(Type.String()),
  trainedAt: Nullable(Instant),
  trainSeconds: Nullable(Type.Number()),
  examples: Nullable(
    Type.Object({
      shipped: Type.Integer(),
      corrections: Type.Integer(),
      confirmed: Type.Integer(),
      outside: Type.Integer(),
      weights: Type.Object({ shipped: Type.Number(), confirmed: Type.Number(), correction: Type.Number() }),
    }),
  ),
  figures: Nullable(FiguresShape),
  /** Cases it spoke of while in use that a person has decided since, and how many as it said; excluded ones left out. */
  inUse: Nullable(Type.Object({ decided: Type.Integer(), right: Type.Integer() })),
  failure: Nullable(Type.String()),
  /** It can be put in use (again). */
  usable: Type.Boolean(),
})

export const getRecognition = route({
  name: 'loop.get_recognition',
  kind: 'query',
  method: 'GET',
  path: '/loop/recognition',
  audience: 'staff',
  permission: 'loop.recognition.view',
  summary: '识别模型：在用、候选、历史版本与更正样本数（文本类别准确率不等于派单准确率）',
  input: Type.Object({ task: TaskShape }),
  output: Type.Object({
    serving: ModelShape,
    candidate: Nullable(ModelShape),
    /** Being trained now. */
    waiting: Nullable(ModelShape),
    /** The last training that failed, unless there was one after it. */
    failed: Nullable(ModelShape),
    earlier: Type.Array(ModelShape),
    labels: Type.Object({
      corrected: Type.Integer(),
      unsure: Type.Integer(),
      confirmed: Type.Integer(),
      excluded: Type.Integer(),
      /** Corrections since the last training. */
      fresh: Type.Integer(),
    }),
    /** Classes with enough decided cases to be learned, and how many cases are enough. */
    learnable: Type.Object({ labels: Type.Integer(), least: Type.Integer() }),
    can: Type.Object({ manage: Type.Boolean(), switch: Type.Boolean() }),
  }),
})

export const listRecognitionLabels = route({
  name: 'loop.list_recognition_labels',
  kind: 'query',
  method: 'GET',
  path: '/loop/recognition/labels',
  audience: 'staff',
  permission: 'loop.recognition.view',
  summary: '更正样本：人工确定与识别不同、或识别没有把握的案件，最新在前，只列本人可见的案件',
  input: Type.Object({
    task: TaskShape,
    kind: Type.Optional(Type.Union([Type.Literal('corrected'), Type.Literal('unsure'), Type.Literal('confirmed')])),
    excluded: Type.Optional(Type.Boolean()),
    decided: Type.Optional(Type.String({ maxLength: 60 })),
    cursor: Type.Optional(Type.String()),
    limit: Type.Optional(Type.Integer({ minimum: 1, maximum: 200 })),
  }),
  output: Type.Object({
    items: Type.Array(
      Type.Object({
        id: Id,
        caseId: Id,
        number: Type.String(),
        title: Type.String(),
        kind: Type.Union([Type.Literal('corrected'), Type.Literal('unsure'), Type.Literal('confirmed')]),
        said: Nullable(Named),
        confidence: Nullable(Type.Number()),
        version: Nullable(Type.Integer()),
        decided: Named,
        action: Type.String(),
        decidedBy: Type.String(),
        decidedAt: Instant,
        excluded: Nullable(Type.Object({ at: Instant, by: Nullable(Type.String()), reason: Type.String() })),
      }),
    ),
    next: Nullable(Type.String()),
    /** Lines or classes that were decided, to filter by. */
    labels: Type.Array(Named),
  }),
})

export const judgeRecognitionLabel = route({
  name: 'loop.judge_recognition_label',
  kind: 'command',
  method: 'POST',
  path: '/loop/recognition/labels/judge',
  audience: 'staff',
  permission: 'loop.recognition.manage',
  summary: '剔除错误的更正样本（写明理由），或恢复',
  input: Type.Object({ labelId: Id, excluded: Type.Boolean(), reason: Reason }),
  output: Type.Object({ id: Id, excluded: Type.Boolean() }),
})

export const trainRecognitionModel = route({
  name: 'loop.train_recognition_model',
  kind: 'command',
  method: 'POST',
  path: '/loop/recognition/train',
  audience: 'staff',
  permission: 'loop.recognition.manage',
  summary: '用出厂样本和本县（市、区）更正样本训练候选模型，在后台进行',
  input: Type.Object({ task: TaskShape }),
  output: Type.Object({ id: Id, version: Type.Integer() }),
  errors: ['loop.recognition_training', 'loop.recognition_too_few'],
})

export const getRecognitionShadow = route({
  name: 'loop.get_recognition_shadow',
  kind: 'query',
  method: 'GET',
  path: '/loop/recognition/shadow',
  audience: 'staff',
  permission: 'loop.recognition.view',
  summary: '影子对比：候选模型与在用模型对每件新上报各自怎么识别，与人工确定的对照；差异逐件可查',
  input: Type.Object({
    task: TaskShape,
    cursor: Type.Optional(Type.String()),
    limit: Type.Optional(Type.Integer({ minimum: 1, maximum: 200 })),
  }),
  output: Type.Object({
    /** Null where there is no candidate. */
    comparison: Nullable(
      Type.Object({
        serving: Type.Object({ id: Id, version: Type.Integer() }),
        candidate: Type.Object({ id: Id, version: Type.Integer() }),
        since: Nullable(Instant),
        cases: Type.Integer(),
        agree: Type.Integer(),
        decided: Type.Integer(),
        servingRight: Type.Integer(),
        candidateRight: Type.Integer(),
        servingUnsure: Type.Integer(),
        candidateUnsure: Type.Integer(),
      }),
    ),
    /** Cases on which they differ, as far as the reader may see them. */
    items: Type.Array(
      Type.Object({
        caseId: Id,
        number: Type.String(),
        title: Type.String(),
        at: Instant,
        serving: Nullable(Named),
        servingConfidence: Nullable(Type.Number()),
        servingSure: Type.Boolean(),
        candidate: Nullable(Named),
        candidateConfidence: Nullable(Type.Number()),
        candidateSure: Type.Boolean(),
        decided: Nullable(Named),
      }),
    ),
    next: Nullable(Type.String()),
    can: Type.Object({ switch: Type.Boolean() }),
  }),
})

export const switchRecognition = route({
  name: 'loop.switch_recognition',
  kind: 'command',
  method: 'POST',
  path: '/loop/recognition/switch',
  audience: 'staff',
  permission: 'loop.recognition.switch',
  summary: '切换在用模型（写明理由，可切回），留痕存证',
  input: Type.Object({
    modelId: Id,
    /** The model in use as the person saw it. */
    fromId: Id,
    reason: Reason,
  }),
  output: Type.Object({ id: Id, version: Type.Integer() }),
  errors: ['loop.recognition_moved', 'loop.recognition_not_usable'],
})

const EffectShape = Type.Object({
  /** How many were looked at. */
  count: Type.Integer(),
  toPersonNow: Type.Integer(),
  toPersonThen: Type.Integer(),
  /** Of those that a person decided: how many the model says alone, and how many of these rightly. */
  decidedAlone: Type.Integer(),
  rightAlone: Type.Integer(),
})

export const previewRecognitionThreshold = route({
  name: 'loop.preview_recognition_threshold',
  kind: 'query',
  method: 'GET',
  path: '/loop/recognition/threshold',
  audience: 'staff',
  permission: 'loop.recognition.view',
  summary: '把握阈值的影响：最近上报的案件中，多少件会转人工判断',
  input: Type.Object({ modelId: Id, threshold: Share }),
  output: Type.Object({
    /** The last reports that the model spoke to, at most 500. */
    reports: EffectShape,
    /** By cross-validation at the nearest step of .05; shares. */
    heldOut: Nullable(Type.Object({ threshold: Share, toPerson: Share, right: Share })),
  }),
})

export const setRecognitionThreshold = route({
  name: 'loop.set_recognition_threshold',
  kind: 'command',
  method: 'POST',
  path: '/loop/recognition/threshold',
  audience: 'staff',
  permission: 'loop.recognition.switch',
  summary: '设定把握阈值：低于它由人判断',
  input: Type.Object({ modelId: Id, threshold: Share, reason: Reason }),
  output: Type.Object({ id: Id, threshold: Type.Number() }),
  errors: ['loop.recognition_not_usable'],
})

export const listRecognitionChanges = route({
  name: 'loop.list_recognition_changes',
  kind: 'query',
  method: 'GET',
  path: '/loop/recognition/changes',
  audience: 'staff',
  permission: 'loop.recognition.view',
  summary: '识别模型的训练、切换、阈值和样本剔除记录',
  input: Type.Object({
    task: TaskShape,
    cursor: Type.Optional(Type.String()),
    limit: Type.Optional(Type.Integer({ minimum: 1, maximum: 200 })),
  }),
  output: Type.Object({
    items: Type.Array(
      Type.Object({
        id: Id,
        kind: Type.Union([
          Type.Literal('trained'),
          Type.Literal('switched'),
          Type.Literal('threshold'),
          Type.Literal('excluded'),
          Type.Literal('included'),
        ]),
        version: Nullable(Type.Integer()),
        fromVersion: Nullable(Type.Integer()),
        subject: Nullable(Type.String()),
        reason: Nullable(Type.String()),
        by: Nullable(Type.String()),
        at: Instant,
      }),
    ),
    next: Nullable(Type.String()),
  }),
})
