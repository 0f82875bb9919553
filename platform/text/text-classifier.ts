import { brotliCompressSync, brotliDecompressSync, constants } from 'node:zlib'
import { type Calibration, fitCalibration, probabilities } from './calibration.ts'
import { evaluateLabels, round, stratifiedFolds } from './evaluation.ts'
import { type LinearWeights, linearScores, TRAINING, type TrainingOptions, trainLinear } from './linear-machine.ts'
import { eachFeature, isTitleKind, type PreparedText, prepare, type TitledText } from './text-features.ts'
import { Vocabulary, VocabularyBuilder } from './vocabulary.ts'

export interface LabelledText extends TitledText {
  label: string
  /**
   * Multiple of the usual bound of an example's influence; 1 where it is left out. Most examples stay below the bound, so that a
   * weight below 1 takes influence away, and one above gives little. Figures count every text once.
   */
  weight?: number
}

export interface Classification {
  label: string
  /** Calibrated: of messages given .8, about eight in ten are right. Says nothing about messages of no class at all. */
  confidence: number
  /** None of the known classes (以上都不是): no class recognises the text as its own, or none is likelier than the rest. */
  none: boolean
  /** All classes with their probabilities, likeliest first. */
  ranked: { label: string; confidence: number }[]
}

/** What a model file says of itself. */
export interface ModelCard {
  trainedAt: string
  /** SHA-256 of the file of examples. */
  source: string
  examples: number
  /** Figures of inner cross-validation on the training examples themselves. */
  crossValidation: { macroF1: number; accuracy: number; folds: number }
  trainSeconds: number
}

export interface TrainTextOptions {
  /** Unlabelled texts: they only tell how rare words are. */
  background?: Iterable<TitledText>
  /** Texts that belong to no class; they teach where a class ends. */
  outside?: Iterable<TitledText>
  folds?: number
  /** Texts of one group (near copies) are held out together; each by itself where left out. */
  groups?: readonly number[]
  training?: TrainingOptions
  /** Examples are few: certainty is stated no higher than they can show. */
  modest?: boolean
  /** Share of known messages that may be turned away as "none of these". */
  turnedAway?: number
  source?: string
  trainedAt?: Date
}

const LEAST_TEXTS = 2
/** Below this no class is likelier than all others together. */
const LEAST_CONFIDENCE = 0.5
const FORMAT = 'yiti-text-classifier/1'

/** Sparse linear one-vs-rest classifier with calibrated confidence, a "none of these" and reasons in words. */
export class TextClassifier {
  readonly labels: readonly string[]
  readonly card: ModelCard
  readonly #vocabulary: Vocabulary
  readonly #model: LinearWeights
  readonly #calibration: Calibration
  readonly #noneBelow: number

  constructor(
    labels: readonly string[],
    vocabulary: Vocabulary,
    model: LinearWeights,
    calibration: Calibration,
    noneBelow: number,
    card: ModelCard,
  ) {
    this.labels = labels
    this.#vocabulary = vocabulary
    this.#model = model
    this.#calibration = calibration
    this.#noneBelow = noneBelow
    this.card = card
  }

  get features(): number {
    return this.#vocabulary.size
  }

  classify(input: TitledText): Classification {
    return this.#classify(prepare(input))
  }

