import { Type } from 'typebox'
import { Compile } from 'typebox/compile'
import type { CaseHop } from '#platform/documents/case-facts.ts'
import type { CaseFile, CaseFilePhoto, CaseFileSection } from '#platform/documents/case-file.ts'
import type { Block, Fact } from '#platform/documents/official-document.ts'
import { type DocumentTemplate, fillTemplate, parseTemplate } from '#platform/documents/template.ts'
import { AppError } from '#platform/errors/app-error.ts'

/** A case file as data: cover, then sections in their order. Placeholders are those of document templates. */
const CaseFileTemplateShape = Type.Object(
  {
    issuer: Type.String({ minLength: 1 }),
    kind: Type.String({ minLength: 1 }),
    /** Facts on the cover, as in a document's `facts`. */
    facts: Type.Array(Type.Unknown()),
    sections: Type.Array(
      Type.Union([
        /** Left out when none of its blocks stays. */
        Type.Object(
          { kind: Type.Literal('text'), title: Type.String(), blocks: Type.Array(Type.Unknown()) },
          { additionalProperties: false },
        ),
        Type.Object({ kind: Type.Literal('trace'), title: Type.String() }, { additionalProperties: false }),
        /** Left out when there are none. */
        Type.Object({ kind: Type.Literal('photos'), title: Type.String() }, { additionalProperties: false }),
        Type.Object(
          {
            kind: Type.Literal('signatures'),
            title: Type.String(),
            statement: Type.Optional(Type.String()),
            /** Who did an action last signs for it. */
            signers: Type.Array(
              Type.Object({ role: Type.String(), action: Type.String() }, { additionalProperties: false }),
            ),
          },
          { additionalProperties: false },
        ),
      ]),
    ),
  },
  { additionalProperties: false },
)

type Section =
  | { kind: 'text'; title: string; blocks: DocumentTemplate }
  | { kind: 'trace'; title: string }
  | { kind: 'photos'; title: string }
  | { kind: 'signatures'; title: string; statement?: string; signers: { role: string; action: string }[] }

export interface CaseFileTemplate {
  readonly cover: DocumentTemplate
  readonly sections: readonly Section[]
}

const shape = Compile(CaseFileTemplateShape)

/**
 * Reads a case file template from data and checks it whole, before a case needs it.
 * @throws AppError documents.template_invalid
 */
export function parseCaseFileTemplate(json: unknown): CaseFileTemplate {
  if (!shape.Check(json)) {
    const [first] = shape.Errors(json)
    throw new AppError('documents.template_invalid', { status: 422, params: { where: first?.instancePath || '/' } })
  }
  const { issuer, kind, facts, sections } = json
  const asTemplate = (title: string, body: unknown[]) => parseTemplate({ title, issuer, body })
  return {
    cover: asTemplate(kind, [{ type: 'facts', rows: facts }]),
    sections: sections.map((section) =>
      section.kind === 'text' ? { ...section, blocks: asTemplate(section.title, section.blocks) } : section,
    ),
  }
}

export interface CaseFileInput {
  facts: Readonly<Record<string, unknown>>
  number: string
  title: string
  secrecy?: string | undefined
  hops: readonly CaseHop[]
  photos: CaseFilePhoto[]
  printed: { by: string; at: Date }
  watermark?: string
}

/**
 * The case file that a template makes of a case.
 * @throws AppError documents.facts_missing (422)
 */
export function fillCaseFile(template: CaseFileTemplate, input: CaseFileInput): CaseFile {
  const cover = fillTemplate(template.cover, input.facts)
  return {
    issuer: cover.issuer,
    kind: cover.title,
    number: input.number,
    title: input.title,
    ...(input.secrecy ? { secrecy: input.secrecy } : {}),
    facts: factsIn(cover.body),
    sections: template.sections.flatMap((section) => fillSection(section, input)),
    printed: input.printed,
    ...(input.watermark ? { watermark: input.watermark } : {}),
  }
}

function factsIn(blocks: readonly Block[]): Fact[] {
  return blocks.flatMap((block) => (block.type === 'facts' ? block.rows : []))
}

function fillSection(section: Section, input: CaseFileInput): CaseFileSection[] {
  const { title } = section
  switch (section.kind) {
    case 'text': {
      const { body } = fillTemplate(section.blocks, input.facts)
      return body.length > 0 ? [{ kind: 'text', title, blocks: body }] : []
    }
    case 'trace':
      return [{ kind: 'trace', title, steps: [...input.hops] }]
    case 'photos':
      return input.photos.length > 0 ? [{ kind: 'photos', title, photos: input.photos }] : []
    case 'signatures':
      return [
        {
          kind: 'signatures',
          title,
          ...(section.statement ? { statement: section.statement } : {}),
          signatures: section.signers.flatMap(({ role, action }) => {
            const hop = input.hops.findLast((candidate) => candidate.key === action && candidate.byStaff)
            return hop ? [{ role, name: hop.actor, unit: hop.unit, at: hop.at }] : []
          }),
        },
      ]
    default:
      return section satisfies never
  }
}
