import { indexWords } from '#platform/search/tokens.ts'
import { segment } from '#platform/text/tokenize.ts'
import { type WordShares, wordWeight } from './word-shares.ts'

const SHOWN_WORDS = 4
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
    if ([...run].length > 1) {
      const rarest = Math.min(...indexWords(run).map((word) => shares.of(word)))
      if (rarest <= TOO_COMMON)
        found.set(run, Math.max(found.get(run) ?? 0, wordWeight(rarest) * Math.sqrt(run.length)))
    }
    run = ''
  }
  for (const word of segment(text.normalize('NFKC').toLowerCase())) {
    const whole = /^[\p{L}\p{N}]+$/u.test(word) && indexWords(run + word).every((entry) => shared.has(entry))
    if (!whole || [...run].length + [...word].length > 8) close()
    if (/^[\p{L}\p{N}]+$/u.test(word) && indexWords(word).every((entry) => shared.has(entry)) && [...word].length > 1)
      run = whole ? run + word : word
    else close()
  }
  close()
  const best = [...found].sort((a, b) => b[1] - a[1]).map(([word]) => word)
  return best.filter((word, i) => !best.slice(0, i).some((longer) => longer.includes(word))).slice(0, SHOWN_WORDS)
}
