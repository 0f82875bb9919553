import { hash } from '@node-rs/argon2'
import { generateSync } from 'otplib'
import { describe, expect, it } from 'vitest'
import { hashPassword, needsRehash, verifyPassword } from './password.ts'
import { generateTotpSecret, totpUri, verifyTotp } from './totp.ts'

describe('passwords', () => {
  it('verify, salted, in argon2id', async () => {
    const stored = await hashPassword('香溪社区2026')
    expect(stored).toMatch(/^\$argon2id\$v=19\$m=19456,t=2,p=1\$/)
    expect(await hashPassword('香溪社区2026')).not.toBe(stored)
    expect(await verifyPassword(stored, '香溪社区2026')).toBe(true)
    expect(await verifyPassword(stored, '香溪社区２０２６')).toBe(true)
    expect(await verifyPassword(stored, '香溪社区2025')).toBe(false)
  })

  it('of accounts that do not exist, or hashes that are none, are wrong', async () => {
    expect(await verifyPassword(undefined, 'nobody')).toBe(false)
    expect(await verifyPassword('plain', 'plain')).toBe(false)
  })

  it('ask to be hashed again when the parameters have changed', async () => {
    expect(needsRehash(await hashPassword('a'))).toBe(false)
    expect(needsRehash(await hash('a', { memoryCost: 8192, timeCost: 2, parallelism: 1 }))).toBe(true)
    expect(
      needsRehash(await hash('a', { memoryCost: 19_456, timeCost: 2, parallelism: 1, algorithm: 1 as never })),
    ).toBe(true)
    expect(needsRehash('plain')).toBe(true)
  })
})

describe('one-time codes', () => {
  // RFC 6238 appendix B, SHA-1, the last six of eight digits.
  const secret = 'GEZDGNBVGY3TQOJQGEZDGNBVGY3TQOJQ'
  it.each([
    [59, '287082'],
    [1111111109, '081804'],
    [1234567890, '005924'],
    [20000000000, '353130'],
  ])('at %i s it is %s', (seconds, code) => {
    expect(verifyTotp({ secret, code, now: new Date(seconds * 1000) })).toBe(Math.floor(seconds / 30))
  })

  it('are good one step early and late, not two', () => {
    const at = 1_790_000_010
    const code = generateSync({ secret, epoch: at })
    const step = Math.floor(at / 30)
    const verify = (shift: number) => verifyTotp({ secret, code, now: new Date((at + shift) * 1000) })
    expect([verify(-30), verify(0), verify(30)]).toEqual([step, step, step])
    expect([verify(-90), verify(-60), verify(60), verify(90)]).toEqual(Array(4).fill(undefined))
  })

  it('work once, also at the edge of a step', () => {
    const at = 1_790_000_010
    const now = new Date(at * 1000)
    const code = generateSync({ secret, epoch: at })
    const lastStep = verifyTotp({ secret, code, now })
    expect(verifyTotp({ secret, code, now, lastStep })).toBeUndefined()
    expect(verifyTotp({ secret, code, now: new Date((at + 30) * 1000), lastStep })).toBeUndefined()
    const next = generateSync({ secret, epoch: at + 30 })
    expect(verifyTotp({ secret, code: next, now: new Date((at + 30) * 1000), lastStep })).toBe(lastStep! + 1)
    expect(verifyTotp({ secret, code: next, now, lastStep: lastStep! + 100 })).toBeUndefined()
  })

  it('are typed with spaces, never with letters', () => {
    const now = new Date(59_000)
    expect(verifyTotp({ secret, code: '287 082', now })).toBe(1)
    for (const code of ['', '28708', '2870822', '28708a']) expect(verifyTotp({ secret, code, now })).toBeUndefined()
  })

  it('have fresh secrets that authenticators read', () => {
    const fresh = generateTotpSecret()
    expect(fresh).toMatch(/^[A-Z2-7]{32}$/)
    expect(generateTotpSecret()).not.toBe(fresh)
    const uri = new URL(totpUri({ issuer: '吴中区', account: 'wangming', secret: fresh }))
    expect(uri.protocol).toBe('otpauth:')
    expect(uri.searchParams.get('secret')).toBe(fresh)
    expect(uri.searchParams.get('issuer')).toBe('吴中区')
  })
})
