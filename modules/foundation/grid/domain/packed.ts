import type { Point, Shape } from './shape.ts'

/** A shape as the seed keeps it: per ring the first corner, then the steps from corner to corner, in units. */
export type PackedShape = number[][][]

export function pack(shape: Shape): PackedShape {
  return shape.map((polygon) =>
    polygon.map((ring) => {
      let [x, y] = [0, 0]
      return ring.flatMap(([px, py]) => {
        const step = [px - x, py - y]
        ;[x, y] = [px, py]
        return step
      })
    }),
  )
}

export function unpack(packed: PackedShape): Shape {
  return packed.map((polygon) =>
    polygon.map((steps) => {
      const ring: Point[] = []
      let [x, y] = [0, 0]
      for (let i = 0; i + 1 < steps.length; i += 2) {
        x += steps[i]!
        y += steps[i + 1]!
        ring.push([x, y])
      }
      return ring
    }),
  )
}
