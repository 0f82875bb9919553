import { WEIGHTS } from './score-weights.ts'
import { type WordShares, wordWeight } from './word-shares.ts'

/** What is compared of the asked text: its entries of the search index and what each says. */
export interface AskedWords {
  words: readonly string[]
  weights: ReadonlyMap<string, number>
  total: number
}

/** What the index holds of a candidate, as far as it is compared. */
export interface FoundWords {
  /** Entries in common. */
  shared: readonly string[]
  /** Number of entries of the candidate. */
  size: number
  /** Its entries of the kind `3幢`, `15号`. */
  marks: readonly string[]
}

export interface Nearness {
  /** Between the points; null where one has none. */
  metres: number | null
  /** Where points are missing: what the divisions say. */
  division: 'same-village' | 'other-village' | 'other-town' | 'unknown'
  /** Between the two reports. */
  days: number
  /** null where one of them has no class. */
  sameClass: boolean | null
}

const NAMED_NUMBER = /^\d+[幢栋弄号室座期楼组]$/

export function askedWords(words: readonly string[], shares: WordShares): AskedWords {
  const weights = new Map(words.map((word) => [word, wordWeight(shares.of(word))]))
  return { words, weights, total: [...weights.values()].reduce((sum, weight) => sum + weight, 0) }
}

/** Entries of a text that name a number of a house, so that a candidate's can be held against them. */
export function namedNumbers(words: readonly string[]): string[] {
  return words.filter((word) => NAMED_NUMBER.test(word))
}

export interface TextFeatures {
  /** Weight of what is common, as a share of the asked text's. */
  ofAsked: number
  /** Number of common entries, as a share of the candidate's. */
  ofFound: number
  /** Weight of what is common (nats), its logarithm. */
  evidence: number
  /** Both name numbers of one kind (`3幢`, `5幢`) and none is common. */
  otherNumber: 0 | 1
}

export function textFeatures(asked: AskedWords, found: FoundWords): TextFeatures {
  const common = found.shared.reduce((sum, word) => sum + (asked.weights.get(word) ?? 0), 0)
  return {
    ofAsked: asked.total === 0 ? 0 : common / asked.total,
    ofFound: found.size === 0 ? 0 : Math.min(1, found.shared.length / found.size),
    evidence: Math.log1p(common),
    otherNumber: otherNumber(asked.words, found.marks) ? 1 : 0,
  }
}

function otherNumber(words: readonly string[], marks: readonly string[]): boolean {
  const own = namedNumbers(words)
  return own.some(
    (mark) => marks.some((other) => other.at(-1) === mark.at(-1)) && !own.some((each) => marks.includes(each)),
  )
}

/** What the log-odds are a weighted sum of. */
export function textTerms({ ofAsked, ofFound, evidence }: Omit<TextFeatures, 'otherNumber'>) {
  return {
    bias: 1,
    more: Math.max(ofAsked, ofFound),
    less: Math.sqrt(Math.min(ofAsked, ofFound)),
    evidence,
  }
}

/** Words weighing so much in common (nats; about ten rare entries) are enough to know a matter by. */
const ENOUGH_EVIDENCE = 60
/** Words alone never say more than this. */
const SUREST = 5

/** Log-odds that two texts are about the same matter, from the words alone, unbounded: for ordering. */
export function textLogit(features: TextFeatures): number {
  const terms = textTerms(features)
  return (Object.keys(terms) as (keyof typeof terms)[]).reduce((sum, name) => sum + WEIGHTS[name] * terms[name], 0)
}

/**
 * Log-odds of the same matter from words, place, time and class. `路灯不亮` in two towns is two matters however alike the words
 * are: what words can say at most depends on how much they say.
 */
export function matterLogit(features: TextFeatures, nearness: Nearness): number {
  const most = SUREST * Math.min(1, Math.expm1(features.evidence) / ENOUGH_EVIDENCE)
  // Two buildings of one village [D]; letters from anywhere name so many numbers that there it says nothing.
  const other = features.otherNumber && nearness.metres === null && nearness.division === 'same-village' ? -2 : 0
  return Math.min(textLogit(features), most) + nearnessLogit(nearness) + other
}

/**
 * What place, time and class add to the log-odds. Set by judgement [D], as the real messages carry no points to fit it to:
 * the weights of the words are fitted among thousands of cases from anywhere, of which a handful lie at one spot in one week.
 */
export function nearnessLogit({ metres, division, days, sameClass }: Nearness): number {
  const place =
    metres === null
      ? { 'same-village': 1.5, 'other-village': -4, 'other-town': -6, unknown: 0 }[division]
      : metres <= 50
        ? 4
        : metres <= 200
          ? 3
          : metres <= 500
            ? 1
            : metres <= 1500
              ? -2
              : -6
  return place + timeLogit(days) + (sameClass === null ? 0 : sameClass ? 1.5 : -1)
}

function timeLogit(days: number): number {
  return days <= 7 ? 0.3 : days <= 30 ? 0 : days <= 90 ? -0.3 : -0.8
}

/** How alike two texts are, 0 to 1: the mean of what each has of the other. Topics count here, not only the same matter. */
export function likeness({ ofAsked, ofFound }: TextFeatures): number {
  return Math.sqrt(ofAsked * ofFound)
}

export function probability(logit: number): number {
  return 1 / (1 + Math.exp(-logit))
}

const METRES_PER_DEGREE = 111_320

/** Metres between two points, exact enough within a county. */
export function metresBetween(a: { lon: number; lat: number }, b: { lon: number; lat: number }): number {
  const dLat = (a.lat - b.lat) * METRES_PER_DEGREE
  const dLon = (a.lon - b.lon) * METRES_PER_DEGREE * Math.cos((a.lat * Math.PI) / 180)
  return Math.hypot(dLat, dLon)
}
