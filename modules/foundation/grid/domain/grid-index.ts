import Flatbush from 'flatbush'
import { type Box, boxOf, type Shape, toUnits } from './shape.ts'
import { placeIn } from './topology.ts'

/** Finds the grid of a point among thousands in microseconds. */
export class GridIndex {
  readonly #tree: Flatbush | undefined
  readonly #grids: readonly { code: string; shape: Shape }[]

  constructor(grids: readonly { code: string; shape: Shape }[]) {
    this.#grids = grids
    if (grids.length === 0) return
    this.#tree = new Flatbush(grids.length)
    for (const { shape } of grids) this.#tree.add(...(boxOf(shape) as Box))
    this.#tree.finish()
  }

  get size(): number {
    return this.#grids.length
  }

  /** The grid in which a point (degrees) lies; on a border, the one with the lower code. */
  at(lon: number, lat: number): string | undefined {
    if (!this.#tree) return undefined
    const x = toUnits(lon)
    const y = toUnits(lat)
    let border: string | undefined
    for (const i of this.#tree.search(x, y, x, y)) {
      const { code, shape } = this.#grids[i]!
      const place = placeIn(shape, [x, y])
      if (place === 1) return code
      if (place === 0 && (border === undefined || code < border)) border = code
    }
    return border
  }
}
