import fc from 'fast-check'
import { describe, expect, it } from 'vitest'
import { coveredCorners, labelsWithRoom, labelWidth, type PlacedPoint } from '#ui/map/labels.ts'

const view = { width: 400, height: 228 }
const name = (id: string, x: number, y: number, label = '白塔社区'): PlacedPoint => ({ id, kind: 'name', x, y, label })

describe('labels on the map', () => {
  it('the matter itself is named, the place under its label is not', () => {
    const here: PlacedPoint = { id: 'here', kind: 'here', x: 200, y: 120, label: '白塔西苑 6 幢南侧消防通道' }
    expect([...labelsWithRoom([name('n', 240, 110), here, name('far', 60, 40)], view)]).toEqual(['here', 'far'])
  })

  it('no half names at the edge, none under the buttons and the corner', () => {
    const points = [name('left', 10, 100), name('top', 200, 4), name('tools', 380, 40), name('corner', 340, 200)]
    expect([...labelsWithRoom(points, view, coveredCorners(view, true))]).toEqual([])
    expect([...labelsWithRoom(points, view)]).toEqual(['corner'])
  })

  it('a place gives way to a case beside it', () => {
    const like: PlacedPoint = { id: 'like', kind: 'similar', x: 100, y: 100, label: '09-12' }
    expect([...labelsWithRoom([name('n', 125, 104), like], view)]).toEqual(['like'])
  })

  it('no two names that are shown lie on each other', () => {
    const points = fc.array(fc.tuple(fc.integer({ min: 0, max: 400 }), fc.integer({ min: 0, max: 228 })), {
      maxLength: 60,
    })
    fc.assert(
      fc.property(points, (places) => {
        const names = places.map(([x, y], i) => name(String(i), x, y))
        const shown = labelsWithRoom(names, view)
        const boxes = names.filter(({ id }) => shown.has(id))
        for (const [i, a] of boxes.entries())
          for (const b of boxes.slice(i + 1))
            expect(Math.abs(a.x - b.x) >= labelWidth('白塔社区') || Math.abs(a.y - b.y) >= 16).toBe(true)
      }),
    )
  })
})
