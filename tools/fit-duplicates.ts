import { writeFile } from 'node:fs/promises'
import { fileURLToPath } from 'node:url'
import { withScratchCounty } from '#apps/server/scratch-county.ts'
import { answerQueries } from '#modules/services/loop/recognition/evaluate-duplicates.ts'
import { collect, readAppeals } from '#modules/services/loop/recognition/messages.ts'
import { nearnessLogit, textTerms } from '#platform/similar/score.ts'

/** So many candidates of a query are examples. */
const EXAMPLES = 12
/** Most of one text stands in the other: near copies that the file does not mark as repeats. They are no examples of either. */
const NEAR_COPY = 0.55
const STEPS = 60
/** Keeps the weights finite where the examples can be told apart without an error. */
const RIDGE = 0.001

/**
 * Fits the weights of platform/similar/score.ts on the tuning paraphrases (whose words and messages the evaluation never
 * uses): every second query has a duplicate. Writes `score-weights.ts` and prints how sure the scores are.
 */
const answers = await withScratchCounty(async (county) => answerQueries(county, await collect(readAppeals()), 'tuning'))
const examples = answers
  .filter(({ query }) => query.kind !== 'repeat')
  .flatMap(({ query, scored }) =>
    scored.slice(0, EXAMPLES).map(({ found, features, nearness }) => ({
      x: Object.values(textTerms(features)),
      given: nearnessLogit(nearness),
      y: query.wanted.has(found.id) ? 1 : 0,
    })),
  )
  .filter(({ x, y }) => y === 1 || x[1]! <= NEAR_COPY)
const names = Object.keys(textTerms({ ofAsked: 0, ofFound: 0, evidence: 0 }))
const weights = names.map(() => 0)
const certainty = ({ x, given }: (typeof examples)[number]) =>
  1 / (1 + Math.exp(-given - x.reduce((sum, value, i) => sum + weights[i]! * value, 0)))
for (let step = 0; step < STEPS; step++) {
  const gradient = weights.map((weight) => RIDGE * weight)
  const hessian = names.map((_, i) => names.map((_, j) => (i === j ? RIDGE : 0)))
  for (const example of examples) {
    const stated = certainty(example)
    for (const [i, a] of example.x.entries()) {
      gradient[i]! += a * (stated - example.y)
      for (const [j, b] of example.x.entries()) hessian[i]![j]! += a * b * stated * (1 - stated)
    }
  }
  for (const [i, change] of solve(hessian, gradient).entries()) weights[i]! -= change
}

/** Gauss–Jordan elimination of a small symmetric system. */
function solve(matrix: number[][], right: number[]): number[] {
  const rows = matrix.map((row, i) => [...row, right[i]!])
  for (const [i, pivot] of rows.entries()) {
    const scale = pivot[i]!
    for (let j = i; j < pivot.length; j++) pivot[j]! /= scale
    for (const [other, row] of rows.entries()) {
      const factor = row[i]!
      if (other !== i) for (let j = i; j < row.length; j++) row[j]! -= factor * pivot[j]!
    }
  }
  return rows.map((row) => row.at(-1)!)
}

const rounded = Object.fromEntries(names.map((name, i) => [name, Math.round(weights[i]! * 100) / 100]))
await writeFile(
  fileURLToPath(import.meta.resolve('#platform/similar/score-weights.ts')),
  `/** Fitted by tools/fit-duplicates.ts on the tuning paraphrases of real messages (docs/adr/0013-duplicates.md). */
export const WEIGHTS = { ${Object.entries(rounded)
    .map(([name, weight]) => `${name}: ${weight}`)
    .join(', ')} }
`,
)
const bins = Array.from({ length: 10 }, () => ({ stated: 0, right: 0, n: 0 }))
for (const example of examples) {
  const stated = certainty(example)
  const bin = bins[Math.min(9, Math.floor(stated * 10))]!
  bin.n++
  bin.stated += stated
  bin.right += example.y
}
for (const { stated, right, n } of bins)
  if (n > 0) console.log(`stated ${(stated / n).toFixed(2)}, right ${(right / n).toFixed(2)} (${n})`)
// What a threshold would mean, on the same part: recall among the first three, messages without a duplicate that are shown one.
const scoreOf = ({ features, nearness }: (typeof answers)[number]['scored'][number]) =>
  certainty({ x: Object.values(textTerms(features)), given: nearnessLogit(nearness), y: 0 })
const asked = answers
  .filter(({ query }) => query.kind !== 'repeat')
  .map(({ query, scored }) => ({
    query,
    best: scored
      .map((each) => ({ id: each.found.id, score: scoreOf(each) }))
      .sort((a, b) => b.score - a.score)
      .slice(0, 3),
  }))
for (const threshold of [0.1, 0.15, 0.2, 0.3, 0.4, 0.5]) {
  const share = (kind: boolean, hit: (one: (typeof asked)[number]) => boolean) => {
    const of = asked.filter(({ query }) => (query.kind === 'none') === kind)
    return (of.filter(hit).length / of.length).toFixed(3)
  }
  const recall = share(false, ({ query, best }) =>
    best.some(({ id, score }) => score >= threshold && query.wanted.has(id)),
  )
  const wrong = share(true, ({ best }) => best.some(({ score }) => score >= threshold))
  console.log(`from ${threshold}: recall ${recall}, shown without a known duplicate ${wrong}`)
}
console.log(JSON.stringify({ examples: examples.length, ...rounded }))
