import type { RouteInput } from '#platform/contract/route.ts'
import { cleanPhone, phoneProblem } from './phone-check.ts'
import type { reportPublicly } from './public-routes.ts'

export const TEXT_MIN = 4
export const TEXT_MAX = 2000
const PLACE_TEXT_MAX = 200
const NAME_MAX = 40

export interface DraftPlace {
  lon: number
  lat: number
  from: 'photo' | 'here' | 'map'
}

/** A report while it is being written; what was typed is kept as typed. Photos are kept apart. */
export interface Draft {
  text: string
  placeText: string
  townCode?: string
  villageCode?: string
  place?: DraftPlace
  /** Photos whose place was taken over or turned down; it is not offered twice, not even after a reload. */
  offered?: string[]
  name: string
  phone: string
}

export const emptyDraft: Draft = { text: '', placeText: '', name: '', phone: '' }

export function isEmpty(draft: Draft): boolean {
  return (
    !draft.text.trim() &&
    !draft.placeText.trim() &&
    !draft.townCode &&
    !draft.villageCode &&
    !draft.place &&
    !draft.name.trim() &&
    !draft.phone.trim()
  )
}

/** A kept draft; whatever cannot be read becomes an empty field, never an error. */
export function readDraft(kept: string | null): Draft {
  let raw: Record<string, unknown>
  try {
    raw = (JSON.parse(kept ?? 'null') ?? {}) as Record<string, unknown>
  } catch {
    raw = {}
  }
  const text = (key: string, most: number) => (typeof raw[key] === 'string' ? (raw[key] as string).slice(0, most) : '')
  const code = (key: string, length: number) =>
    typeof raw[key] === 'string' && new RegExp(`^\\d{${length}}$`).test(raw[key] as string)
      ? (raw[key] as string)
      : undefined
  const townCode = code('townCode', 9)
  const villageCode = code('villageCode', 12)
  const place = raw.place as Partial<DraftPlace> | undefined
  return {
    text: text('text', TEXT_MAX * 2),
    placeText: text('placeText', PLACE_TEXT_MAX),
    ...(townCode ? { townCode } : {}),
    ...(villageCode ? { villageCode } : {}),
    ...(place &&
    Number.isFinite(place.lon) &&
    Number.isFinite(place.lat) &&
    ['photo', 'here', 'map'].includes(place.from ?? '')
      ? { place: { lon: place.lon!, lat: place.lat!, from: place.from! } }
      : {}),
    ...(Array.isArray(raw.offered) && raw.offered.length > 0
      ? { offered: raw.offered.filter((key) => typeof key === 'string').slice(-20) }
      : {}),
    name: text('name', NAME_MAX),
    phone: text('phone', 30),
  }
}

export type DraftProblem = { field: 'text' | 'phone'; key: string }

/** What must be mended before the report can be sent, in the order of the page. */
export function problemsOf(draft: Draft): DraftProblem[] {
  const problems: DraftProblem[] = []
  const length = draft.text.trim().length
  if (length < TEXT_MIN) problems.push({ field: 'text', key: length === 0 ? 'loop.m.text.empty' : 'loop.m.text.short' })
  else if (length > TEXT_MAX) problems.push({ field: 'text', key: 'loop.m.text.long' })
  const phone = phoneProblem(draft.phone)
  if (phone) problems.push({ field: 'phone', key: `loop.m.phone.${phone}` })
  return problems
}

/** Without any place somebody has to call and ask, or guess: worth a word, no reason to refuse. */
export function hasPlace(draft: Draft): boolean {
  return Boolean(draft.placeText.trim() || draft.villageCode || draft.townCode || draft.place)
}

const round = (degrees: number) => Math.round(degrees * 1e6) / 1e6

export function toInput(draft: Draft, fileIds: readonly string[]): RouteInput<typeof reportPublicly> {
  const placeText = draft.placeText.trim()
  const name = draft.name.trim()
  const phone = cleanPhone(draft.phone)
  return {
    text: draft.text.trim(),
    ...(placeText ? { placeText } : {}),
    ...(draft.place
      ? {
          place: { lon: round(draft.place.lon), lat: round(draft.place.lat) },
          // The map is drawn in the county's datum; phone and photo give GPS coordinates.
          placeDatum: draft.place.from === 'map' ? ('gcj02' as const) : ('wgs84' as const),
        }
      : {}),
    ...(draft.villageCode ? { villageCode: draft.villageCode } : draft.townCode ? { townCode: draft.townCode } : {}),
    ...(name ? { reporterName: name } : {}),
    ...(phone ? { reporterPhone: phone } : {}),
    ...(fileIds.length > 0 ? { fileIds: [...fileIds] } : {}),
    source: 'resident',
  }
}

export interface Attempt {
  /** What was sent, word for word. */
  body: string
  key: string
}

/**
 * The key under which a report is sent. The same report sent again keeps its key, so that the server answers it once;
 * a changed report is another deed and gets another key.
 */
export function attemptFor(body: string, last: Attempt | undefined, newKey: () => string): Attempt {
  return last?.body === body ? last : { body, key: newKey() }
}
