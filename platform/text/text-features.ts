import { segment } from './tokenize.ts'

/** A text as it comes in: what stands in its title weighs more than what stands in the body. */
export interface TitledText {
  title: string
  text: string
}

/** The kinds of features, each normalised by itself. Shares were found by cross-validation (docs/adr/0006-text-model.md). */
export const FEATURE_KINDS = [
  { name: 'title characters', share: 1 },
  { name: 'text characters', share: 2 },
  { name: 'title words', share: 0.5 },
  { name: 'text words', share: 0.7 },
] as const

const TITLE_CHARACTERS = 0
const TEXT_CHARACTERS = 1
const TITLE_WORDS = 2
const TEXT_WORDS = 3

/** Longest run of characters that is one feature. */
const LONGEST = 3

/** What stands behind this many characters hardly changes a decision, and an unbounded text must not cost unbounded time. */
const TEXT_CAP = 6000

const TITLE_CAP = 200

/**
 * The form that features are read from. Names of masked places (a7县) and numbers say nothing about the matter, only which
 * place the examples came from: their letters and digits are taken out.
 */
export function featureText(text: string): string {
  return text
    .normalize('NFKC')
    .toLowerCase()
    .replace(/[a-z]\d{0,2}(?=[市县区州])/g, '')
    .replace(/\d+/g, '0')
    .replace(/\s+/g, ' ')
    .trim()
}

/** A text without a title of its own is given its first sentence as one. */
export function titled(text: string, title?: string): TitledText {
  const own = title?.trim()
  if (own) return { title: own.slice(0, TITLE_CAP), text: text.slice(0, TEXT_CAP) }
  const first = text.trim().split(/[。！？!?；;\n]/, 1)[0] ?? ''
  return { title: first.slice(0, 30), text: text.slice(0, TEXT_CAP) }
}

export type FeatureSink = (kind: number, key: number, from: number, to: number) => void

/** A title or body in feature form with its words, cut once. */
export interface PreparedText {
  title: { text: string; words: string[] }
  body: { text: string; words: string[] }
}

export function prepare(input: TitledText): PreparedText {
  const part = (raw: string) => {
    const text = featureText(raw)
    return { text, words: segment(text) }
  }
  return { title: part(input.title.slice(0, TITLE_CAP)), body: part(input.text.slice(0, TEXT_CAP)) }
}

/**
 * Calls `sink` for every occurrence of every feature: runs of one to three characters that do not cross punctuation, and
 * words. `from` and `to` are the place in the part's feature text. Keys are 32-bit hashes; kinds have hashes of their own.
 */
export function eachFeature(prepared: PreparedText, sink: FeatureSink): void {
  eachRun(prepared.title.text, TITLE_CHARACTERS, sink)
  eachRun(prepared.body.text, TEXT_CHARACTERS, sink)
  eachWord(prepared.title.words, TITLE_WORDS, sink)
  eachWord(prepared.body.words, TEXT_WORDS, sink)
}

export function isTitleKind(kind: number): boolean {
  return kind === TITLE_CHARACTERS || kind === TITLE_WORDS
}

function eachRun(text: string, kind: number, sink: FeatureSink): void {
  const { length } = text
  const start = seed(kind)
  for (let from = 0; from < length; from++) {
    let hash = start
    for (let to = from; to < length && to < from + LONGEST; to++) {
      const unit = text.charCodeAt(to)
      if (!isLetterOrDigit(unit)) break
      hash = mix(hash, unit)
      sink(kind, finish(hash), from, to + 1)
    }
  }
}

function eachWord(words: readonly string[], kind: number, sink: FeatureSink): void {
  const start = seed(kind)
  let from = 0
  for (const word of words) {
    const to = from + word.length
    if (isLetterOrDigit(word.charCodeAt(0))) {
      let hash = start
      for (let at = 0; at < word.length; at++) hash = mix(hash, word.charCodeAt(at))
      sink(kind, finish(hash), from, to)
    }
    from = to
  }
}

/** Latin letters, digits, Han; anything else (punctuation, symbols, halves of surrogate pairs) separates. */
export function isLetterOrDigit(unit: number): boolean {
  return (
    (unit >= 0x4e00 && unit <= 0x9fff) ||
    (unit >= 0x61 && unit <= 0x7a) ||
    (unit >= 0x30 && unit <= 0x39) ||
    (unit >= 0x3400 && unit <= 0x4dbf) ||
    (unit >= 0xc0 && unit <= 0x24f)
  )
}

function seed(kind: number): number {
  return Math.imul(kind + 1, 0x9e3779b1)
}

function mix(hash: number, unit: number): number {
  const mixed = Math.imul(hash ^ unit, 0x5bd1e995)
  return mixed ^ (mixed >>> 13)
}

function finish(hash: number): number {
  const mixed = Math.imul(hash ^ (hash >>> 15), 0x85ebca6b)
  return (mixed ^ (mixed >>> 16)) >>> 0
}
