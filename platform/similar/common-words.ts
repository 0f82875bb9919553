import { indexWords } from '#platform/search/tokens.ts'
import { segment } from '#platform/text/tokenize.ts'
import { type WordShares, wordWeight } from './word-shares.ts'

const SHOWN_WORDS = 4
const LONGEST = 8
/** Words that more than every twelfth letter holds say nothing to a reader. */
const TOO_COMMON = 0.08

/**
 * The words of a text that another one has too, most telling first, as a person would name them: words of the dictionary all
 * of whose entries are shared, neighbouring ones joined (`香溪` `花苑` → `香溪花苑`).
 */
export function commonWords(text: string, shared: ReadonlySet<string>, shares: WordShares): string[] {
  const found = new Map<string, number>()
  let run = ''
  const close = () => {
    if (run.length > 1) {
      const rarest = Math.min(...indexWords(run).map((word) => shares.of(word)))
      if (rarest <= TOO_COMMON)
        found.set(run, Math.max(found.get(run) ?? 0, wordWeight(rarest) * Math.sqrt(run.length)))
    }
    run = ''
  }
  const isShared = (entry: string) => shared.has(entry)
  for (const word of segment(text.normalize('NFKC').toLowerCase())) {
    const isWord = /^[\p{L}\p{N}]+$/u.test(word)
    // A single character goes on only from a number: 12 + 幢, but not 充电 + 的.
    const goesOn =
      isWord &&
      run !== '' &&
      (word.length > 1 || /\d$/.test(run)) &&
      run.length + word.length <= LONGEST &&
      indexWords(run + word).every(isShared)
    if (goesOn) run += word
    else {
      close()
      if (isWord && word.length > 1 && indexWords(word).every(isShared)) run = word
    }
  }
  close()
  const best = [...found].sort((a, b) => b[1] - a[1]).map(([word]) => word)
  return best.filter((word, i) => !best.slice(0, i).some((longer) => longer.includes(word))).slice(0, SHOWN_WORDS)
}
