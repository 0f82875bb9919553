import { performance } from 'node:perf_hooks'
import { parseArgs } from 'node:util'
import { loadDepartmentLineModel } from '#modules/services/loop/recognition/department-line-model.ts'
import { collect, readLabelled } from '#modules/services/loop/recognition/messages.ts'
import { trainDepartmentLine } from '#modules/services/loop/recognition/train-department-line.ts'
import { indexWords } from '#platform/search/tokens.ts'
import { titled } from '#platform/text/text-features.ts'
import { tokenize } from '#platform/text/tokenize.ts'

/**
 * What reading a message costs, on the labelled messages and one core: cutting it into words, its department line without and
 * with the deciding words, its entries in the search index; with `--train`, training on all messages. Times are CPU time, so
 * that other work on the machine does not count.
 */
export async function run(args: string[]): Promise<void> {
  const { values } = parseArgs({ args, options: { train: { type: 'boolean', default: false } } })
  const messages = await collect(readLabelled())
  const began = performance.now()
  const model = loadDepartmentLineModel()
  const loadMs = performance.now() - began
  for (const { title, detail } of messages.slice(0, 300)) model.predict(detail, title)

  const perMessage = (work: (title: string, detail: string) => void) => {
    const before = process.cpuUsage()
    for (const { title, detail } of messages) work(title, detail)
    const { user, system } = process.cpuUsage(before)
    return Math.round((user + system) / messages.length) / 1000
  }
  let words = 0
  const tokenizeMs = perMessage((title, detail) => {
    words += tokenize(title + detail).length
  })
  const lineMs = perMessage((title, detail) => model.classifier.classify(titled(detail, title)))
  const lineWithWordsMs = perMessage((title, detail) => model.predict(detail, title))
  let entries = 0
  const indexMs = perMessage((title, detail) => {
    entries += indexWords(`${title}\n${detail}`).length
  })
  let trainCpuSeconds: number | undefined
  if (values.train) {
    const before = process.cpuUsage()
    await trainDepartmentLine()
    const { user, system } = process.cpuUsage(before)
    trainCpuSeconds = Math.round((user + system) / 1e5) / 10
  }
  console.log(
    JSON.stringify({
      messages: messages.length,
      charactersPerMessage: Math.round(
        messages.reduce((sum, { title, detail }) => sum + title.length + detail.length, 0) / messages.length,
      ),
      loadMs: Math.round(loadMs),
      tokenizeMs,
      lineMs,
      lineWithWordsMs,
      indexMs,
      wordsPerMessage: Math.round(words / messages.length),
      indexEntriesPerMessage: Math.round(entries / messages.length),
      ...(trainCpuSeconds === undefined ? {} : { trainCpuSeconds }),
    }),
  )
}
