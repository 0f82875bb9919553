import { readFileSync } from 'node:fs'
import { fileURLToPath } from 'node:url'
import { type ModelCard, TextClassifier } from '#platform/text/text-classifier.ts'
import { titled } from '#platform/text/text-features.ts'
import lines from '../data/department-lines.json' with { type: 'json' }

export const MODEL_FILE = fileURLToPath(new URL('../data/department-line.model', import.meta.url))

const LINE_CODES: Readonly<Record<string, string>> = lines

export interface LineSuggestion {
  /** Code of the department line (条线), e.g. `urban-construction`. */
  code: string
  /** Its Chinese name. */
  name: string
  /** Calibrated, 0 to 1, among the lines that the model knows. */
  confidence: number
  /** Words of the text that spoke most for it. */
  words: string[]
  /** None of the lines that the model knows (以上都不是): a person must choose. */
  none: boolean
  /** The three likeliest lines; kept with every case, so no longer than a person would read. */
  ranked: { code: string; name: string; confidence: number }[]
}

export interface DepartmentLineModel {
  readonly card: ModelCard
  readonly classifier: TextClassifier
  /** @param title where the text has one of its own; otherwise its first sentence is taken */
  predict(text: string, title?: string): LineSuggestion
}

/**
 * Reads the model file (about 60 ms). What it gives is the class of a text, never the responsible unit: duty lists and places
 * decide that.
 */
export function loadDepartmentLineModel(file = MODEL_FILE): DepartmentLineModel {
  return departmentLineModel(TextClassifier.fromFile(readFileSync(file)))
}

export function departmentLineModel(classifier: TextClassifier): DepartmentLineModel {
  const codeOf = (label: string) => LINE_CODES[label] ?? label
  return {
    card: classifier.card,
    classifier,
    predict(text, title) {
      const { label, confidence, none, words, ranked } = classifier.classifyWithWords(titled(text, title))
      return {
        code: codeOf(label),
        name: label,
        confidence: rounded(confidence),
        words,
        none,
        ranked: ranked.slice(0, 3).map((line) => ({
          code: codeOf(line.label),
          name: line.label,
          confidence: rounded(line.confidence),
        })),
      }
    },
  }
}

/** The calibration is not good for more than three decimals. */
function rounded(confidence: number): number {
  return Math.round(confidence * 1000) / 1000
}
