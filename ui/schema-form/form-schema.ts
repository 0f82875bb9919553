import type { Language } from '#ui/i18n/catalogue.ts'

/** The part of JSON Schema that forms are written in, with a few words of our own (`x-…`). */
export interface FieldSchema {
  type?: 'string' | 'number' | 'integer' | 'boolean' | 'array' | 'object'
  title?: string
  description?: string
  'x-en'?: { title?: string; description?: string; enum?: string[] }
  /** date, date-time, multiline, line, file, unit, account, class; anything else is plain text. */
  format?: string
  enum?: (string | number)[]
  /** Words for `enum`, in the same order. */
  'x-names'?: string[]
  oneOf?: { const: string | number; title?: string; 'x-en'?: { title?: string } }[]
  items?: FieldSchema
  minLength?: number
  maxLength?: number
  minimum?: number
  maximum?: number
  exclusiveMinimum?: number
  exclusiveMaximum?: number
  multipleOf?: number
  minItems?: number
  maxItems?: number
  pattern?: string
  default?: unknown
  'x-rows'?: number
  'x-order'?: number
  'x-accept'?: string
  'x-kind'?: string
  /** Only holders of this role are offered for an account. */
  'x-role'?: string
}

export interface FormSchema extends FieldSchema {
  properties?: Record<string, FieldSchema>
  required?: string[]
}

export type FieldKind =
  | 'text'
  | 'textarea'
  | 'number'
  | 'choice'
  | 'choices'
  | 'words'
  | 'lines'
  | 'date'
  | 'datetime'
  | 'yesno'
  | 'file'
  | 'files'
  | 'unit'
  | 'units'
  | 'account'
  | 'accounts'
  | 'class'
  | 'case'
  | 'hours'

export interface Option {
  value: string | number
  label: string
}

/** Which control a field is filled in with. */
export function fieldKind(schema: FieldSchema): FieldKind {
  const format = schema.format ?? schema['x-kind']
  if (schema.type === 'array') {
    const inner = schema.items ?? {}
    const kind = format ?? inner.format ?? inner['x-kind']
    if (kind === 'hours') return 'hours'
    if (kind === 'file' || kind === 'files') return 'files'
    if (kind === 'unit' || kind === 'units') return 'units'
    if (kind === 'account') return 'accounts'
    if (inner.enum || inner.oneOf) return 'choices'
    // Whole sentences have commas of their own: one to a line.
    return (inner.maxLength ?? 0) > 60 ? 'lines' : 'words'
  }
  if (schema.enum || schema.oneOf) return 'choice'
  if (schema.type === 'boolean') return 'yesno'
  if (
    format === 'file' ||
    format === 'unit' ||
    format === 'account' ||
    format === 'class' ||
    format === 'case' ||
    format === 'date'
  )
    return format
  if (format === 'date-time') return 'datetime'
  if (schema.type === 'number' || schema.type === 'integer') return 'number'
  if (format === 'line') return 'text'
  if (format === 'textarea' || format === 'multiline' || (schema.maxLength ?? 0) > 120 || schema['x-rows'])
    return 'textarea'
  return 'text'
}

const kindOrder: Record<FieldKind, number> = {
  class: 0,
  case: 0,
  unit: 0,
  units: 0,
  account: 0,
  accounts: 0,
  choice: 1,
  choices: 1,
  words: 2,
  yesno: 1,
  text: 2,
  number: 2,
  date: 2,
  datetime: 2,
  hours: 2,
  textarea: 3,
  lines: 3,
  file: 4,
  files: 4,
}

/**
 * Fields in the order in which a person fills them in: choices, short answers, long answers, files. The database does not
 * keep the order of a definition's keys, so it cannot be taken from there; `x-order` says otherwise where it matters.
 */
export function orderedFields(schema: FormSchema): [string, FieldSchema][] {
  return Object.entries(schema.properties ?? {}).sort(
    ([, a], [, b]) => (a['x-order'] ?? kindOrder[fieldKind(a)]) - (b['x-order'] ?? kindOrder[fieldKind(b)]),
  )
}

export function fieldTitle(schema: FieldSchema, key: string, language: Language): string {
  return (language === 'en' ? schema['x-en']?.title : undefined) ?? schema.title ?? key
}

export function fieldHelp(schema: FieldSchema, language: Language): string | undefined {
  return (language === 'en' ? schema['x-en']?.description : undefined) ?? schema.description
}

export function optionsOf(schema: FieldSchema, language: Language): Option[] {
  const source = schema.type === 'array' ? (schema.items ?? {}) : schema
  if (source.oneOf) {
    return source.oneOf.map((o) => ({
      value: o.const,
      label: (language === 'en' ? o['x-en']?.title : undefined) ?? o.title ?? String(o.const),
    }))
  }
  const words = (language === 'en' ? source['x-en']?.enum : undefined) ?? source['x-names']
  return (source.enum ?? []).map((value, i) => ({ value, label: words?.[i] ?? String(value) }))
}

/** Few and short choices stand open as radio buttons; more of them, or long ones, in a list that opens. */
export function fitsInView(options: readonly Option[]): boolean {
  return options.length <= 4 || (options.length <= 8 && options.reduce((sum, o) => sum + o.label.length, 0) <= 48)
}

export interface FieldProblem {
  code: string
  params: Record<string, string | number>
}

