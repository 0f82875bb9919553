import type { RouteOutput } from '#platform/contract/route.ts'
import { readDevice, writeDevice } from '#ui/mobile/device-store.ts'
import type { followReport, reportPublicly } from './public-routes.ts'

export type Progress = RouteOutput<typeof followReport>
export type Sent = RouteOutput<typeof reportPublicly>

/** A report that this phone remembers, so that its owner need not type number and code again. */
export interface KeptReport {
  number: string
  followCode: string
  title: string
  at: string
  /** As the server answered when it was sent; only for reports sent from this phone. */
  sent?: Pick<Sent, 'answerBy' | 'danger' | 'quarantined'>
  /** As it stood when it was last looked up. */
  seen?: { stateName: Progress['stateName']; closed: boolean; replied: boolean; toRate: boolean }
}

const KEY = 'reports'
const MOST = 30

function isKept(value: unknown): value is KeptReport {
  const kept = value as KeptReport | null
  return (
    typeof kept === 'object' &&
    kept !== null &&
    typeof kept.number === 'string' &&
    typeof kept.followCode === 'string' &&
    typeof kept.title === 'string' &&
    typeof kept.at === 'string' &&
    !Number.isNaN(Date.parse(kept.at))
  )
}

/** What lies in the phone, newest first; whatever cannot be read is left out. */
export function parseKept(text: string | null): KeptReport[] {
  try {
    const list: unknown = JSON.parse(text ?? '[]')
    return Array.isArray(list) ? list.filter(isKept).sort((a, b) => Date.parse(b.at) - Date.parse(a.at)) : []
  } catch {
    return []
  }
}

/** Puts a report among the kept; the same number replaces what was known, the oldest leave when there are too many. */
export function withReport(list: readonly KeptReport[], report: KeptReport): KeptReport[] {
  const before = list.find((one) => one.number === report.number)
  return [{ ...before, ...report }, ...list.filter((one) => one.number !== report.number)]
    .sort((a, b) => Date.parse(b.at) - Date.parse(a.at))
    .slice(0, MOST)
}

export function seenOf(progress: Progress): NonNullable<KeptReport['seen']> {
  return {
    stateName: progress.stateName,
    closed: progress.closed,
    replied: progress.reply !== null,
    toRate: progress.canRate,
  }
}

export function keptReports(): KeptReport[] {
  return parseKept(readDevice(KEY))
}

export function keptReport(number: string): KeptReport | undefined {
  return keptReports().find((report) => report.number === number)
}

/** Answers whether the phone really keeps it. */
export function keepReport(report: KeptReport): boolean {
  return writeDevice(KEY, JSON.stringify(withReport(keptReports(), report)))
}

/** Keeps what was looked up with number and code. */
export function keepProgress(progress: Progress, followCode: string): boolean {
  return keepReport({
    number: progress.number,
    followCode,
    title: progress.title,
    at: progress.openedAt,
    seen: seenOf(progress),
  })
}

export function forgetReport(number: string): void {
  const rest = keptReports().filter((report) => report.number !== number)
  writeDevice(KEY, rest.length > 0 ? JSON.stringify(rest) : null)
}

/** What a person typed as a number or code: full-width signs and spaces fall away, small letters become large. */
export function cleanCode(typed: string): string {
  return typed
    .normalize('NFKC')
    .toUpperCase()
    .replace(/\s/g, '')
    .replace(/[—–－]/g, '-')
}

/** `K7M2 9QXP`: a code in groups of four, as it is read out. */
export function groupCode(code: string): string {
  return code.replace(/(.{4})(?=.)/g, '$1 ')
}
