import { AppError } from '#platform/errors/app-error.ts'
import { openZipEntry, readZipDirectory, type ZipEntry } from '#platform/files/zip-archive.ts'
import { zoneOffset } from './column.ts'
import { attribute, scanXml } from './xml-scanner.ts'

/** What stands in a cell; dates are moments in Chinese time. */
export type Cell = string | number | boolean | Date | null

/** A row as it stands on the sheet: its number counts from 1, as people see it. */
export interface SheetRow {
  number: number
  cells: Cell[]
}

const maxColumns = 500
const damaged = () => new AppError('tables.damaged', { status: 422 })

/**
 * Rows of the first visible sheet, or of the one with a name (nothing where there is none), read piece by piece: other requests go on in between. Formulas give their last result.
 * @throws AppError tables.damaged and the refusals of readZipDirectory
 */
export async function* readXlsxRows(file: Buffer, name?: string): AsyncGenerator<SheetRow> {
  const entries = new Map(readZipDirectory(file).map((entry) => [entry.name.toLowerCase(), entry]))
  const part = (name: string): ZipEntry | undefined => entries.get(name.replace(/^\//, '').toLowerCase())
  const workbook = part('xl/workbook.xml')
  if (!workbook) throw damaged()

  let sheetId: string | undefined
  let start1904 = false
  for await (const tokens of scanXml(openZipEntry(file, workbook))) {
    for (const token of tokens) {
      if (token.kind !== 'open') continue
      if (token.name === 'workbookPr') start1904 = /^(1|true)$/.test(attribute(token.attributes, 'date1904') ?? '')
      if (token.name !== 'sheet' || sheetId) continue
      const wanted =
        name === undefined
          ? !/hidden/i.test(attribute(token.attributes, 'state') ?? '')
          : (attribute(token.attributes, 'name') ?? '').trim() === name
      if (wanted) sheetId = attribute(token.attributes, 'id')
    }
  }
  if (name !== undefined && sheetId === undefined) return
  const targets = await relations(file, part('xl/_rels/workbook.xml.rels'))
  const sheet = part(targets.byId.get(sheetId ?? '') ?? 'xl/worksheets/sheet1.xml')
  if (!sheet) throw damaged()
  const strings = await sharedStrings(file, part(targets.byType.get('sharedStrings') ?? 'xl/sharedStrings.xml'))
  const dates = await dateStyles(file, part(targets.byType.get('styles') ?? 'xl/styles.xml'))
  yield* sheetRows(file, sheet, strings, dates, start1904)
}

async function relations(file: Buffer, entry: ZipEntry | undefined) {
  const byId = new Map<string, string>()
  const byType = new Map<string, string>()
  if (!entry) return { byId, byType }
  for await (const tokens of scanXml(openZipEntry(file, entry))) {
    for (const token of tokens) {
      if (token.kind !== 'open' || token.name !== 'Relationship') continue
      const target = attribute(token.attributes, 'Target') ?? ''
      const path = target.startsWith('/') ? target.slice(1) : `xl/${target}`
      byId.set(attribute(token.attributes, 'Id') ?? '', path)
      byType.set((attribute(token.attributes, 'Type') ?? '').split('/').at(-1) ?? '', path)
    }
  }
  return { byId, byType }
}

async function sharedStrings(file: Buffer, entry: ZipEntry | undefined): Promise<string[]> {
  const strings: string[] = []
  if (!entry) return strings
  let text = ''
  let inText = false
  // Phonetic readings beside the characters are not part of the text.
  let phonetic = false
  for await (const tokens of scanXml(openZipEntry(file, entry))) {
    for (const token of tokens) {
      if (token.kind === 'text') {
        if (inText && !phonetic) text += token.text
      } else if (token.name === 't') inText = token.kind === 'open' && !token.empty
      else if (token.name === 'rPh') phonetic = token.kind === 'open' && !token.empty
      else if (token.name === 'si') {
        if (token.kind === 'open' && !token.empty) text = ''
        else {
          strings.push(text)
          text = ''
        }
      }
    }
  }
  return strings
}

/** For every cell style: whether its number format shows a date or a time. */
async function dateStyles(file: Buffer, entry: ZipEntry | undefined): Promise<boolean[]> {
  const styles: boolean[] = []
  if (!entry) return styles
  const formats = new Map<number, string>()
  let inCells = false
  for await (const tokens of scanXml(openZipEntry(file, entry))) {
    for (const token of tokens) {
      if (token.kind === 'text') continue
      if (token.name === 'cellXfs') inCells = token.kind === 'open'
      if (token.kind !== 'open') continue
      if (token.name === 'numFmt') {
        formats.set(Number(attribute(token.attributes, 'numFmtId')), attribute(token.attributes, 'formatCode') ?? '')
      }
      if (token.name === 'xf' && inCells)
        styles.push(isDateFormat(Number(attribute(token.attributes, 'numFmtId') ?? 0), formats))
    }
  }
  return styles
}

function isDateFormat(id: number, formats: Map<number, string>): boolean {
  const code = formats.get(id)
  // Built-in formats: 14–22 and 45–47 everywhere, 27–36 and 50–58 in Chinese editions.
  if (code === undefined)
    return (id >= 14 && id <= 22) || (id >= 27 && id <= 36) || (id >= 45 && id <= 47) || (id >= 50 && id <= 58)
  const bare = code.replace(/"[^"]*"|\\.|\[[^\]]*\]|_./g, '').split(';')[0]!
  return /[ymdhs年月日时分秒]/i.test(bare) && !/general/i.test(bare)
}

async function* sheetRows(
  file: Buffer,
  entry: ZipEntry,
  strings: readonly string[],
  dates: readonly boolean[],
  start1904: boolean,
): AsyncGenerator<SheetRow> {
  let row: SheetRow | undefined
  let number = 0
  let column = 0
  let type = ''
  let isDate = false
  let inValue = false
  let phonetic = false
  let raw = ''
  for await (const tokens of scanXml(openZipEntry(file, entry))) {
    for (const token of tokens) {
      if (token.kind === 'text') {
        if (inValue && !phonetic) raw += token.text
        continue
      }
      const opened = token.kind === 'open'
      switch (token.name) {
        case 'row':
          if (opened) {
            number = Number(attribute(token.attributes, 'r') ?? number + 1)
            if (!Number.isSafeInteger(number) || number < 1) throw damaged()
            row = { number, cells: [] }
            column = -1
          }
          if (row && (!opened || token.empty)) {
            yield row
            row = undefined
          }
          break
        case 'c':
          if (opened) {
            const place = attribute(token.attributes, 'r')
            column = place ? columnIndex(place) : column + 1
            if (column >= maxColumns) column = maxColumns
            type = attribute(token.attributes, 't') ?? 'n'
            isDate = dates[Number(attribute(token.attributes, 's') ?? 0)] ?? false
            raw = ''
          }
          if (row && (!opened || token.empty) && column < maxColumns) {
            while (row.cells.length < column) row.cells.push(null)
            row.cells[column] = cellValue(raw, type, isDate, strings, start1904)
          }
          break
        case 'v':
        case 't':
          inValue = opened && !token.empty
          break
        case 'rPh':
          phonetic = opened && !token.empty
          break
      }
    }
  }
}

/** AB12 → 27 */
function columnIndex(place: string): number {
  let index = 0
  for (const letter of place) {
    const code = letter.charCodeAt(0)
    if (code < 65 || code > 90) break
    index = index * 26 + code - 64
  }
  return index - 1
}

function cellValue(raw: string, type: string, isDate: boolean, strings: readonly string[], start1904: boolean): Cell {
  if (raw === '') return null
  switch (type) {
    case 's':
      return strings[Number(raw)] ?? null
    case 'inlineStr':
    case 'str':
      return raw
    case 'b':
      return raw === '1' || raw === 'true'
    case 'e':
      return raw
    case 'd': {
      const at = Date.parse(/Z$|[+-]\d\d:\d\d$/.test(raw) ? raw : `${raw.length === 10 ? `${raw}T00:00:00` : raw}Z`)
      return Number.isNaN(at) ? raw : new Date(at - zoneOffset)
    }
    default: {
      const value = Number(raw)
      if (!Number.isFinite(value)) return raw
      return isDate ? dateOfSerial(value + (start1904 ? 1462 : 0)) : value
    }
  }
}

/** An Excel serial (days since 1899-12-30, wall clock) as the moment in Chinese time, rounded to the second. */
export function dateOfSerial(serial: number): Date {
  return new Date(Math.round((serial - 25_569) * 86_400) * 1000 - zoneOffset)
}
