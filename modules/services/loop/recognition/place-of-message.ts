import divisions from '../data/sample-divisions.json' with { type: 'json' }

export interface SampleDivision {
  /** 6 digits county, 9 district, 12 town; all under the made-up county 999900. */
  code: string
  name: string
  parent: string | null
  level: 6 | 9 | 12
  /** Further spellings found in the texts. */
  also?: string[]
}

export interface MessagePlace {
  /** 9-digit code of the district; the codes of "unknown" and "outside" are divisions too. */
  townCode: string
  /** 12-digit code of the town, where the text names one. */
  villageCode: string | null
  /** The words of the text that decided, e.g. `A7县泉塘街道`; empty where none did. */
  found: string
}

export const SAMPLE_COUNTY = '999900'
/** Somewhere in A市, but the text does not say where. */
export const PLACE_UNKNOWN = '999900900'
/** The text names places outside of A市 only. */
export const PLACE_OUTSIDE = '999900901'

export const sampleDivisions: readonly SampleDivision[] = divisions as SampleDivision[]

const districts = new Map(sampleDivisions.filter(({ level }) => level === 9).map(({ name, code }) => [name, code]))
const towns = sampleDivisions
  .filter(({ level }) => level === 12)
  .flatMap(({ name, also, parent, code }) => [name, ...(also ?? [])].map((spelling) => ({ spelling, parent, code })))
  .sort((a, b) => b.spelling.length - a.spelling.length)

/** A masked district of A市. `C5市中路` and the like are masked street names, not places: their letters are not A. */
const DISTRICT = /(A\d)(?:市|县|区)/g
const OTHER_CITY = /[B-Z]\d{0,2}(?:市|县|区|州)(?!.{0,2}路)/

/**
 * The district of A市 that a message is about: the one named most often, the title counting double, the first one where two
 * are named equally often. A town only where its district is named too.
 */
export function placeOfMessage(title: string, detail = ''): MessagePlace {
  const text = `${title}。${detail}`.normalize('NFKC')
  const counts = new Map<string, number>()
  for (const match of text.matchAll(DISTRICT)) {
    const name = canonical(match[1]!)
    if (name) counts.set(name, (counts.get(name) ?? 0) + (match.index < title.length ? 2 : 1))
  }
  let district: string | undefined
  for (const [name, count] of counts) if (district === undefined || count > counts.get(district)!) district = name
  if (district === undefined) {
    const outside = !text.includes('A市') && OTHER_CITY.test(text)
    return { townCode: outside ? PLACE_OUTSIDE : PLACE_UNKNOWN, villageCode: null, found: '' }
  }
  const townCode = districts.get(district)!
  const town = towns.find(({ spelling, parent }) => parent === townCode && text.includes(spelling))
  return { townCode, villageCode: town?.code ?? null, found: district + (town?.spelling ?? '') }
}

/** `A8县市` and `A8市` are slips for the same district. */
function canonical(letterAndDigit: string): string | undefined {
  for (const name of districts.keys()) if (name.startsWith(letterAndDigit)) return name
  return undefined
}
