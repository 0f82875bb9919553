import { Jieba } from '@node-rs/jieba'
import { dict } from '@node-rs/jieba/dict.js'

let jieba: Jieba | undefined

/** The dictionary takes about 60 ms and 40 MB, so it is loaded with the first text and shared by all rooms. */
function cutter(): Jieba {
  jieba ??= Jieba.withDict(dict)
  return jieba
}

const WORD = /[\p{L}\p{N}]/u

/** One form of a text for comparing: full-width folded, lower case, white space collapsed. */
export function normaliseText(text: string): string {
  return text.normalize('NFKC').toLowerCase().replace(/\s+/g, ' ').trim()
}

/** The pieces of a text as jieba cuts it, punctuation included: joined they give the text again. */
export function segment(text: string): string[] {
  return cutter().cut(text, true)
}

/** Words of a text in order, without punctuation, in the form of `normaliseText`. */
export function tokenize(text: string): string[] {
  return segment(normaliseText(text)).filter((word) => WORD.test(word))
}

/** Words for an index: long words also by the shorter words in them (幼儿园 → 幼儿, 幼儿园). */
export function tokenizeForSearch(text: string): string[] {
  return cutter()
    .cutForSearch(normaliseText(text), true)
    .filter((word) => WORD.test(word))
}
