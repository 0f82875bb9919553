import { expect, it } from 'vitest'
import * as contract from '../contract.ts'
import * as light from './public-routes.ts'

it('sends where the contract says', () => {
  for (const [key, route] of Object.entries(light)) {
    const full = contract[key as keyof typeof light]
    expect(full.audience).toBe('public')
    expect(route).toEqual({ name: full.name, kind: full.kind, method: full.method, path: full.path })
  }
  expect(Object.keys(light)).toHaveLength(4)
})
