import { Worker } from 'node:worker_threads'
import type { CaseFile } from './case-file.ts'
import type { OfficialDocument } from './official-document.ts'
import type { PdfAnswer, PdfModel } from './pdf-worker.ts'

/** The document as PDF, fonts embedded as subsets, text selectable and searchable. */
export async function renderPdf(document: OfficialDocument): Promise<Buffer> {
  return draw({ kind: 'official', document })
}

/** The case file as PDF, complete enough to be bound and handed over: 卷内目录 with page numbers, every page numbered. */
export async function renderCaseFile(file: CaseFile): Promise<Buffer> {
  return draw({ kind: 'caseFile', file })
}

interface Waiting {
  resolve(pdf: Buffer): void
  reject(error: Error): void
}

/**
 * Drawing takes a few hundred milliseconds of pure computing (reading and cutting the fonts): it happens in one thread of
 * its own, started with the first document, so that no request waits for somebody else's. The thread alone does not keep
 * the process alive.
 */
let worker: Worker | undefined
const waiting = new Map<number, Waiting>()
let lastJob = 0

function draw(model: PdfModel): Promise<Buffer> {
  const thread = worker ?? start()
  const job = ++lastJob
  return new Promise((resolve, reject) => {
    waiting.set(job, { resolve, reject })
    thread.ref()
    thread.postMessage({ job, model })
  })
}

function start(): Worker {
  const thread = new Worker(new URL('./pdf-worker.ts', import.meta.url))
  thread.unref()
  thread.on('message', (answer: PdfAnswer) => {
    const waiter = waiting.get(answer.job)
    waiting.delete(answer.job)
    if (waiting.size === 0) thread.unref()
    if ('pdf' in answer) waiter?.resolve(Buffer.from(answer.pdf))
    else waiter?.reject(new Error(`the PDF could not be drawn: ${answer.failure}`))
  })
  const fail = (error: Error) => {
    if (worker === thread) worker = undefined
    for (const waiter of waiting.values()) waiter.reject(error)
    waiting.clear()
  }
  thread.on('error', fail)
  thread.on('exit', (code) => fail(new Error(`the PDF worker ended with code ${code}`)))
  worker = thread
  return thread
}
