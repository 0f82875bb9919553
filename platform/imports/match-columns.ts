import type { ImportColumn } from '#platform/tables/import-rows.ts'
import { normalTitle } from '#platform/tables/read-table.ts'
import { columnLetters } from '#platform/tables/write-xlsx.ts'

/** Field → index of its column. */
export type ColumnMatch = Record<string, number>

/** Names for columns without a title, by which people find them: 第 D 列. */
export function namedTitles(titles: readonly string[]): string[] {
  return titles.map((title, index) => (title.trim() === '' ? `第 ${columnLetters(index)} 列` : title.slice(0, 120)))
}

/** A title without the remarks in brackets that people add to it. */
const bare = (title: string) => normalTitle(title).replace(/[([【].*?[)\]】]/g, '')

/**
 * The column of each field: as the source was matched before, else by title or a name it is also known under. A column serves one
 * field, the first that claims it; exact titles go before those with remarks.
 */
export function matchColumns(
  fields: readonly ImportColumn[],
  titles: readonly string[],
  remembered: Readonly<Record<string, string>> = {},
): ColumnMatch {
  const match: ColumnMatch = {}
  const taken = new Set<number>()
  const claim = (key: string, index: number) => {
    if (index === -1 || taken.has(index) || key in match) return
    match[key] = index
    taken.add(index)
  }
  const exact = titles.map(normalTitle)
  for (const { key } of fields)
    if (remembered[key] !== undefined) claim(key, exact.indexOf(normalTitle(remembered[key])))
  for (const form of [normalTitle, bare]) {
    const names = titles.map(form)
    const rounds = Math.max(...fields.map(({ aliases }) => 1 + (aliases?.length ?? 0)))
    // All fields by their own title first, then by their first other name, and so on.
    for (let round = 0; round < rounds; round++)
      for (const field of fields) {
        const name = [field.title, ...(field.aliases ?? [])][round]
        if (name !== undefined)
          claim(
            field.key,
            names.findIndex((title, at) => title === form(name) && !taken.has(at)),
          )
      }
  }
  return match
}

/** The fields as the columns of the file are named, so that a reason names the column that people see. */
export function columnsOf(
  fields: readonly ImportColumn[],
  titles: readonly string[],
  match: Readonly<ColumnMatch>,
): ImportColumn[] {
  return fields.map(({ aliases: _, ...field }) => {
    const at = match[field.key]
    // No title holds this character: the field has no column.
    return { ...field, title: at === undefined ? `\0${field.title}` : titles[at]! }
  })
}
