/** How a value is written and read. Times are Chinese time; `yuan` is integer cents in code and 元 with two decimals on the sheet. */
export type ColumnType = 'text' | 'integer' | 'decimal' | 'yuan' | 'date' | 'dateTime' | 'boolean'

export type CellValue = string | number | boolean | Date | null | undefined

/** One column of an export. */
export interface Column<Row> {
  title: string
  /** `asWritten`: numbers as numbers, dates as dates, text as text, cell by cell. */
  type: ColumnType | 'asWritten'
  value(row: Row): CellValue
  /** In characters; by type when absent. */
  width?: number
}

/** China has one zone without summer time; a sheet knows wall clocks only. */
export const zoneOffset = 8 * 3_600_000

/** 2026-09-30 */
export function dateText(at: Date): string {
  return new Date(at.getTime() + zoneOffset).toISOString().slice(0, 10)
}

/** 2026-09-30 16:20:05 */
export function dateTimeText(at: Date): string {
  return new Date(at.getTime() + zoneOffset).toISOString().slice(0, 19).replace('T', ' ')
}

/** Title of the column that tells why a row was not taken; see `writeErrorFile`. */
export const problemTitle = '错误原因'
