/** Which rows of a long list are to be drawn, and how much empty space stands above and below them. */
export interface RowWindow {
  first: number
  /** One past the last. */
  end: number
  above: number
  below: number
}

/** Running offsets of rows with known heights; `offsets[n]` is where row n begins, the last entry the full height. */
export function rowOffsets(heights: readonly number[]): number[] {
  const offsets = [0]
  let sum = 0
  for (const h of heights) {
    sum += h
    offsets.push(sum)
  }
  return offsets
}

function rowAt(offsets: readonly number[], y: number): number {
  let lo = 0
  let hi = offsets.length - 2
  while (lo < hi) {
    const mid = (lo + hi + 1) >> 1
    if (offsets[mid]! <= y) lo = mid
    else hi = mid - 1
  }
  return Math.max(0, lo)
}

export function windowRows(offsets: readonly number[], top: number, height: number, extra = 8): RowWindow {
  const count = offsets.length - 1
  if (count <= 0) return { first: 0, end: 0, above: 0, below: 0 }
  const first = Math.max(0, rowAt(offsets, top) - extra)
  const end = Math.min(count, rowAt(offsets, top + height) + 1 + extra)
  return { first, end, above: offsets[first]!, below: offsets[count]! - offsets[end]! }
}
