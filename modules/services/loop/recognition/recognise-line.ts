import { type DepartmentLineModel, type LineSuggestion, loadDepartmentLineModel } from './department-line-model.ts'

let model: DepartmentLineModel | undefined

/**
 * Which department line a text is about, with the words that decided. Null for a text too short to say anything. The model
 * file is read with the first text.
 */
export function recogniseLine(text: string, title?: string): LineSuggestion | null {
  if ([...text.matchAll(/\p{Script=Han}/gu)].length < 4) return null
  model ??= loadDepartmentLineModel()
  return model.predict(text, title)
}
