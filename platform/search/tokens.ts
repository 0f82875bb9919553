import { Jieba } from '@node-rs/jieba'
import { dict } from '@node-rs/jieba/dict.js'

let jieba: Jieba | undefined

/** Longer texts are indexed by their beginning: a tsvector has an upper bound and a very long text would be a 500. */
export const TEXT_CAP = 20_000
const WORD_CAP = 60
const WORDS_CAP = 4000

const SEPARATOR = /^[\s\p{P}\p{S}]*$/u

/** Words of a text for the index, each once: jieba's search mode, lower case, full-width folded. */
export function wordsOf(text: string): string[] {
  jieba ??= Jieba.withDict(dict)
  const words = new Set<string>()
  for (const word of jieba.cutForSearch(text.slice(0, TEXT_CAP).normalize('NFKC').toLowerCase(), true)) {
    if (word.length === 0 || word.length > WORD_CAP || SEPARATOR.test(word)) continue
    words.add(word)
    if (words.size >= WORDS_CAP) break
  }
  return [...words]
}

/** One word quoted for `to_tsquery`-free use: the text form of a tsquery operand. */
export function quoteLexeme(word: string): string {
  return `'${word.replaceAll('\\', '\\\\').replaceAll("'", "''")}'`
}
