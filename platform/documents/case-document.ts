import type { Context } from '#platform/command/context.ts'
import type { CaseFile } from '#platform/documents/case-file.ts'
import type { OfficialDocument } from '#platform/documents/official-document.ts'
import type { LoadedCase } from '#platform/process/case.store.ts'

export type DocumentFormat = 'docx' | 'pdf'

/** A document before it is drawn: an official document becomes DOCX or PDF, a case file PDF only. */
export type FilledDocument = { kind: 'official'; document: OfficialDocument } | { kind: 'caseFile'; file: CaseFile }

/** A document that the cases of a flow can give; modules bring them by the key of the definition. */
export interface CaseDocument {
  /** Part of its address: lower case, digits and hyphens. */
  readonly key: string
  readonly name: { readonly 'zh-CN': string; readonly en: string }
  readonly formats: readonly DocumentFormat[]
  /** Whether the case has come far enough for it. */
  ready(loaded: LoadedCase): boolean
  /**
   * Gathers what goes in. The caller has checked that the reader sees the case; persons who reported stay masked, so
   * that paper carries no more than the screen.
   */
  fill(context: Context, loaded: LoadedCase): Promise<FilledDocument>
}

/** The documents a case can give now. */
export function documentsOf(context: Pick<Context, 'services'>, loaded: LoadedCase): readonly CaseDocument[] {
  return (context.services.documents.get(loaded.case.definitionKey) ?? []).filter((document) => document.ready(loaded))
}