function blank(value: unknown): boolean {
  return value === undefined || value === null || value === '' || (Array.isArray(value) && value.length === 0)
}

/** Whether each stretch is written in full and they follow each other without touching. */
export function areStretches(rows: readonly { from?: string; to?: string }[]): boolean {
  const times = rows.flatMap(({ from, to }) => [from ?? '', to ?? ''])
  return times.every((time, i) => /^([01]\d|2[0-3]):[0-5]\d$/.test(time) && (i === 0 || time > times[i - 1]!))
}

/** What is wrong with one value, or undefined. Codes are those the server uses (`form.<keyword>`). */
export function checkField(schema: FieldSchema, value: unknown, required: boolean): FieldProblem | undefined {
  const bad = (code: string, params: FieldProblem['params'] = {}): FieldProblem => ({ code: `form.${code}`, params })
  if (blank(value)) return required ? bad('required') : undefined
  if (typeof value === 'string') {
    const length = [...value].length
    if (schema.minLength !== undefined && length < schema.minLength)
      return bad('minLength', { limit: schema.minLength })
    if (schema.maxLength !== undefined && length > schema.maxLength)
      return bad('maxLength', { limit: schema.maxLength })
    if (schema.pattern && !new RegExp(schema.pattern, 'u').test(value)) return bad('pattern')
  }
  if (typeof value === 'number') {
    if (schema.type === 'integer' && !Number.isInteger(value)) return bad('type')
    if (schema.minimum !== undefined && value < schema.minimum) return bad('minimum', { limit: schema.minimum })
    if (schema.maximum !== undefined && value > schema.maximum) return bad('maximum', { limit: schema.maximum })
    if (schema.exclusiveMinimum !== undefined && value <= schema.exclusiveMinimum)
      return bad('exclusiveMinimum', { limit: schema.exclusiveMinimum })
    if (schema.exclusiveMaximum !== undefined && value >= schema.exclusiveMaximum)
      return bad('exclusiveMaximum', { limit: schema.exclusiveMaximum })
  }
  if (Array.isArray(value)) {
    if (fieldKind(schema) === 'hours' && !areStretches(value)) return bad('hours')
    if (schema.minItems !== undefined && value.length < schema.minItems)
      return bad('minItems', { limit: schema.minItems })
    if (schema.maxItems !== undefined && value.length > schema.maxItems)
      return bad('maxItems', { limit: schema.maxItems })
  }
  return undefined
}

/** All problems of a form by field; empty when it can be sent. */
export function checkForm(schema: FormSchema, values: Record<string, unknown>): Record<string, FieldProblem> {
  const problems: Record<string, FieldProblem> = {}
  for (const [key, field] of Object.entries(schema.properties ?? {})) {
    const problem = checkField(field, values[key], schema.required?.includes(key) ?? false)
    if (problem) problems[key] = problem
  }
  return problems
}

/** What is sent: blanks left out, texts trimmed, so that an empty box is not a value. */
export function cleanForm(schema: FormSchema, values: Record<string, unknown>): Record<string, unknown> {
  const clean: Record<string, unknown> = {}
  for (const key of Object.keys(schema.properties ?? {})) {
    const raw = values[key]
    const value = typeof raw === 'string' ? raw.trim() : raw
    if (!blank(value)) clean[key] = value
  }
  return clean
}

export function startValues(schema: FormSchema, given: Record<string, unknown> = {}): Record<string, unknown> {
  const values: Record<string, unknown> = {}
  for (const [key, field] of Object.entries(schema.properties ?? {})) {
    const value = given[key] ?? field.default
    if (value !== undefined) values[key] = value
  }
  return values
}

/** Label and value of every field, in words, for showing what was submitted. */
export function describeForm(
  schema: FormSchema | null | undefined,
  values: Record<string, unknown>,
  language: Language,
  yes: string,
  no: string,
  /** Names of units, people and classes, by `unit:<id>`, `account:<id>`, `class:<code>`. */
  names: Readonly<Record<string, string>> = {},
): { key: string; label: string; value: string }[] {
  const fields = schema?.properties ?? {}
  const order = orderedFields(schema ?? {}).map(([key]) => key)
  const keys = [...order.filter((key) => key in values), ...Object.keys(values).filter((key) => !(key in fields))]
  const words = (field: FieldSchema | undefined, value: unknown): string => {
    if (typeof value === 'boolean') return value ? yes : no
    if (Array.isArray(value)) return value.map((v) => words(field, v)).join(language === 'en' ? ', ' : '、')
    if (value !== null && typeof value === 'object') {
      const name = (value as { name?: unknown }).name
      return typeof name === 'string'
        ? name
        : Object.values(value)
            .filter((v) => typeof v !== 'object')
            .join(' ')
    }
    const kind = field?.format ?? field?.items?.format
    const name = kind && names[`${kind === 'units' ? 'unit' : kind}:${String(value)}`]
    if (name) return name
    // An id of a case says nothing to anybody; the hop's reason names it.
    if (kind === 'case') return ''
    return (field && optionsOf(field, language).find((o) => o.value === value)?.label) ?? String(value ?? '')
  }
  return keys.map((key) => ({
    key,
    label: fields[key] ? fieldTitle(fields[key], key, language) : key,
    value: words(fields[key], values[key]),
  }))
}
