import { writeFile } from 'node:fs/promises'
import { fileURLToPath } from 'node:url'
import { indexWords } from '#platform/search/tokens.ts'
import { readAnswered, readLabelled } from './messages.ts'

/** Shares in thousandths by which the words are told apart: finer steps would change no weight worth mentioning. */
const STEPS = [4, 5, 7, 10, 15, 20, 30, 50, 80, 120, 200, 300, 500]

/**
 * How common entries of the search index are in messages of residents: words by the share of messages (at least so many
 * thousandths) that hold them. The appeals are left out: recall of duplicates is measured on them.
 */
export async function countCommonWords(): Promise<{ messages: number; thousandths: Record<string, string> }> {
  const counts = new Map<string, number>()
  let messages = 0
  for (const readMessages of [readLabelled, readAnswered])
    for await (const { title, detail } of readMessages()) {
      messages++
      for (const word of indexWords(`${title}\n${detail}`)) counts.set(word, (counts.get(word) ?? 0) + 1)
    }
  const byStep = Map.groupBy(
    [...counts].sort((a, b) => b[1] - a[1] || (a[0] < b[0] ? -1 : 1)),
    ([, count]) => STEPS.findLast((step) => count * 1000 >= step * messages),
  )
  byStep.delete(undefined)
  return {
    messages,
    thousandths: Object.fromEntries(
      [...byStep].map(([step, words]) => [String(step), words.map(([word]) => word).join(' ')]),
    ),
  }
}

/** Makes the file anew: `node modules/services/loop/recognition/count-common-words.ts`. */
if (import.meta.main) {
  const file = fileURLToPath(import.meta.resolve('#platform/similar/data/common-words.json'))
  await writeFile(file, `${JSON.stringify(await countCommonWords())}\n`)
}
