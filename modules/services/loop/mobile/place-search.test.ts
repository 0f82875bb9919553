import { describe, expect, it } from 'vitest'
import { inside, outlineOf, placeName, searchVillages, shortName, type Town } from './place-search.ts'

const village = (code: string, name: string) => ({ code, name, center: null })
const towns: Town[] = [
  {
    code: '320506103',
    name: '木渎镇',
    center: null,
    villages: [village('320506103001', '香溪社区居委会'), village('320506103002', '南香社区居委会')],
  },
  { code: '320506108', name: '光福镇', center: null, villages: [village('320506108201', '香雪村委会')] },
]

describe('names of places', () => {
  it('are said as people say them', () => {
    expect(shortName('香溪社区居委会')).toBe('香溪社区')
    expect(shortName('香雪村村委会')).toBe('香雪村')
    expect(shortName('香雪村委会')).toBe('香雪村')
    expect(shortName('南街居民委员会')).toBe('南街')
    expect(shortName('木渎镇')).toBe('木渎镇')
  })

  it('name town and village together', () => {
    expect(placeName(towns, undefined, '320506103001')).toBe('木渎镇 香溪社区')
    expect(placeName(towns, '320506108', undefined)).toBe('光福镇')
    expect(placeName(towns, undefined, undefined)).toBeUndefined()
    expect(placeName(towns, '999999999', undefined)).toBeUndefined()
  })
})

describe('the search', () => {
  const names = (typed: string) => searchVillages(towns, typed).map((found) => found.village.name)
  it('puts names that begin with the word first', () => {
    expect(names('香')).toEqual(['香溪社区居委会', '香雪村委会', '南香社区居委会'])
  })
  it('knows the town, with or without a space', () => {
    expect(names('光福')).toEqual(['香雪村委会'])
    expect(names('木渎镇 南香')).toEqual(['南香社区居委会'])
  })
  it('finds nothing for nothing', () => {
    expect(names('  ')).toEqual([])
    expect(names('没有')).toEqual([])
  })
})

describe('the outline', () => {
  const square = [
    [0, 0],
    [4, 0],
    [4, 4],
    [0, 4],
    [0, 0],
  ]
  const hole = [
    [1, 1],
    [2, 1],
    [2, 2],
    [1, 2],
    [1, 1],
  ]
  const shape = outlineOf({ type: 'Polygon', coordinates: [square, hole] })!
  it('tells inside, outside and a hole', () => {
    expect(inside(shape, 3, 3)).toBe(true)
    expect(inside(shape, 1.5, 1.5)).toBe(false)
    expect(inside(shape, 5, 3)).toBe(false)
  })
  it('is read from any GeoJSON that holds polygons', () => {
    const feature = { type: 'Feature', properties: {}, geometry: { type: 'MultiPolygon', coordinates: [[square]] } }
    expect(inside(outlineOf(feature)!, 1, 1)).toBe(true)
    expect(outlineOf(null)).toBeUndefined()
    expect(outlineOf({ type: 'Point', coordinates: [0, 0] })).toBeUndefined()
  })
})
