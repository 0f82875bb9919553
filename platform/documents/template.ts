import { type Static, Type } from 'typebox'
import { Compile } from 'typebox/compile'
import { AppError } from '#platform/errors/app-error.ts'
import { chineseDate, chineseDateTime, secondsStamp } from './chinese-time.ts'
import type { Block, OfficialDocument } from './official-document.ts'

/*
 * A template is data that officials change: the text of a document with `{{path}}` where facts go in.
 *
 *   {{case.number}}          the value; missing or empty is an error that names the path
 *   {{case.phone?}}          may be missing
 *   {{decidedAt | date}}     date 2026年10月13日, dateTime 2026年10月13日17时30分, seconds 2026-10-13 17:30:00,
 *                            yuan (integer cents → 60,000.00)
 *   when / unless            a path: the part stays if the value is there and not false, empty or 0
 *   each                     a path to a list: the part repeats; inside, {{item.…}} is the element, {{index}} counts from 1
 *
 * Values are put in as they are and never read as templates themselves.
 */

const part = {
  when: Type.Optional(Type.String()),
  unless: Type.Optional(Type.String()),
  each: Type.Optional(Type.String()),
}
const align = Type.Union([Type.Literal('left'), Type.Literal('center'), Type.Literal('right')])

const HeadingTemplate = Type.Object(
  {
    ...part,
    type: Type.Literal('heading'),
    level: Type.Union([Type.Literal(1), Type.Literal(2), Type.Literal(3), Type.Literal(4)]),
    text: Type.String(),
    numbered: Type.Optional(Type.Boolean()),
  },
  { additionalProperties: false },
)
const ParagraphTemplate = Type.Object(
  {
    ...part,
    type: Type.Literal('paragraph'),
    text: Type.String(),
    align: Type.Optional(Type.Union([Type.Literal('justify'), Type.Literal('center'), Type.Literal('right')])),
    indent: Type.Optional(Type.Boolean()),
    bold: Type.Optional(Type.Boolean()),
  },
  { additionalProperties: false },
)
const FactTemplate = Type.Object(
  { ...part, label: Type.String(), value: Type.String() },
  { additionalProperties: false },
)
const FactsTemplate = Type.Object(
  { ...part, type: Type.Literal('facts'), rows: Type.Array(FactTemplate) },
  { additionalProperties: false },
)
const RowTemplate = Type.Object({ ...part, cells: Type.Array(Type.String()) }, { additionalProperties: false })
const TableTemplate = Type.Object(
  {
    ...part,
    type: Type.Literal('table'),
    columns: Type.Array(
      Type.Object(
        {
          title: Type.String(),
          width: Type.Optional(Type.Number({ exclusiveMinimum: 0 })),
          align: Type.Optional(align),
        },
        { additionalProperties: false },
      ),
      { minItems: 1 },
    ),
    rows: Type.Array(RowTemplate),
    caption: Type.Optional(Type.String()),
  },
  { additionalProperties: false },
)
const PageBreakTemplate = Type.Object({ ...part, type: Type.Literal('pageBreak') }, { additionalProperties: false })
const SimpleBlock = Type.Union([HeadingTemplate, ParagraphTemplate, FactsTemplate, TableTemplate, PageBreakTemplate])
/** Several blocks that stay, go and repeat together. */
const GroupTemplate = Type.Object(
  { ...part, type: Type.Literal('group'), blocks: Type.Array(SimpleBlock) },
  { additionalProperties: false },
)
const LineTemplate = Type.Union([
  Type.String(),
  Type.Object({ ...part, text: Type.String() }, { additionalProperties: false }),
])

