import { editionFile, exportBook } from '#modules/management/duties/contract.ts'
import { classEntry, itemEntry, itemsAt, villageEntry } from '#modules/management/duties/domain/book.ts'
import { readDuties } from '#modules/management/duties/server/duties.store.ts'
import { DutyUnits } from '#modules/management/duties/server/duty-units.ts'
import { type FileProblem, problemSheets, sheetsOf } from '#modules/management/duties/server/duty-workbook.ts'
import { wordProblem } from '#modules/management/duties/server/edition.queries.ts'
import { findEdition } from '#modules/management/duties/server/edition.store.ts'
import { requireChanges } from '#modules/management/duties/server/examine.ts'
import { dateOf, dayStart } from '#modules/management/duties/server/item-change.ts'
import { writePending } from '#platform/command/command.ts'
import { Pending } from '#platform/command/context.ts'
import type { RouteInput } from '#platform/contract/route.ts'
import { notFound } from '#platform/errors/app-error.ts'
import { mediaTypes } from '#platform/files/file-type.ts'
import { downloadHeaders } from '#platform/files/uploads.ts'
import type { RawHandler } from '#platform/http/raw-handler.ts'
import { dateText } from '#platform/tables/column.ts'
import { writeWorkbook } from '#platform/tables/write-xlsx.ts'

const headers = (name: string) => downloadHeaders({ name, mediaType: mediaTypes.xlsx }, false)

/** The whole book as it holds on a day; one audit row says that it left. */
export const exportBookHandler: RawHandler = {
  route: exportBook,
  async handle({ services }, { here, actor, input, info }) {
    const { on } = input as RouteInput<typeof exportBook>
    const now = services.clock.now()
    const at = on === undefined ? now : dayStart(on)
    const duties = (await services.pool.inCounty(here.county, readDuties, 'read')).at(at)
    await services.pool.inCounty(here.county, async (tx) => {
      const pending = new Pending()
      pending.subject = `duties_book?on=${dateText(at)}`
      await writePending({ tx, actor, here, request: info, now, services, pending }, { route: exportBook.name })
    })
    const sheets = sheetsOf(
      {
        items: itemsAt(duties, at).map((item) => ({
          ...itemEntry(item),
          documentNumber: item.documentNumber,
          validFrom: dateOf(item.validFrom),
        })),
        classes: duties.book.classes.map(classEntry),
        villageItems: duties.villageItemsAt(at).map(villageEntry),
      },
      duties,
      new DutyUnits(here.directory),
    )
    return { headers: headers(`职责清单 ${dateText(at)}.xlsx`), body: writeWorkbook(sheets) }
  },
}

/** The file of a draft with the reason behind each row that has a fault. */
export const editionFileHandler: RawHandler = {
  route: editionFile,
  async handle({ services }, { here, actor, input, info }) {
    const { editionId } = input as RouteInput<typeof editionFile>
    const now = services.clock.now()
    const found = await services.pool.inCounty(here.county, async (tx) => {
      const edition = await findEdition(tx, editionId)
      if (!edition || edition.sheets.length === 0) throw notFound()
      requireChanges(actor, await readDuties(tx), edition.changes)
      const pending = new Pending()
      pending.subject = `duties_edition:${editionId}`
      await writePending({ tx, actor, here, request: info, now, services, pending }, { route: editionFile.name })
      return edition
    })
    const word = (problem: FileProblem) =>
      problem.column ? `${problem.column}：${wordProblem(problem)}` : wordProblem(problem)
    const errors = found.problems.filter((problem) => problem.weight === 'error')
    const sheets = problemSheets(found.sheets, errors, word)
    return { headers: headers(`待修改 ${found.title.replace(/\.xlsx$/i, '')}.xlsx`), body: writeWorkbook(sheets) }
  },
}
