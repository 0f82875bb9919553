import { expect, it } from 'vitest'
import * as contract from '#modules/foundation/org/contract.ts'
import { getPublicFace } from './public-face.ts'

it('sends where the contract says', () => {
  const { audience, name, kind, method, path } = contract.getPublicFace
  expect(audience).toBe('public')
  expect(getPublicFace).toEqual({ name, kind, method, path })
})
