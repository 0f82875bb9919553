import { writeFile } from 'node:fs/promises'
import { fileURLToPath } from 'node:url'
import { trainModel } from './train-model.ts'

const FIGURES_FILE = fileURLToPath(new URL('../../data/department-line.figures.json', import.meta.url))

/**
 * Figures of the model that comes with the product, measured as every candidate of a county is, so that both can be set side
 * by side: `node modules/services/loop/recognition/learn/measure-shipped.ts`. To be run after the model was made anew.
 */
if (import.meta.main) {
  const { figures, examples, seconds } = await trainModel({ task: 'line', county: [], trainedAt: '', source: '' })
  await writeFile(FIGURES_FILE, `${JSON.stringify({ examples, figures }, null, 2)}\n`)
  console.log(
    JSON.stringify({ seconds, macroF1: figures.macroF1, accuracy: figures.accuracy, error: figures.calibrationError }),
  )
}
