import type { Limit } from '#platform/calendar/work-calendar.ts'

const UNITS: Readonly<Record<Limit['unit'], string>> = {
  workHour: '工作时',
  urgentHour: '紧急工作时',
  workday: '工作日',
  day: '自然日',
}

/** A limit as a sheet shows it, e.g. 4紧急工作时. */
export function writeLimit(limit: { readonly value: number; readonly unit: string }): string {
  return `${limit.value}${UNITS[limit.unit as Limit['unit']] ?? limit.unit}`
}

/** A limit from words; undefined where it cannot be read. */
export function parseLimit(words: string): Limit | undefined {
  const match = /^(\d+(?:\.\d+)?)\s*个?(紧急工作小?时|工作小?时|工作日|自然日|天)$/.exec(words.normalize('NFKC').trim())
  if (!match) return undefined
  const value = Number(match[1])
  const said = match[2]!.replace('小时', '时').replace(/^天$/, '自然日')
  const unit = (Object.keys(UNITS) as Limit['unit'][]).find((key) => UNITS[key] === said)
  return unit && value > 0 && value <= 3650 ? { value, unit } : undefined
}
