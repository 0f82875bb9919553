import { writePending } from '#platform/command/command.ts'
import { type Context, Pending } from '#platform/command/context.ts'
import type { Tx } from '#platform/db/db.ts'
import type { DocumentFormat, FilledDocument } from '#platform/documents/case-document.ts'
import { renderCaseDocument } from '#platform/documents/contract.ts'
import { renderDocx } from '#platform/documents/render-docx.ts'
import { renderCaseFile, renderPdf } from '#platform/documents/render-pdf.ts'
import { AppError, notFound } from '#platform/errors/app-error.ts'
import { mediaTypes } from '#platform/files/file-type.ts'
import { downloadHeaders } from '#platform/files/uploads.ts'
import type { RawHandler } from '#platform/http/raw-handler.ts'
import { findCase } from '#platform/process/case.store.ts'
import { maySee } from '#platform/process/engine.ts'

/**
 * Draws a document of a case for whoever sees the case. Drawing takes a while, so no transaction is open meanwhile; the
 * audit row is written when it is done and before it leaves.
 */
export const renderCaseHandler: RawHandler = {
  route: renderCaseDocument,
  async handle(house, { here, actor, input, info }) {
    const { services } = house
    const { id, template, format } = input as { id: number; template: string; format: DocumentFormat }
    const now = services.clock.now()
    const contextIn = (tx: Tx): Context => ({ tx, actor, now, services, here, pending: new Pending(), request: info })
    const { name, filled } = await services.pool.inCounty(
      here.county,
      async (tx) => {
        const loaded = await findCase(tx, id, false)
        if (!loaded || !maySee(actor, loaded)) throw notFound()
        const document = services.documents
          .get(loaded.case.definitionKey)
          ?.find((candidate) => candidate.key === template)
        if (!document) throw notFound()
        const what = { document: document.name['zh-CN'] }
        if (!document.formats.includes(format))
          throw new AppError('documents.format_unavailable', { status: 422, params: { ...what, format } })
        if (!document.ready(loaded)) throw new AppError('documents.not_ready', { status: 409, params: what })
        return {
          name: `${loaded.case.number} ${document.name['zh-CN']}.${format}`,
          filled: await document.fill(contextIn(tx), loaded),
        }
      },
      'read',
    )
    const body = await draw(filled, format)
    await services.pool.inCounty(here.county, async (tx) => {
      const context = contextIn(tx)
      context.pending.subject = `case:${id}`
      await writePending(context, { route: renderCaseDocument.name })
    })
    return { headers: downloadHeaders({ name, mediaType: mediaTypes[format] }, false), body }
  },
}

async function draw(filled: FilledDocument, format: DocumentFormat): Promise<Buffer> {
  if (filled.kind === 'caseFile') return renderCaseFile(filled.file)
  return format === 'docx' ? renderDocx(filled.document) : renderPdf(filled.document)
}