/** The shape of a document template, for files and for the screen that edits them. */
export const DocumentTemplate = Type.Object(
  {
    title: Type.String({ minLength: 1 }),
    letterhead: Type.Optional(Type.String()),
    number: Type.Optional(Type.String()),
    signedOffBy: Type.Optional(Type.String()),
    secrecy: Type.Optional(Type.String()),
    urgency: Type.Optional(Type.String()),
    issuer: Type.String({ minLength: 1 }),
    recipient: Type.Optional(Type.String()),
    body: Type.Array(Type.Union([SimpleBlock, GroupTemplate])),
    attachments: Type.Optional(Type.Array(LineTemplate)),
    signature: Type.Optional(
      Type.Object(
        { issuers: Type.Array(LineTemplate, { minItems: 1 }), date: Type.String() },
        { additionalProperties: false },
      ),
    ),
    note: Type.Optional(Type.String()),
    copies: Type.Optional(Type.Array(LineTemplate)),
    printed: Type.Optional(Type.Object({ by: Type.String(), date: Type.String() }, { additionalProperties: false })),
  },
  { additionalProperties: false },
)
export type DocumentTemplate = Static<typeof DocumentTemplate>

type TemplateBlock = DocumentTemplate['body'][number]
type Part = { when?: string; unless?: string; each?: string }
type Line = Static<typeof LineTemplate>

const shape = Compile(DocumentTemplate)
const formats = ['date', 'dateTime', 'seconds', 'yuan'] as const
type Format = (typeof formats)[number]

/**
 * Reads a template from data and checks its shape and every placeholder in it, before it is published.
 * @throws AppError documents.template_invalid with the place (JSON pointer, or the placeholder)
 */
export function parseTemplate(json: unknown): DocumentTemplate {
  if (!shape.Check(json)) {
    const [first] = shape.Errors(json)
    throw invalid(first?.instancePath || '/')
  }
  for (const text of textsOf(json)) for (const placeholder of placeholdersOf(text)) parsePlaceholder(placeholder)
  return json
}

/**
 * The document that a template makes of the facts. All missing facts are reported at once, by their paths.
 * @throws AppError documents.facts_missing (422), documents.template_invalid
 */
export function fillTemplate(template: DocumentTemplate, facts: Readonly<Record<string, unknown>>): OfficialDocument {
  const filler = new Filler(facts)
  const { body, attachments, signature, copies, printed, ...texts } = template
  const filled: OfficialDocument = {
    ...(filler.texts(texts) as { title: string; issuer: string }),
    body: body.flatMap((block) => filler.block(block)),
    ...(attachments ? { attachments: filler.lines(attachments) } : {}),
    ...(signature
      ? { signature: { issuers: filler.lines(signature.issuers), date: filler.text(signature.date) } }
      : {}),
    ...(copies ? { copies: filler.lines(copies) } : {}),
    ...(printed ? { printed: { by: filler.text(printed.by), date: filler.text(printed.date) } } : {}),
  }
  if (filler.missing.size > 0) {
    throw new AppError('documents.facts_missing', { status: 422, params: { paths: [...filler.missing].join('、') } })
  }
  return filled
}

class Filler {
  readonly missing = new Set<string>()
  #scope: Readonly<Record<string, unknown>>

  constructor(facts: Readonly<Record<string, unknown>>) {
    this.#scope = facts
  }

