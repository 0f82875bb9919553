import { GridIndex } from '#modules/foundation/grid/domain/grid-index.ts'
import { listDrawnGrids } from '#modules/foundation/grid/server/land.store.ts'
import type { CountyServices } from '#platform/command/services.ts'
import type { Tx } from '#platform/db/db.ts'

/** The directory is made anew whenever the county's revision rises, and every change of the grids raises it. */
const indexes = new WeakMap<object, Promise<{ grids: GridIndex; micro: GridIndex }>>()

export interface FoundGrid {
  gridCode: string
  villageCode: string
  townCode: string
  /** The micro grid, where the grid has such. */
  microCode: string | null
}

/**
 * The grid in which a point (degrees, GCJ-02) lies, or undefined outside of all grids. Answered from memory in microseconds;
 * the first question after a change reads the shapes once.
 */
export async function gridAt(
  { tx, here }: { tx: Tx; here: CountyServices },
  lon: number,
  lat: number,
): Promise<FoundGrid | undefined> {
  const key = here.directory
  let loading = indexes.get(key)
  if (!loading) {
    loading = listDrawnGrids(tx).then((all) => ({
      grids: new GridIndex(all.filter((grid) => grid.kind !== 'micro')),
      micro: new GridIndex(all.filter((grid) => grid.kind === 'micro')),
    }))
    indexes.set(key, loading)
    loading.catch(() => indexes.delete(key))
  }
  const { grids, micro } = await loading
  const gridCode = grids.at(lon, lat)
  if (!gridCode) return undefined
  const microCode = micro.at(lon, lat)
  return {
    gridCode,
    villageCode: gridCode.slice(0, 12),
    townCode: gridCode.slice(0, 9),
    microCode: microCode?.startsWith(gridCode) ? microCode : null,
  }
}
