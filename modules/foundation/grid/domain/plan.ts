import type { GridKind } from './grid-code.ts'
import type { GeoShape } from './shape.ts'

/** One grid as a change wants it: new, or drawn anew under its code. */
export interface PlannedGrid {
  /** Name inside the change, e.g. the place in the file that was imported. */
  ref: string
  /** Empty until one is given. */
  code: string | null
  villageCode: string | null
  kind: GridKind
  name: string
  /** Kind of place that a dedicated grid is (专属网格类型). */
  place: string | null
  households: number | null
  people: number | null
  shape: GeoShape | null
  /** Codes that it comes from, where grids are split or merged. */
  from: string[]
  /** The grid that a micro grid is part of. */
  within: string | null
}

/** How a change came about. */
export type ChangeKind = 'draw' | 'import' | 'split' | 'merge'

export const CHANGE_KINDS: readonly ChangeKind[] = ['draw', 'import', 'split', 'merge']

/** What can be wrong with a planned grid. */
export type FaultKind =
  | 'no_shape'
  | 'not_polygon'
  | 'not_degrees'
  | 'ring_open'
  | 'ring_short'
  | 'ring_hole'
  | 'self_crossing'
  | 'too_small'
  | 'no_name'
  | 'unknown_village'
  | 'no_village'
  | 'bad_code'
  | 'kind_of_code'
  | 'duplicate_code'
  | 'code_gone'
  | 'unknown_grid'
  | 'outside_county'
  | 'outside_village'
  | 'outside_grid'
  | 'overlap'
  | 'gap'
  | 'border_unknown'

/** One thing that is wrong, said of one grid (or village), with the place where to look. */
export interface Fault {
  kind: FaultKind
  /** `note` is only told; `error` keeps the change from being published. */
  weight: 'error' | 'note'
  /** The planned grid; null where a village is meant. */
  ref: string | null
  /** Code of the grid or village, as far as there is one. */
  code: string | null
  name: string | null
  /** Longitude and latitude. */
  at: [number, number] | null
  params: Record<string, string | number>
}

/** Measures of the check [D]; the county changes them. */
export interface GridLimits {
  /** Least area of a general or dedicated grid, m². */
  minArea: number
  /** Least area of a micro grid, m². */
  minMicroArea: number
  /** Pieces narrower than this on average are rounding, m. */
  sliver: number
}
