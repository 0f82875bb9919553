export interface NamedDivision {
  code: string
  name: string
  shortName: string
}

export interface FoundPlace {
  townCode: string | null
  villageCode: string | null
  gridCode: string | null
}

export type PlaceProblem = {
  field: 'town' | 'village' | 'grid'
  code:
    | 'orders.town_unknown'
    | 'orders.village_unknown'
    | 'orders.village_twice'
    | 'orders.village_elsewhere'
    | 'orders.grid_unknown'
}

/** 木渎镇 and 木渎, 香溪社区居民委员会 and 香溪社区 are the same place. */
function stems(name: string): string[] {
  const plain = name.normalize('NFKC').replace(/\s/g, '')
  const short = plain.replace(/(居民委员会|村民委员会|居委会|村委会|街道办事处|人民政府|办事处)$/, '')
  return [...new Set([plain, short, short.replace(/(街道|社区|镇|乡|村)$/, '')])].filter((stem) => stem.length > 1)
}

/** Towns, villages and grids of a county by what people call them. */
export class PlaceNames {
  readonly #codes = new Set<string>()
  readonly #towns = new Map<string, string[]>()
  readonly #villages = new Map<string, string[]>()
  /** Full names of villages as they stand in addresses, longest first. */
  readonly #spoken: [string, string][] = []

  constructor(divisions: readonly NamedDivision[]) {
    const add = (index: Map<string, string[]>, name: string, code: string) => {
      const known = index.get(name) ?? []
      if (!known.includes(code)) index.set(name, [...known, code])
    }
    for (const { code, name, shortName } of divisions) {
      this.#codes.add(code)
      const index = code.length === 9 ? this.#towns : code.length === 12 ? this.#villages : undefined
      if (!index) continue
      for (const one of new Set([...stems(name), ...stems(shortName)])) add(index, one, code)
      if (code.length === 12) this.#spoken.push([shortName, code])
    }
    this.#spoken.sort((a, b) => b[0].length - a[0].length)
  }

  /** The place that codes, names or the words of an address lead to; all null where nothing says where. */
  find(given: { town?: string; village?: string; grid?: string; place?: string }): FoundPlace | PlaceProblem {
    const town = given.town?.normalize('NFKC').trim()
    const village = given.village?.normalize('NFKC').trim()
    const grid = given.grid?.normalize('NFKC').trim()
    if (grid && /^\d+$/.test(grid)) {
      if (grid.length !== 15 || !this.#codes.has(grid)) return { field: 'grid', code: 'orders.grid_unknown' }
      return { townCode: grid.slice(0, 9), villageCode: grid.slice(0, 12), gridCode: grid }
    }
    const townCode = town ? this.#one(this.#towns, town, 9) : null
    if (town && typeof townCode !== 'string') {
      // Some write the village where the town is asked for.
      const inTown = village ? undefined : this.#one(this.#villages, town, 12)
      if (typeof inTown === 'string') return { townCode: inTown.slice(0, 9), villageCode: inTown, gridCode: null }
      return { field: 'town', code: 'orders.town_unknown' }
    }
    if (village) {
      const found = this.#all(this.#villages, village, 12)
      const inTown = typeof townCode === 'string' ? found.filter((code) => code.startsWith(townCode)) : found
      if (found.length === 0) return { field: 'village', code: 'orders.village_unknown' }
      if (inTown.length === 0) return { field: 'village', code: 'orders.village_elsewhere' }
      if (inTown.length > 1) return { field: 'village', code: 'orders.village_twice' }
      return { townCode: inTown[0]!.slice(0, 9), villageCode: inTown[0]!, gridCode: null }
    }
    const spoken = given.place ? this.#inAddress(given.place, townCode ?? null) : null
    return { townCode: spoken?.slice(0, 9) ?? townCode ?? null, villageCode: spoken, gridCode: null }
  }

  #all(index: Map<string, string[]>, text: string, length: number): string[] {
    if (/^\d+$/.test(text)) return text.length === length && this.#codes.has(text) ? [text] : []
    for (const stem of stems(text)) {
      const found = index.get(stem)
      if (found) return found
    }
    return []
  }

  #one(index: Map<string, string[]>, text: string, length: number): string | undefined {
    const found = this.#all(index, text, length)
    return found.length === 1 ? found[0] : undefined
  }

  /** A village named in the address, where it is the only one of that name in reach. */
  #inAddress(place: string, townCode: string | null): string | null {
    const text = place.normalize('NFKC')
    const hit = this.#spoken.find(
      ([name, code]) => (townCode === null || code.startsWith(townCode)) && text.includes(name),
    )
    if (!hit) return null
    const same = this.#spoken.filter(
      ([name, code]) => name === hit[0] && (townCode === null || code.startsWith(townCode)),
    )
    return same.length === 1 ? hit[1] : null
  }
}
