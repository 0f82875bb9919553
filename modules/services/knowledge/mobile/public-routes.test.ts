import { expect, it } from 'vitest'
import { judgePublicly, listPublicAnswers } from '../contract.ts'
import * as light from './public-routes.ts'

it('sends where the contract says', () => {
  const full = { judgePublicly, listPublicAnswers }
  expect(Object.keys(light).sort()).toEqual(Object.keys(full).sort())
  for (const [key, route] of Object.entries(light)) {
    const { audience, name, kind, method, path } = full[key as keyof typeof full]
    expect(audience).toBe('public')
    expect(route).toEqual({ name, kind, method, path })
  }
})
