import type { Ajv, ValidateFunction } from 'ajv'
import { AppError } from '#platform/errors/app-error.ts'
import { maskNumbers } from '#platform/logs/redact.ts'

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

interface FieldSchema {
  format?: string
  enum?: unknown[]
  properties?: Record<string, FieldSchema>
  items?: FieldSchema
  /** The office's own landline may stand in it: it is written to be called. */
  'x-office-number'?: boolean
}

const FREE_TEXT: ReadonlySet<string | undefined> = new Set([undefined, 'multiline'])

/**
 * A form as it is kept: numbers of persons in what was typed are masked, since trace and data are open to all who see the
 * case. Choices, dates and identities stay as they are.
 */
export function maskForm(
  schema: Record<string, unknown> | undefined,
  form: Record<string, unknown>,
): Record<string, unknown> {
  return maskField({ properties: {}, ...schema } as FieldSchema, form) as Record<string, unknown>
}

function maskField(schema: FieldSchema | undefined, value: unknown): unknown {
  if (typeof value === 'string') {
    if (schema?.enum || !FREE_TEXT.has(schema?.format)) return value
    return maskNumbers(value, { landlines: schema?.['x-office-number'] !== true })
  }
  if (Array.isArray(value)) return value.map((item) => maskField(schema?.items, item))
  if (typeof value !== 'object' || value === null) return value
  return Object.fromEntries(
    Object.entries(value).map(([key, item]) => [key, maskField(schema?.properties?.[key], item)]),
  )
}
