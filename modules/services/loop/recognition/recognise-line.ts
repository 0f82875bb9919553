import { type DepartmentLineModel, type LineSuggestion, loadDepartmentLineModel } from './department-line-model.ts'

let model: DepartmentLineModel | undefined

/** The model that comes with the product; its file is read when it is first asked for. */
export function shippedLineModel(): DepartmentLineModel {
  model ??= loadDepartmentLineModel()
  return model
}

/** A text too short to say anything is not recognised. */
export function saysEnough(text: string): boolean {
  return [...text.matchAll(/\p{Script=Han}/gu)].length >= 4
}

/** Which department line a text is about by the model that comes with the product, with the words that decided. */
export function recogniseLine(text: string, title?: string): LineSuggestion | null {
  return saysEnough(text) ? shippedLineModel().predict(text, title) : null
}