  block(block: TemplateBlock): Block[] {
    return this.#parts(block, () => {
      switch (block.type) {
        case 'group':
          return block.blocks.flatMap((inner) => this.block(inner))
        case 'heading':
        case 'paragraph': {
          const { when: _when, unless: _unless, each: _each, ...rest } = block
          return [{ ...rest, text: this.text(block.text) }]
        }
        case 'facts': {
          const rows = block.rows.flatMap((row) =>
            this.#parts(row, () => [{ label: this.text(row.label), value: this.text(row.value) }]),
          )
          return [{ type: 'facts', rows }]
        }
        case 'table': {
          const rows = block.rows.flatMap((row) => this.#parts(row, () => [row.cells.map((cell) => this.text(cell))]))
          const caption = block.caption === undefined ? {} : { caption: this.text(block.caption) }
          const columns = block.columns.map((column) => ({ ...column, title: this.text(column.title) }))
          return [{ type: 'table', columns, rows, ...caption }]
        }
        case 'pageBreak':
          return [{ type: 'pageBreak' }]
        default:
          return block satisfies never
      }
    })
  }

  lines(lines: readonly Line[]): string[] {
    return lines.flatMap((line) =>
      typeof line === 'string' ? [this.text(line)] : this.#parts(line, () => [this.text(line.text)]),
    )
  }

  texts(texts: Readonly<Record<string, string | undefined>>): Record<string, string> {
    const filled: Record<string, string> = {}
    for (const [key, text] of Object.entries(texts)) {
      // An optional fact that is missing leaves its part of the document out, not empty.
      const value = text === undefined ? '' : this.text(text)
      if (value !== '') filled[key] = value
    }
    return filled
  }

  text(text: string): string {
    return text.replace(/\{\{(.*?)\}\}/g, (_all, inside: string) => {
      const { path, optional, format } = parsePlaceholder(inside)
      const value = this.#at(path)
      if (value === undefined || value === null || value === '') {
        if (!optional) this.missing.add(path)
        return ''
      }
      return written(value, format, path)
    })
  }

  #parts<T>(part: Part, make: () => T[]): T[] {
    if (part.each === undefined) return this.#stays(part) ? make() : []
    const list = this.#at(part.each)
    if (list === undefined || list === null) {
      this.missing.add(part.each)
      return []
    }
    if (!Array.isArray(list)) throw invalid(`each: ${part.each}`)
    const outer = this.#scope
    const made = list.flatMap((item, index) => {
      this.#scope = { ...outer, item, index: index + 1 }
      return this.#stays(part) ? make() : []
    })
    this.#scope = outer
    return made
  }

  #stays(part: Part): boolean {
    if (part.when !== undefined && !isThere(this.#at(part.when))) return false
    return part.unless === undefined || !isThere(this.#at(part.unless))
  }

  #at(path: string): unknown {
    let value: unknown = this.#scope
    for (const key of path.split('.')) {
      if (value === null || typeof value !== 'object' || !Object.hasOwn(value, key)) return undefined
      value = (value as Record<string, unknown>)[key]
    }
    return value
  }
}

function isThere(value: unknown): boolean {
  return Array.isArray(value) ? value.length > 0 : Boolean(value)
}

function parsePlaceholder(inside: string): { path: string; optional: boolean; format: Format | undefined } {
  const match = /^\s*([A-Za-z_]\w*(?:\.\w+)*)(\?)?\s*(?:\|\s*(\w+)\s*)?$/.exec(inside)
  const format = match?.[3]
  if (!match || (format !== undefined && !formats.includes(format as Format))) throw invalid(`{{${inside}}}`)
  return { path: match[1]!, optional: match[2] === '?', format: format as Format | undefined }
}

function placeholdersOf(text: string): string[] {
  const inside = [...text.matchAll(/\{\{(.*?)\}\}/g)].map((match) => match[1]!)
  const rest = text.replace(/\{\{.*?\}\}/g, '')
  // A brace left over is a typing mistake that would otherwise stand on paper.
  if (/\{\{|\}\}/.test(rest)) throw invalid(text.slice(0, 40))
  return inside
}

function textsOf(value: unknown): string[] {
  if (typeof value === 'string') return [value]
  if (value === null || typeof value !== 'object') return []
  return Object.values(value).flatMap(textsOf)
}

function written(value: unknown, format: Format | undefined, path: string): string {
  if (format === 'yuan') {
    if (!Number.isSafeInteger(value)) throw invalid(`{{${path} | yuan}}`)
    return yuan(value as number)
  }
  if (format !== undefined) {
    const at = value instanceof Date ? value : new Date(String(value))
    if (Number.isNaN(at.getTime())) throw invalid(`{{${path} | ${format}}}`)
    return format === 'date' ? chineseDate(at) : format === 'dateTime' ? chineseDateTime(at) : secondsStamp(at)
  }
  if (value instanceof Date || typeof value === 'object') throw invalid(`{{${path}}}`)
  return typeof value === 'boolean' ? (value ? '是' : '否') : String(value)
}

/** Integer cents as 60,000.00. */
function yuan(cents: number): string {
  const whole = Math.trunc(Math.abs(cents) / 100)
  const rest = String(Math.abs(cents) % 100).padStart(2, '0')
  return `${cents < 0 ? '-' : ''}${String(whole).replace(/\B(?=(\d{3})+$)/g, ',')}.${rest}`
}

function invalid(where: string): AppError {
  return new AppError('documents.template_invalid', { status: 422, params: { where } })
}
