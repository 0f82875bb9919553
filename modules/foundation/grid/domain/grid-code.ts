/** What a grid is for (网格类型): the county's cover, a place with a management of its own, or a part of a grid. */
export type GridKind = 'general' | 'dedicated' | 'micro'

export const GRID_KINDS: readonly GridKind[] = ['general', 'dedicated', 'micro']

/** Numbers inside a village: 001–799 general (综合网格), 801–999 dedicated (专属网格) [D]; 800 is never given. */
const RANGE = { general: { from: 1, to: 799 }, dedicated: { from: 801, to: 999 } } as const
/** Numbers of micro grids (微网格) inside their grid [D]. */
const MICRO = { from: 1, to: 99 }

export const GRID_CODE = /^[0-9]{15}$/
export const MICRO_CODE = /^[0-9]{17}$/
export const ANY_GRID_CODE = /^[0-9]{15}([0-9]{2})?$/

/** What a code says its grid is; undefined where it is no code of a grid (e.g. number 000 or 800). */
export function kindOfCode(code: string): GridKind | undefined {
  if (MICRO_CODE.test(code)) return kindOfCode(code.slice(0, 15)) && code.slice(15) !== '00' ? 'micro' : undefined
  if (!GRID_CODE.test(code)) return undefined
  const number = Number(code.slice(12))
  for (const kind of ['general', 'dedicated'] as const)
    if (number >= RANGE[kind].from && number <= RANGE[kind].to) return kind
  return undefined
}

/** The 12 digits of the village (村社区) that a code begins with. */
export function villageOf(code: string): string {
  return code.slice(0, 12)
}

/** The 9 digits of the town (镇街) that a code begins with. */
export function townOf(code: string): string {
  return code.slice(0, 9)
}

/** The 15 digits of the grid that a micro grid is part of; any other code is its own. */
export function gridOf(code: string): string {
  return code.slice(0, 15)
}

/**
 * The next code that was never given, not even to a grid that is gone: one above the highest.
 * @param above the village for general and dedicated grids, the grid for micro grids
 * @param used every code ever given or reserved by an open change
 * @returns undefined when all numbers were given
 */
export function nextCode(above: string, kind: GridKind, used: Iterable<string>): string | undefined {
  const { from, to } = kind === 'micro' ? MICRO : RANGE[kind]
  let highest = from - 1
  for (const code of used) {
    if (!code.startsWith(above) || kindOfCode(code) !== kind) continue
    highest = Math.max(highest, Number(code.slice(above.length)))
  }
  if (highest >= to) return undefined
  return above + String(highest + 1).padStart(kind === 'micro' ? 2 : 3, '0')
}
