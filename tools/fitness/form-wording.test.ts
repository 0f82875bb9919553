import { readFileSync } from 'node:fs'
import { join } from 'node:path'
import { describe, expect, it } from 'vitest'
import { ROOT, sourceFiles } from './source-files.ts'

interface Field {
  title?: string
  description?: string
  enum?: unknown[]
  items?: Field
  oneOf?: { title?: string; 'x-en'?: { title?: string } }[]
  'x-en'?: { title?: string; description?: string; enum?: string[] }
}

/** Every form inside a definition, wherever it stands. */
function formsOf(value: unknown, path: string): { path: string; fields: Record<string, Field> }[] {
  if (Array.isArray(value)) return value.flatMap((part, i) => formsOf(part, `${path}/${i}`))
  if (typeof value !== 'object' || value === null) return []
  const { properties } = value as { properties?: Record<string, Field> }
  return [
    ...(properties ? [{ path, fields: properties }] : []),
    ...Object.entries(value).flatMap(([key, part]) => formsOf(part, `${path}/${key}`)),
  ]
}

/** What of a field has no words in one of the two languages. */
function silent(field: Field): string[] {
  const options = field.items?.enum ?? field.enum ?? []
  const english = (field.items?.['x-en'] ?? field['x-en'])?.enum ?? []
  return [
    ...(field.title ? [] : ['title']),
    ...(field['x-en']?.title ? [] : ['x-en title']),
    ...(field.description && !field['x-en']?.description ? ['x-en description'] : []),
    ...(options.length === english.length ? [] : ['x-en enum']),
    ...((field.items?.oneOf ?? field.oneOf ?? []).every((option) => option['x-en']?.title) ? [] : ['x-en of oneOf']),
  ]
}

describe('forms of the definitions that are shipped', () => {
  it('have words for every field and every choice in Chinese and English', () => {
    const forms = sourceFiles(['modules'], /\.process\.json$/).flatMap((file) =>
      formsOf(JSON.parse(readFileSync(join(ROOT, file), 'utf8')), file),
    )
    expect(forms.length).toBeGreaterThan(20)
    const gaps = forms.flatMap(({ path, fields }) =>
      Object.entries(fields).flatMap(([key, field]) => silent(field).map((what) => `${path}/${key}: ${what}`)),
    )
    expect(gaps).toEqual([])
  })
})
