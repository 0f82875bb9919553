import { Readable } from 'node:stream'
import { buffer } from 'node:stream/consumers'
import fc from 'fast-check'
import { describe, expect, it } from 'vitest'
import { decryptStream, encryptStream, fileNeedsReencryption } from './file-encryption.ts'
import { type CryptoProfile, generateKeyRing, type KeyRing, rotateKey } from './key-ring.ts'

const now = new Date('2026-09-30T08:00:00Z')
const CHUNK = 64 * 1024

const encrypt = (ring: KeyRing, pieces: Buffer[], aad: string) =>
  buffer(Readable.from(pieces).pipe(encryptStream(ring, aad)))
async function decrypt(ring: KeyRing, encrypted: Buffer, aad: string, step = 10_000): Promise<Buffer> {
  const pieces: Buffer[] = []
  for (let at = 0; at < encrypted.length; at += step) pieces.push(encrypted.subarray(at, at + step))
  return buffer(Readable.from(pieces).pipe(decryptStream(ring, aad)))
}

describe.each<CryptoProfile>(['international', 'guomi'])('files, %s', (profile) => {
  const ring = generateKeyRing({ county: 'wuzhong', profile, now })

  it.each([0, 1, CHUNK - 1, CHUNK, CHUNK + 1, 2 * CHUNK, 150_000])('of %i bytes come back', async (size) => {
    const plain = Buffer.alloc(size, 'Yiti 一体')
    const encrypted = await encrypt(ring, size === 0 ? [] : [plain], 'file 1')
    expect((await decrypt(ring, encrypted, 'file 1')).equals(plain)).toBe(true)
    if (size > 10) expect(encrypted.includes('Yiti')).toBe(false)
  })

  it('do not depend on how the bytes arrive', async () => {
    await fc.assert(
      fc.asyncProperty(
        fc.array(fc.integer({ min: 0, max: 40_000 }), { maxLength: 6 }),
        fc.integer({ min: 1_000, max: 90_000 }),
        async (sizes, step) => {
          const pieces = sizes.map((size, i) => Buffer.alloc(size, i + 1))
          const encrypted = await encrypt(ring, pieces, 'f')
          expect((await decrypt(ring, encrypted, 'f', step)).equals(Buffer.concat(pieces))).toBe(true)
        },
      ),
      { numRuns: 15 },
    )
  })

  it('are refused when altered, cut, lengthened, re-ordered, or in the place of another', async () => {
    const encrypted = await encrypt(ring, [Buffer.alloc(150_000, 1)], 'f')
    const failure = { code: 'crypto.decrypt_failed' }
    const sealed = CHUNK + 16
    const body = 22
    for (const place of [0, 3, 10, body, body + sealed + 5, encrypted.length - 1]) {
      const altered = Buffer.from(encrypted)
      altered[place]! ^= 1
      await expect(decrypt(ring, altered, 'f')).rejects.toMatchObject(failure)
    }
    for (const length of [0, 10, body, body + 5, body + sealed, body + 2 * sealed, encrypted.length - 1])
      await expect(decrypt(ring, encrypted.subarray(0, length), 'f')).rejects.toMatchObject(failure)
    await expect(decrypt(ring, Buffer.concat([encrypted, Buffer.from('x')]), 'f')).rejects.toMatchObject(failure)
    const swapped = Buffer.concat([
      encrypted.subarray(0, body),
      encrypted.subarray(body + sealed, body + 2 * sealed),
      encrypted.subarray(body, body + sealed),
      encrypted.subarray(body + 2 * sealed),
    ])
    await expect(decrypt(ring, swapped, 'f')).rejects.toMatchObject(failure)
    await expect(decrypt(ring, encrypted, 'g')).rejects.toMatchObject(failure)
  })
})

it('files stay readable after a rotation and say that they are old', async () => {
  const ring = generateKeyRing({ county: 'wuzhong', now })
  const encrypted = await encrypt(ring, [Buffer.from('abc')], 'f')
  expect(fileNeedsReencryption(ring, encrypted)).toBe(false)
  await rotateKey(ring, 'file', now)
  expect(fileNeedsReencryption(ring, encrypted)).toBe(true)
  expect((await decrypt(ring, encrypted, 'f')).toString()).toBe('abc')
})
