import { calibrationError } from '#platform/text/calibration.ts'
import { evaluateLabels, nearDuplicateGroups, round, stratifiedFolds } from '#platform/text/evaluation.ts'
import { type Classification, trainTextClassifier } from '#platform/text/text-classifier.ts'
import { backgroundTexts, labelledTexts, outsideTexts } from './train-department-line.ts'

/**
 * Five-fold cross-validation on the labelled messages, once with folds drawn at random and once with near copies kept in one
 * fold: `node modules/services/loop/recognition/cross-validate.ts [seed …]`. The figures of docs/adr/0006-text-model.md.
 */
const FOLDS = 5
const PRUNED = [300_000, 150_000, 75_000]

async function crossValidate(seeds: readonly number[]): Promise<void> {
  const examples = await labelledTexts()
  const [background, outside] = await Promise.all([backgroundTexts(), outsideTexts()])
  const groups = nearDuplicateGroups(examples.map(({ title, text }) => title + text))
  const sizes = new Map<number, number>()
  for (const group of groups) sizes.set(group, (sizes.get(group) ?? 0) + 1)
  const copies = [...sizes.values()].filter((size) => size > 1)
  console.log(JSON.stringify({ nearCopyGroups: copies.length, messages: copies.reduce((a, b) => a + b, 0) }))

  for (const seed of seeds)
    for (const split of ['random', 'grouped'] as const) {
      const labels = examples.map(({ label }) => label)
      const fold = stratifiedFolds(labels, FOLDS, seed, split === 'grouped' ? groups : undefined)
      const found: Classification[] = new Array(examples.length)
      const pruned = PRUNED.map(() => new Array<string>(examples.length))
      const perFold: number[] = []
      const learned: number[] = []
      for (let held = 0; held < FOLDS; held++) {
        const model = trainTextClassifier(
          examples.filter((_, i) => fold[i] !== held),
          { background, outside },
        )
        const test = [...fold.keys()].filter((i) => fold[i] === held)
        const smaller = PRUNED.map((keep) => model.pruned(keep))
        for (const i of test) {
          found[i] = model.classify(examples[i]!)
          smaller.forEach((small, at) => {
            pruned[at]![i] = small.classify(examples[i]!).label
          })
        }
        perFold.push(
          evaluateLabels(
            of(test, labels),
            of(test, found).map(({ label }) => label),
          ).macroF1,
        )
        learned.push(model.card.trainSeconds)
      }
      const right = examples.map(({ label }, i) => found[i]!.label === label)
      const { macroF1, accuracy, perClass } = evaluateLabels(
        labels,
        found.map(({ label }) => label),
      )
      console.log(
        JSON.stringify({
          split,
          seed,
          macroF1,
          perFold,
          accuracy,
          f1: Object.fromEntries(Object.entries(perClass).map(([label, { f1 }]) => [label, f1])),
          pruned: Object.fromEntries(PRUNED.map((keep, at) => [keep, evaluateLabels(labels, pruned[at]!).macroF1])),
          turnedAway: round(found.filter(({ none }) => none).length / found.length),
          accuracyOfTurnedAway: round(share(found.flatMap(({ none }, i) => (none ? [right[i]!] : [])))),
          calibrationError: round(
            calibrationError(
              found.map(({ confidence }) => confidence),
              right,
            ),
          ),
          trainSeconds: learned,
        }),
      )
    }
}

function of<T>(indexes: readonly number[], list: readonly T[]): T[] {
  return indexes.map((i) => list[i]!)
}

function share(values: readonly boolean[]): number {
  return values.filter(Boolean).length / (values.length || 1)
}

await crossValidate(process.argv.length > 2 ? process.argv.slice(2).map(Number) : [1])
