import { query } from '#platform/command/command.ts'
import { AppError } from '#platform/errors/app-error.ts'
import { type CaseFilters, caseNumbers, countCases, pageOfCases } from '#platform/process/case-list.ts'
import { getNumbers, listCases } from '#platform/process/contract.ts'
import { presentCase } from '#platform/process/present.ts'

/** Visible cases, newest first. */
export const listCasesQuery = query(listCases, async (context, input) => {
  const { cursor, limit, count, ...filters } = input
  const before = cursor === undefined ? null : Number(cursor)
  if (before !== null && !Number.isSafeInteger(before)) throw new AppError('platform.bad_cursor', { status: 400 })
  const page = await pageOfCases(context, filters as CaseFilters, before, limit ?? 50)
  // The first page tells the number by itself where it is the only one.
  const counted = async () =>
    before === null && page.next === null
      ? { count: page.rows.length, capped: false }
      : countCases(context, filters as CaseFilters)
  return {
    items: page.rows.map((row) => presentCase(context.here, row)),
    next: page.next === null ? null : String(page.next),
    ...(count ? await counted() : {}),
    now: context.now.toISOString(),
  }
})

/** The numbers behind the list; every one opens its cases by the same filters. */
export const getNumbersQuery = query(getNumbers, async (context) => {
  const numbers = await caseNumbers(context)
  const sum = (rows: typeof numbers) => rows.reduce((total, row) => total + row.amount, 0)
  return {
    total: sum(numbers),
    open: sum(numbers.filter((row) => !row.closed)),
    overdue: sum(numbers.filter((row) => row.overdue)),
    closed: sum(numbers.filter((row) => row.closed)),
    groups: numbers.map(({ closed: _closed, ...row }) => ({
      ...row,
      townName: row.townCode ? context.here.directory.divisionName(row.townCode) : '',
    })),
    now: context.now.toISOString(),
  }
})
