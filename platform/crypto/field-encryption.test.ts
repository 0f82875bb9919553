import fc from 'fast-check'
import { describe, expect, it } from 'vitest'
import { BLIND_TOKEN_BYTES, blindToken } from './blind-token.ts'
import { decryptField, decryptFieldBytes, encryptField, FIELD_OVERHEAD } from './field-encryption.ts'
import { type CryptoProfile, generateKeyRing } from './key-ring.ts'

const now = new Date('2026-09-30T08:00:00Z')
const failure = expect.objectContaining({ code: 'crypto.decrypt_failed' })

describe.each<CryptoProfile>(['international', 'guomi'])('fields, %s', (profile) => {
  const ring = generateKeyRing({ county: 'wuzhong', profile, now })

  it('come back as they were, whatever they are', () => {
    fc.assert(
      fc.property(fc.uint8Array({ maxLength: 300 }), fc.string({ unit: 'binary' }), (bytes, aad) => {
        const encrypted = encryptField(ring, bytes, aad)
        expect(encrypted).toHaveLength(bytes.length + FIELD_OVERHEAD)
        expect(decryptFieldBytes(ring, encrypted, aad).equals(bytes)).toBe(true)
      }),
      { numRuns: 50 },
    )
    expect(decryptField(ring, encryptField(ring, '木渎镇香溪社区 12 幢', 'a'), 'a')).toBe('木渎镇香溪社区 12 幢')
  })

  it('look different every time and never show the value', () => {
    const seen = Array.from({ length: 50 }, () => encryptField(ring, '13812345678', 'a').toString('latin1'))
    expect(new Set(seen).size).toBe(50)
    expect(seen.some((text) => text.includes('13812345678'))).toBe(false)
  })

  it('are refused after any change of a byte, in another column, in another county', () => {
    const encrypted = encryptField(ring, 'abc', 'a')
    for (let i = 0; i < encrypted.length; i++) {
      const altered = Buffer.from(encrypted)
      altered[i]! ^= 1
      expect(() => decryptField(ring, altered, 'a')).toThrow()
    }
    expect(() => decryptField(ring, encrypted, 'b')).toThrowError(failure)
    expect(() => decryptField(ring, encrypted.subarray(0, 20), 'a')).toThrowError(failure)
    const other = generateKeyRing({ county: 'sample', profile, now })
    expect(() => decryptField(other, encrypted, 'a')).toThrowError(failure)
  })

  it('have tokens that are equal exactly for equal values of one domain', () => {
    const token = blindToken(ring, 'phone', '13812345678')
    expect(token).toHaveLength(BLIND_TOKEN_BYTES)
    expect(blindToken(ring, 'phone', '13812345678')).toEqual(token)
    expect(blindToken(ring, 'phone', '13812345679')).not.toEqual(token)
    expect(blindToken(ring, 'landline', '13812345678')).not.toEqual(token)
    expect(blindToken(generateKeyRing({ county: 'sample', profile, now }), 'phone', '13812345678')).not.toEqual(token)
  })
})
