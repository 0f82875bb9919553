import { Type } from 'typebox'
import { Id, LocalText, route } from '#platform/contract/route.ts'

const Format = Type.Union([Type.Literal('docx'), Type.Literal('pdf')])

/** A document that the case page offers. */
export const CaseDocumentShape = Type.Object({ key: Type.String(), name: LocalText, formats: Type.Array(Format) })

export const renderCaseDocument = route({
  name: 'documents.render_case',
  kind: 'query',
  method: 'GET',
  path: '/cases/:id/documents/:template',
  audience: 'staff',
  permission: null,
  why: 'narrowed by the case policy, as the case page is; out of sight reads as 404; each one leaves an audit row',
  summary: '出具文书（DOCX 或 PDF）',
  input: Type.Object({
    id: Id,
    template: Type.String({ pattern: '^[a-z][a-z0-9-]{0,39}$' }),
    format: Format,
  }),
  output: Type.Unknown(),
  errors: ['documents.not_ready', 'documents.format_unavailable', 'documents.facts_missing'],
  stream: true,
})