  /** The class with the words of the text that spoke most for it, strongest first. */
  classifyWithWords(input: TitledText, count = 5): Classification & { words: string[] } {
    const prepared = prepare(input)
    const found = this.#classify(prepared)
    return { ...found, words: this.#words(prepared, this.labels.indexOf(found.label), count) }
  }

  #classify(prepared: PreparedText): Classification {
    const scores = linearScores(this.#model, this.#vocabulary.vector(prepared))
    const chance = probabilities(this.#calibration, scores)
    const ranked = this.labels
      .map((label, c) => ({ label, confidence: chance[c]! }))
      .sort((a, b) => b.confidence - a.confidence)
    const none = ranked[0]!.confidence < LEAST_CONFIDENCE || scores.every((score) => score < this.#noneBelow)
    return { label: ranked[0]!.label, confidence: ranked[0]!.confidence, none, ranked }
  }

  /**
   * The exact share of every character in the score (features are spread over the characters they cover), added up by word.
   */
  #words(prepared: PreparedText, label: number, count: number): string[] {
    const vocabulary = this.#vocabulary
    const { ids, values } = vocabulary.vector(prepared)
    const times = new Map<number, number>()
    eachFeature(prepared, (_kind, key) => {
      const id = vocabulary.find(key)
      if (id >= 0) times.set(id, (times.get(id) ?? 0) + 1)
    })
    const shares = new Map<number, number>()
    for (let i = 0; i < ids.length; i++) {
      const id = ids[i]!
      shares.set(id, (values[i]! * this.#model.weights[id * this.labels.length + label]!) / times.get(id)!)
    }
    const title = new Float64Array(prepared.title.text.length)
    const body = new Float64Array(prepared.body.text.length)
    eachFeature(prepared, (kind, key, from, to) => {
      const share = shares.get(vocabulary.find(key))
      if (share === undefined) return
      const part = isTitleKind(kind) ? title : body
      for (let at = from; at < to; at++) part[at]! += share / (to - from)
    })
    const sums = new Map<string, number>()
    for (const [part, characters] of [
      [prepared.title, title],
      [prepared.body, body],
    ] as const) {
      let at = 0
      for (const word of part.words) {
        let sum = 0
        for (let end = at + word.length; at < end; at++) sum += characters[at]!
        if (sum !== 0 && SPEAKING.test(word) && !FILLERS.has(word)) sums.set(word, (sums.get(word) ?? 0) + sum)
      }
    }
    const sorted = [...sums].filter(([, sum]) => sum > 0).sort((a, b) => b[1] - a[1])
    const least = (sorted[0]?.[1] ?? 0) / 8
    return sorted
      .slice(0, count)
      .filter(([, sum]) => sum >= least)
      .map(([word]) => word)
  }

  /**
   * The `keep` features that weigh most, as a classifier of its own: a tenth of the file at practically the same figures.
   */
  pruned(keep: number): TextClassifier {
    const { classes, weights } = this.#model
    const importance = new Float32Array(this.#vocabulary.size)
    for (let id = 0; id < importance.length; id++) {
      let most = 0
      for (let c = 0; c < classes; c++) most = Math.max(most, Math.abs(weights[id * classes + c]!))
      importance[id] = most * this.#vocabulary.idf[id]!
    }
    const kept = Int32Array.from(importance.keys())
      .sort((a, b) => importance[b]! - importance[a]!)
      .slice(0, keep)
      .sort((a, b) => this.#vocabulary.keys[a]! - this.#vocabulary.keys[b]!)
    const fewer = new Float32Array(kept.length * classes)
    kept.forEach((id, at) => {
      fewer.set(weights.subarray(id * classes, (id + 1) * classes), at * classes)
    })
    const model = { classes, weights: fewer, bias: this.#model.bias }
    return new TextClassifier(
      this.labels,
      this.#vocabulary.subset(kept),
      model,
      this.#calibration,
      this.#noneBelow,
      this.card,
    )
  }

  /** The same model with another card. */
  withCard(card: ModelCard): TextClassifier {
    return new TextClassifier(this.labels, this.#vocabulary, this.#model, this.#calibration, this.#noneBelow, card)
  }

  /**
   * One file: a line of JSON, then arrays byte plane by byte plane (like bytes together compress well), Brotli. Weights are
   * kept to 1/32767 of the largest.
   */
  toFile(): Buffer {
    const { keys, kinds, idf } = this.#vocabulary
    const largest = this.#model.weights.reduce((most, weight) => Math.max(most, Math.abs(weight)), 1e-9)
    const order = Int32Array.from(keys.keys()).sort((a, b) => keys[a]! - keys[b]!)
    const { classes, weights } = this.#model
    const steps = new Uint32Array(order.length)
    const small = new Int16Array(order.length * classes)
    const rarity = new Uint16Array(order.length)
    let before = 0
    order.forEach((id, at) => {
      steps[at] = keys[id]! - before
      before = keys[id]!
      rarity[at] = Math.round(idf[id]! * IDF_STEPS)
      for (let c = 0; c < classes; c++)
        small[c * order.length + at] = Math.round((weights[id * classes + c]! / largest) * 32767)
    })
    const head = {
      format: FORMAT,
      labels: this.labels,
      features: order.length,
      scale: largest / 32767,
      bias: [...this.#model.bias],
      calibration: this.#calibration,
      noneBelow: this.#noneBelow,
      card: this.card,
    }
    const raw = Buffer.concat([
      Buffer.from(`${JSON.stringify(head)}\n`),
      planes(steps),
      Buffer.from(Uint8Array.from(order, (id) => kinds[id]!)),
      planes(rarity),
      planes(small),
    ])
    return brotliCompressSync(raw, {
      params: { [constants.BROTLI_PARAM_QUALITY]: 9, [constants.BROTLI_PARAM_SIZE_HINT]: raw.length },
    })
  }

  /** @throws Error where the file is not a model of this format */
  static fromFile(file: Uint8Array): TextClassifier {
    const raw = brotliDecompressSync(file)
    const line = raw.indexOf(10)
    const head = JSON.parse(raw.subarray(0, line).toString('utf8'))
    if (head.format !== FORMAT) throw new Error(`not a text model: ${head.format}`)
    const { features, labels, scale } = head as { features: number; labels: string[]; scale: number }
    const classes = labels.length
    let at = line + 1
    const take = (bytes: number) => {
      at += bytes
      return raw.subarray(at - bytes, at)
    }
    const keys = new Uint32Array(fromPlanes(take(features * 4), 4))
    for (let i = 1; i < features; i++) keys[i] = keys[i]! + keys[i - 1]!
    const kinds = Uint8Array.from(take(features))
    const rarity = new Uint16Array(fromPlanes(take(features * 2), 2))
    const small = new Int16Array(fromPlanes(take(features * classes * 2), 2))
    const weights = new Float32Array(features * classes)
    for (let c = 0; c < classes; c++)
      for (let id = 0; id < features; id++) weights[id * classes + c] = small[c * features + id]! * scale
    return new TextClassifier(
      labels,
      new Vocabulary(
        keys,
        kinds,
        Float32Array.from(rarity, (value) => value / IDF_STEPS),
      ),
      { classes, weights, bias: Float32Array.from(head.bias as number[]) },
      head.calibration,
      head.noneBelow,
      head.card,
    )
  }
}

const IDF_STEPS = 4096

/** A word that can stand as a reason: at least two characters, one of them Han. */
const SPEAKING = /^(?=.*\p{Script=Han})[\p{L}\p{N}]{2,}$/u

/** Words of every letter to an office; they can lean to a class by chance, but are no reason. */
const FILLERS = new Set(
  `我们 你们 他们 大家 自己 这个 那个 这些 这样 什么 怎么 为什么 如何 一个 一些 没有 不是 就是 还是 可以 可是 但是 因为 所以 如果 由于 关于
  对于 进行 现在 目前 已经 一直 至今 请问 咨询 您好 你好 谢谢 感谢 尊敬 领导 书记 市长 县长 厅长 局长 政府 相关 有关 部门 希望 恳请 请求 建议
  投诉 举报 反映 问题 情况 解决 处理 要求 是否 能否 需要 应该 必须 知道 今年 去年 今天 昨天 本人 市民 百姓 老百姓 网友 上述 以上 以下 其他`
    .split(/\s+/)
    .filter(Boolean),
)

function planes(array: Uint32Array | Uint16Array | Int16Array): Buffer {
  const bytes = new Uint8Array(array.buffer, array.byteOffset, array.byteLength)
  const width = array.BYTES_PER_ELEMENT
  const out = Buffer.allocUnsafe(bytes.length)
  for (let plane = 0, at = 0; plane < width; plane++)
    for (let i = plane; i < bytes.length; i += width) out[at++] = bytes[i]!
  return out
}

function fromPlanes(bytes: Uint8Array, width: number): ArrayBuffer {
  const out = new Uint8Array(bytes.length)
  for (let plane = 0, at = 0; plane < width; plane++)
    for (let i = plane; i < out.length; i += width) out[i] = bytes[at++]!
  return out.buffer
}

/** What a model says of a text that it was not trained on. */
export type HeldOut = Omit<Classification, 'ranked'>

/**
 * Trains on labelled texts. Confidence and the bound of "none of these" come from folds that the model had not seen.
 */
export function trainTextClassifier(examples: readonly LabelledText[], options: TrainTextOptions = {}): TextClassifier {
  return trainWithHeldOut(examples, options).classifier
}

/**
 * Trains, and tells for every example what was said of it while its fold was held out. The confidence was fitted on the same
 * held-out scores: one slope and one offset a class, so that it flatters itself little where examples are many.
 */
export function trainWithHeldOut(
  examples: readonly LabelledText[],
  options: TrainTextOptions = {},
): { classifier: TextClassifier; heldOut: HeldOut[] } {
  const began = performance.now()
  const labels = [...new Set(examples.map(({ label }) => label))].sort()
  if (labels.length < 2) throw new Error('at least two classes are needed')
  const folds = options.folds ?? 3
  const training = options.training ?? TRAINING
  const builder = new VocabularyBuilder()
  const prepared = examples.map(prepare)
  for (const text of prepared) builder.add(text)
  for (const text of options.background ?? []) builder.add(prepare(text))
  const vocabulary = builder.build(LEAST_TEXTS)
  const vectors = prepared.map((text) => vocabulary.vector(text))
  const truth = examples.map(({ label }) => labels.indexOf(label))
  // −1: an example against every class
  const outside = [...(options.outside ?? [])].map((text) => vocabulary.vector(prepare(text)))

  const train = (indexes: readonly number[]) =>
    trainLinear(
      [...indexes.map((i) => vectors[i]!), ...outside],
      [...indexes.map((i) => truth[i]!), ...outside.map(() => -1)],
      labels.length,
      vocabulary.size,
      training,
      [...indexes.map((i) => examples[i]!.weight ?? 1), ...outside.map(() => 1)],
    )
  const fold = stratifiedFolds(
    examples.map(({ label }) => label),
    folds,
    training.seed,
    options.groups,
  )
  const scores = new Array<Float64Array>(examples.length)
  for (let held = 0; held < folds; held++) {
    const model = train([...fold.keys()].filter((i) => fold[i] !== held))
    fold.forEach((own, i) => {
      if (own === held) scores[i] = linearScores(model, vectors[i]!)
    })
  }
  const calibration = fitCalibration(scores, truth, options.modest)
  const likeliest = scores.map((row) => {
    const chance = probabilities(calibration, row)
    const confidence = Math.max(...chance)
    return { label: labels[chance.indexOf(confidence)]!, confidence }
  })
  const { macroF1, accuracy } = evaluateLabels(
    examples.map(({ label }) => label),
    likeliest.map(({ label }) => label),
  )
  const highest = scores.map((row) => Math.max(...row)).sort((a, b) => a - b)
  const noneBelow = highest[Math.floor(highest.length * (options.turnedAway ?? 0.05))]!
  const heldOut = likeliest.map(({ label, confidence }, i) => ({
    label,
    confidence,
    none: confidence < LEAST_CONFIDENCE || scores[i]!.every((score) => score < noneBelow),
  }))
  const model = train([...examples.keys()])
  const classifier = new TextClassifier(labels, vocabulary, model, calibration, noneBelow, {
    trainedAt: options.trainedAt?.toISOString() ?? '',
    source: options.source ?? '',
    examples: examples.length,
    crossValidation: { macroF1, accuracy, folds },
    trainSeconds: round((performance.now() - began) / 1000),
  })
  return { classifier, heldOut }
}
