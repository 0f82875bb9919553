import { createHash } from 'node:crypto'
import { readFile, writeFile } from 'node:fs/promises'
import { fileURLToPath } from 'node:url'
import {
  type LabelledText,
  TextClassifier,
  type TrainTextOptions,
  trainTextClassifier,
} from '#platform/text/text-classifier.ts'
import type { TitledText } from '#platform/text/text-features.ts'
import lines from '../data/department-lines.json' with { type: 'json' }
import { readAnswered, readAppeals, readLabelled, readTaxonomy } from './messages.ts'

/** Features of the model that is shipped; more make the file larger and the figures no better (docs/adr/0006-text-model.md). */
const SHIPPED_FEATURES = 100_000

export async function labelledTexts(file?: string): Promise<LabelledText[]> {
  const found: LabelledText[] = []
  for await (const { label, title, detail } of readLabelled(file)) found.push({ label, title, text: detail })
  return found
}

/** Messages without a label: they tell how rare words are in such letters. Their departments are not used, nor known. */
export async function backgroundTexts(): Promise<TitledText[]> {
  const found: TitledText[] = []
  for await (const { title, detail } of readAppeals()) found.push({ title, text: detail })
  for await (const { title, detail } of readAnswered()) found.push({ title, text: detail })
  return found
}

/** Subjects of the departments that no labelled message stands for (land, police, civil affairs …): they belong to none. */
export async function outsideTexts(known: ReadonlySet<string> = new Set(Object.keys(lines))): Promise<TitledText[]> {
  const found: TitledText[] = []
  for await (const { first, second, third } of readTaxonomy())
    if (!known.has(first)) found.push({ title: subject(second, third), text: subject(first, second, third) })
  return found
}

function subject(...parts: string[]): string {
  return parts.filter((part) => part !== '其他').join('，')
}

/**
 * Trains the department line model on a file of label, title, detail; without one, on the messages that come with the product.
 */
export async function trainDepartmentLine(
  file?: string,
  options: Pick<TrainTextOptions, 'trainedAt' | 'source'> = {},
): Promise<TextClassifier> {
  const [examples, background, outside] = await Promise.all([labelledTexts(file), backgroundTexts(), outsideTexts()])
  return trainTextClassifier(examples, { ...options, background, outside })
}

/** Makes the model file anew: `node modules/services/loop/recognition/train-department-line.ts [labelled.csv [model file]]`. */
if (import.meta.main) {
  const [input, output] = process.argv.slice(2)
  const { MODEL_FILE } = await import('./department-line-model.ts')
  const shipped = fileURLToPath(new URL('../data/messages/labelled.csv.br', import.meta.url))
  const source = createHash('sha256')
    .update(await readFile(input ?? shipped))
    .digest('hex')
  const model = (await trainDepartmentLine(input, { trainedAt: new Date(), source })).pruned(SHIPPED_FEATURES)
  const file = model.toFile()
  await writeFile(output ?? MODEL_FILE, file)
  console.log(JSON.stringify({ bytes: file.length, features: TextClassifier.fromFile(file).features, ...model.card }))
}
