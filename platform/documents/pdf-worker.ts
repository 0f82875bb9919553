import { parentPort } from 'node:worker_threads'
import type { CaseFile } from './case-file.ts'
import { drawCaseFilePdf } from './case-file-pdf.ts'
import type { OfficialDocument } from './official-document.ts'
import { drawOfficialPdf } from './official-pdf.ts'

/** What the worker is asked to draw. */
export type PdfModel = { kind: 'official'; document: OfficialDocument } | { kind: 'caseFile'; file: CaseFile }

export type PdfAnswer = { job: number; pdf: Uint8Array } | { job: number; failure: string }

parentPort?.on('message', async ({ job, model }: { job: number; model: PdfModel }) => {
  try {
    const pdf = model.kind === 'official' ? await drawOfficialPdf(model.document) : await drawCaseFilePdf(model.file)
    parentPort?.postMessage({ job, pdf } satisfies PdfAnswer)
  } catch (error) {
    const failure = error instanceof Error ? (error.stack ?? error.message) : String(error)
    parentPort?.postMessage({ job, failure } satisfies PdfAnswer)
  }
})
