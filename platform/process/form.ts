import type { Ajv, ValidateFunction } from 'ajv'
import { AppError } from '#platform/errors/app-error.ts'

const compiled = new WeakMap<object, ValidateFunction>()

/**
 * Checks what was filled in against the form's JSON Schema. Throws `process.form_invalid` (422) naming every field, with
 * the wording code of each problem, so that the screen can put it beside the field and keep what was typed.
 */
export function checkForm(ajv: Ajv, schema: Record<string, unknown>, form: Record<string, unknown>): void {
  let validate = compiled.get(schema)
  if (!validate) {
    validate = ajv.compile(schema)
    compiled.set(schema, validate)
  }
  if (validate(form)) return
  throw new AppError('process.form_invalid', {
    status: 422,
    fields: (validate.errors ?? []).map((error) => ({
      path:
        error.keyword === 'required'
          ? `${error.instancePath}/${(error.params as { missingProperty: string }).missingProperty}`
          : error.instancePath || '/',
      code: `form.${error.keyword}`,
      params: Object.fromEntries(
        Object.entries(error.params).filter(([, value]) => ['string', 'number', 'boolean'].includes(typeof value)),
      ),
    })),
  })
}

/** The named fields of a form that are present. */
export function pick(form: Record<string, unknown>, keys: readonly string[]): Record<string, unknown> {
  return Object.fromEntries(keys.filter((key) => form[key] !== undefined).map((key) => [key, form[key]]))
}

const FIELD = /\{([a-zA-Z][a-zA-Z0-9]*)\}/g

/** Fields of the start form that a flow's title speaks of. */
export function titleFields(title: string): string[] {
  return [...title.matchAll(FIELD)].map((match) => match[1]!)
}

/** The title of a case by its flow: `用印：{document}` with what was filled in. At most 200 characters, on one line. */
export function fillTitle(title: string, form: Record<string, unknown>): string {
  const filled = title.replace(FIELD, (_, field: string) => (form[field] === undefined ? '' : String(form[field])))
  const line = filled.replaceAll(/\s+/g, ' ').trim()
  return [...line].length > 200 ? `${[...line].slice(0, 199).join('')}…` : line
}
