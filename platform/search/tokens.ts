/**
 * What the index holds of a text: every pair of neighbouring Han characters, Latin words and numbers (docs/adr/0012-search.md).
 * Measured on phrases from titles of real appeals against words cut by jieba: pairs find every text that holds the phrase (words
 * 92 %; of a name that the dictionary cuts otherwise, such as 松雅, 24 %), and of what they find 98 % holds it (words 45 %).
 */

/** Longer texts are indexed by their beginning: a tsvector has an upper bound and a very long text would be a 500. */
export const TEXT_CAP = 20_000
const WORD_CAP = 60
const WORDS_CAP = 4000
const QUERY_CAP = 16

/**
 * Telephone, identity and card numbers, also with spaces or hyphens between, never enter the index: it is not encrypted.
 * What looks like one (a date with hyphens) goes with them.
 */
const LONG_NUMBER = /(?<!\d)\d(?:[\s\-‐-―−()]{0,2}\d){6,}/g

const RUN = /(\p{Script=Han}+)|((?:(?!\p{Script=Han})[\p{L}\p{N}])+)/gu

function plain(text: string): string {
  return text.slice(0, TEXT_CAP).normalize('NFKC').toLowerCase().replace(LONG_NUMBER, ' ')
}

/** Entries of the index for a text, each once. */
export function indexWords(text: string): string[] {
  const source = plain(text)
  const words = new Set<string>()
  for (const { 0: run, 1: han, index } of source.matchAll(RUN)) {
    if (words.size >= WORDS_CAP) break
    if (han) {
      const characters = [...run]
      if (characters.length === 1) words.add(run)
      for (let i = 1; i < characters.length; i++) words.add(characters[i - 1]! + characters[i]!)
    } else if (run.length <= WORD_CAP) {
      words.add(run)
      const joined = joinedWithNext(source, run, index)
      if (joined) words.add(joined)
    }
  }
  return [...words].slice(0, WORDS_CAP)
}

/** `3幢`, `a7县`: a number or Latin word with the Han character that follows it is an entry of its own. */
function joinedWithNext(source: string, run: string, at: number): string | undefined {
  const next = /^\p{Script=Han}/u.exec(source.slice(at + run.length, at + run.length + 2))
  return next ? run + next[0] : undefined
}

/**
 * What was typed as operands of a tsquery in its text form (cast with `::tsquery`; no parser of the database is involved, so
 * no input is a syntax error), all of which must be met. Empty where nothing can be searched. A single Han character and the
 * end of what was typed match beginnings.
 */
export function queryTerms(typed: string): string[] {
  const source = plain(typed.slice(0, 200)).trim()
  const terms = new Set<string>()
  for (const { 0: run, 1: han, index } of source.matchAll(RUN)) {
    if (han) {
      const characters = [...run]
      const before = source.slice(0, index)
      if (characters.length > 1)
        for (let i = 1; i < characters.length; i++) terms.add(quoteLexeme(characters[i - 1]! + characters[i]!))
      else if (!/[\p{L}\p{N}]$/u.test(before)) terms.add(`${quoteLexeme(run)}:*`)
    } else if (run.length <= WORD_CAP) {
      const joined = joinedWithNext(source, run, index)
      const last = index + run.length === source.length
      terms.add(joined ? quoteLexeme(joined) : last && run.length > 1 ? `${quoteLexeme(run)}:*` : quoteLexeme(run))
    }
  }
  return [...terms].slice(0, QUERY_CAP)
}

/** One entry quoted as an operand of the text form of a tsquery. */
export function quoteLexeme(word: string): string {
  return `'${word.replaceAll('\\', '\\\\').replaceAll("'", "''")}'`
}
