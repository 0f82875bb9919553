import type { DutyClass } from '#modules/management/duties/domain/duty.ts'

/** A class that a text may mean, with the words that decided. */
export interface ClassSuggestion {
  readonly code: string
  readonly name: string
  readonly fullName: string
  /** Words of the text, the most telling first. */
  readonly words: readonly string[]
}

interface Hit {
  start: number
  word: string
}

/** A word that several classes share says less than one of the same length that only one has. */
const SHARED = 0.5

/**
 * Finds classes by their words in a text. The longest word wins, because it is the most specific: 污水井盖 beats 井盖, and a
 * word that lies inside a longer one that was found counts for nobody.
 */
export class ClassKeywords {
  readonly #classes = new Map<string, DutyClass>()
  /** Words by first character, longest first. */
  readonly #byFirst = new Map<string, string[]>()
  readonly #owners = new Map<string, string[]>()

  constructor(classes: Iterable<DutyClass>) {
    for (const dutyClass of classes) {
      this.#classes.set(dutyClass.code, dutyClass)
      for (const word of new Set([dutyClass.name, ...dutyClass.keywords].map(plain))) {
        if (word.length < 2) continue
        const owners = this.#owners.get(word)
        if (owners) owners.push(dutyClass.code)
        else this.#owners.set(word, [dutyClass.code])
      }
    }
    for (const word of [...this.#owners.keys()].sort((a, b) => b.length - a.length)) {
      const words = this.#byFirst.get(word[0]!)
      if (words) words.push(word)
      else this.#byFirst.set(word[0]!, [word])
    }
  }

  /** Up to `limit` classes, the likeliest first; empty where no word was found. */
  suggest(text: string, limit: number): ClassSuggestion[] {
    const found = new Map<string, { words: Set<string>; longest: number; total: number; first: number }>()
    for (const { word, start } of this.#hits(plain(text))) {
      const owners = this.#owners.get(word)!
      const weight = word.length - (owners.length > 1 ? SHARED : 0)
      for (const code of owners) {
        const entry = found.get(code)
        if (!entry) found.set(code, { words: new Set([word]), longest: weight, total: weight, first: start })
        else if (!entry.words.has(word)) {
          entry.words.add(word)
          entry.longest = Math.max(entry.longest, weight)
          entry.total += weight
        }
      }
    }
    return [...found]
      .sort(
        ([codeA, a], [codeB, b]) =>
          b.longest - a.longest || b.total - a.total || a.first - b.first || codeA.localeCompare(codeB),
      )
      .slice(0, limit)
      .map(([code, { words }]) => {
        const { name, fullName } = this.#classes.get(code)!
        return { code, name, fullName, words: [...words].sort((a, b) => b.length - a.length) }
      })
  }

  /** Words in the text that are not part of a longer one found at the same place. */
  #hits(text: string): Hit[] {
    const hits: Hit[] = []
    // Ends grow with starts here, so only the furthest end so far can cover a new word.
    let covered = 0
    for (let start = 0; start < text.length; start++) {
      const word = this.#byFirst.get(text[start]!)?.find((candidate) => text.startsWith(candidate, start))
      if (!word || start + word.length <= covered) continue
      covered = start + word.length
      hits.push({ start, word })
    }
    return hits
  }
}

/** Full-width letters and figures become plain ones, so that ＡＴＭ and ATM are one word. */
function plain(text: string): string {
  return text.normalize('NFKC').toLowerCase()
}
