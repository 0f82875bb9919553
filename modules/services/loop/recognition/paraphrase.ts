import { segment } from '#platform/text/tokenize.ts'

/** What people say otherwise. Tuning and test have lists of their own, so that a figure never rests on words it was set with. */
export interface ParaphraseWords {
  /** Groups of expressions that stand for each other. */
  synonyms: readonly (readonly string[])[]
  /** Sentences that say nothing about the matter, for the beginning, the middle and the end. */
  openings: readonly string[]
  asides: readonly string[]
  closings: readonly string[]
  /** Characters that are typed for each other. */
  slips: readonly string[]
}

/** How far a paraphrase goes from its original. */
export type Strength = 'light' | 'medium' | 'heavy' | 'short'

interface Degree {
  /** Share of the clauses that stay, and at most how many. */
  keep: [number, number]
  most: number
  swap: number
  slip: number
  chatter: number
  order: number
}

const STRENGTHS: Record<Strength, Degree> = {
  light: { keep: [0.8, 1], most: 100, swap: 0.5, slip: 0.005, chatter: 1, order: 0.2 },
  medium: { keep: [0.5, 0.8], most: 40, swap: 0.8, slip: 0.015, chatter: 2, order: 0.6 },
  heavy: { keep: [0.25, 0.5], most: 12, swap: 1, slip: 0.03, chatter: 3, order: 1 },
  // A telephone note: two clauses of a whole letter.
  short: { keep: [0, 1], most: 2, swap: 1, slip: 0.02, chatter: 1, order: 1 },
}

/** A generator of numbers from 0 to 1 that gives the same row for the same seed (mulberry32). */
export function seededRandom(seed: number): () => number {
  let state = seed >>> 0
  return () => {
    state = (state + 0x6d2b79f5) >>> 0
    let t = Math.imul(state ^ (state >>> 15), state | 1)
    t ^= t + Math.imul(t ^ (t >>> 7), t | 61)
    return ((t ^ (t >>> 14)) >>> 0) / 2 ** 32
  }
}

/**
 * The same matter in other words: part of the clauses in another order, other expressions and units, slips of the keyboard,
 * chatter around it, a title of its own. The same input and seed give the same text.
 */
export function paraphrase(
  original: { title: string; text: string },
  words: ParaphraseWords,
  strength: Strength,
  seed: number,
): { title: string; text: string } {
  const random = seededRandom(seed)
  const { keep, most, swap, slip, chatter, order } = STRENGTHS[strength]
  const pick = <T>(list: readonly T[]): T => list[Math.floor(random() * list.length)]!
  const clauses = clausesOf(`${original.title}。${original.text}`)
  const share = keep[0] + random() * (keep[1] - keep[0])
  // A clause in which something is named is what a person who reports it again keeps: the longer ones are kept first.
  const kept = clauses
    .map((clause, at) => ({ clause, at, rank: random() * Math.sqrt(clause.length) }))
    .sort((a, b) => b.rank - a.rank)
    .slice(0, Math.min(most, Math.max(1, Math.round(clauses.length * share))))
    .sort((a, b) => (random() < order ? random() - 0.5 : a.at - b.at))
    .map(({ clause }) =>
      slips(otherUnits(otherWords(clause, words.synonyms, swap, random), random), words, slip, random),
    )
  const all = [pick(words.openings), ...kept]
  for (let i = 1; i < chatter; i++) all.splice(1 + Math.floor(random() * kept.length), 0, pick(words.asides))
  all.push(pick(words.closings))
  const title = slips(otherWords(pick(kept).slice(0, 24), words.synonyms, swap, random), words, slip, random)
  return { title, text: all.map((clause) => clause + (random() < 0.7 ? '，' : '。')).join('') }
}

function clausesOf(text: string): string[] {
  return text
    .split(/[，。！？；;,!?\n\r]+/)
    .map((clause) => clause.trim())
    .filter((clause) => clause.length > 1)
}

function otherWords(
  clause: string,
  groups: readonly (readonly string[])[],
  share: number,
  random: () => number,
): string {
  return segment(clause)
    .map((word) => {
      const group = groups.find((each) => each.includes(word))
      if (!group || random() > share) return word
      const others = group.filter((each) => each !== word)
      return others[Math.floor(random() * others.length)]!
    })
    .join('')
}

const DIGITS = '零一二三四五六七八九'

/** `100米` → `100m` or `一百米`, `晚上11点` → `晚上十一点`. */
function otherUnits(clause: string, random: () => number): string {
  if (random() < 0.5) return clause
  return clause
    .replace(/(\d)(?:平方米|平米)/g, '$1㎡')
    .replace(/(\d)公里/g, '$1km')
    .replace(/(\d)米(?!线)/g, '$1m')
    .replace(/(?<!\d)(\d{1,2})(?=[点月个号栋幢楼年天元分])/g, (number) => spoken(Number(number)))
}

function spoken(number: number): string {
  if (number < 10) return DIGITS[number]!
  const tens = Math.floor(number / 10)
  return `${tens === 1 ? '' : DIGITS[tens]}十${number % 10 === 0 ? '' : DIGITS[number % 10]}`
}

/** Characters left out, doubled, exchanged with the next, or replaced by one that sounds alike. */
function slips(text: string, words: ParaphraseWords, rate: number, random: () => number): string {
  const characters = [...text]
  const out: string[] = []
  for (let i = 0; i < characters.length; i++) {
    const character = characters[i]!
    const alike = words.slips.find((pair) => pair.includes(character))
    if (alike && random() < rate * 8) out.push([...alike].find((other) => other !== character)!)
    else if (random() < rate) {
      const kind = random()
      if (kind < 0.4) continue
      if (kind < 0.6) out.push(character, character)
      else if (i + 1 < characters.length) out.push(characters[++i]!, character)
    } else out.push(character)
  }
  return out.join('')
}
