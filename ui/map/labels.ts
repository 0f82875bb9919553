import type { MapPoint } from '#ui/map/map-view.ts'

/** A point of the map where it lies on the screen. */
export interface PlacedPoint extends Pick<MapPoint, 'id' | 'kind' | 'label'> {
  x: number
  y: number
}

export interface Box {
  left: number
  top: number
  right: number
  bottom: number
}

const ROOM = 3
/** The matter itself is named first, then what is like it, then places. */
const RANK: Record<MapPoint['kind'], number> = { here: 0, similar: 1, case: 2, name: 3 }

const meet = (a: Box, b: Box): boolean =>
  a.left < b.right + ROOM && b.left < a.right + ROOM && a.top < b.bottom + ROOM && b.top < a.bottom + ROOM

/** Width of a label in 12 px type: a Han character is as wide as it is high, others are about half. */
export function labelWidth(text: string): number {
  return [...text].reduce((sum, char) => sum + (char.charCodeAt(0) > 0x2e80 ? 12 : 7), 0)
}

function signOf({ kind, x, y }: PlacedPoint): Box | undefined {
  if (kind === 'name') return undefined
  if (kind === 'here') return { left: x - 13, top: y - 35, right: x + 13, bottom: y }
  return { left: x - 8, top: y - 8, right: x + 8, bottom: y + 8 }
}

function labelOf({ kind, label = '', x, y }: PlacedPoint): Box {
  const width = labelWidth(label)
  if (kind === 'name') return { left: x - width / 2, top: y - 12, right: x + width / 2, bottom: y + 4 }
  // High enough for a label at the foot of the pin or at its middle.
  if (kind === 'here') return { left: x + 16, top: y - 26, right: x + 18 + width, bottom: y + 6 }
  return { left: x + 11, top: y - 8, right: x + 13 + width, bottom: y + 8 }
}

/**
 * Ids of the points whose labels are shown: none lies on another or on a sign, and a place is not named by half a name at the
 * edge. What has no room is left out until one zooms in.
 */
export function labelsWithRoom(
  points: readonly PlacedPoint[],
  view: { width: number; height: number },
  covered: readonly Box[] = [],
): Set<string> {
  const taken: { id: string; box: Box }[] = [
    ...covered.map((box) => ({ id: '', box })),
    ...points.flatMap((point) => {
      const box = signOf(point)
      return box ? [{ id: point.id, box }] : []
    }),
  ]
  const shown = new Set<string>()
  for (const point of [...points].sort((a, b) => RANK[a.kind] - RANK[b.kind])) {
    if (!point.label) continue
    const box = labelOf(point)
    const whole = box.left >= 0 && box.top >= 0 && box.right <= view.width && box.bottom <= view.height
    if (point.kind !== 'here' && (!whole || taken.some((other) => other.id !== point.id && meet(other.box, box))))
      continue
    taken.push({ id: point.id, box })
    shown.add(point.id)
  }
  return shown
}

/** What lies over the map: its buttons, and the county in a corner. */
export function coveredCorners({ width, height }: { width: number; height: number }, where: boolean): Box[] {
  return [
    { left: width - 40, top: 0, right: width, bottom: 72 },
    ...(where ? [{ left: width - 120, top: height - 88, right: width, bottom: height }] : []),
  ]
}
