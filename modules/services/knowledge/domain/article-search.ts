import { pinyin } from 'pinyin-pro'
import { indexWords, quoteLexeme } from '#platform/search/tokens.ts'

/** What people say around a question and what tells nothing about it. */
const FILLER =
  /请问|你好|您好|我想问一下|我想问|想问一下|咨询一下|咨询|问一下|麻烦|谢谢|怎么办理|怎么办|怎么|如何|怎样|什么时候|什么|哪里|哪儿|哪个|多少|需要|是不是|要不要|用不用|有没有|能不能|可不可以|可以|办理|一下|我家|我们|我的|现在|应该|的话/g

const MOST_TERMS = 40
/** Initials of keywords are words of their own, beside the words themselves. */
const INITIALS = 'py:'

/** First letters of a word's syllables: 社保卡 → sbk. */
function initialsOf(text: string): string {
  return pinyin(text, { pattern: 'first', toneType: 'none', type: 'array', nonZh: 'removed' }).join('').toLowerCase()
}

/** Words that carry the meaning of what was asked. */
export function tellingWords(text: string): string[] {
  const words = indexWords(text.replaceAll(FILLER, ' '))
  return (words.length > 0 ? words : indexWords(text)).slice(0, MOST_TERMS)
}

/** The `tsvector` of an article in its text form: question and keywords weigh A, the answer D. */
export function articleVector(article: { question: string; answer: string; keywords: readonly string[] }): string {
  const head = new Set(
    [article.question, ...article.keywords].flatMap((text) => [...tellingWords(text), ...indexWords(text)]),
  )
  for (const word of article.keywords) {
    const initials = initialsOf(word)
    if (initials.length > 1) head.add(INITIALS + initials)
  }
  const body = indexWords(article.answer).filter((word) => !head.has(word))
  return [...[...head].map((word) => `${quoteLexeme(word)}:1A`), ...body.map((word) => `${quoteLexeme(word)}:1`)].join(
    ' ',
  )
}

/** Terms of a query, each an operand of a tsquery; a run of letters may be the initials of a keyword. */
export function queryWords(typed: string): string[] {
  const letters = typed.trim().toLowerCase()
  if (/^[a-z]{2,12}$/.test(letters)) return [`${quoteLexeme(INITIALS + letters)}:*`, quoteLexeme(letters)]
  const words = tellingWords(typed)
  // A character alone begins words.
  if (words.length === 1 && [...words[0]!].length === 1) return [`${quoteLexeme(words[0]!)}:*`]
  return words.map((word) => quoteLexeme(word))
}

/** How alike two questions are: shared among all of their telling words, 0 to 1. */
export function likeness(a: ReadonlySet<string>, b: ReadonlySet<string>): number {
  let shared = 0
  for (const word of a) if (b.has(word)) shared++
  return shared === 0 ? 0 : shared / (a.size + b.size - shared)
}

export interface QuestionGroup {
  /** Ids of the questions, the one that speaks for them first. */
  ids: number[]
  question: string
}

const ALIKE = 0.25

/** Questions that ask the same, largest group first; those that stand alone follow. */
export function groupQuestions(questions: readonly { id: number; question: string }[]): QuestionGroup[] {
  const groups: (QuestionGroup & { words: Set<string> })[] = []
  for (const { id, question } of questions) {
    const words = new Set(tellingWords(question))
    const home = groups.find((group) => likeness(group.words, words) >= ALIKE)
    if (home) home.ids.push(id)
    else groups.push({ ids: [id], question, words })
  }
  return groups.sort((a, b) => b.ids.length - a.ids.length).map(({ ids, question }) => ({ ids, question }))
}
