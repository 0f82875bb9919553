import { chmodSync, existsSync, mkdtempSync, readdirSync, readFileSync, rmSync, statSync, writeFileSync } from 'node:fs'
import { tmpdir } from 'node:os'
import { join } from 'node:path'
import { afterEach, beforeEach, describe, expect, it } from 'vitest'
import { blindToken, blindTokens, needsNewToken } from './blind-token.ts'
import {
  currentFieldHeader,
  decryptField,
  encryptField,
  needsReencryption,
  reencryptField,
} from './field-encryption.ts'
import { changeProfile, createKeyRing, dropKey, openKeyRing, rotateFieldKey, rotateKey } from './key-ring.ts'
import { masterKeyWrapper } from './key-wrapper.ts'

const now = new Date('2026-09-30T08:00:00Z')
const AAD = 'loop_reporter.phone'
let folder: string
let path: string

beforeEach(() => {
  folder = mkdtempSync(join(tmpdir(), 'yiti-keys-'))
  path = join(folder, 'keys', 'wuzhong.json')
})
afterEach(() => rmSync(folder, { recursive: true, force: true }))

describe('key file', () => {
  it('is readable by its owner only and survives closing and opening', async () => {
    const ring = await createKeyRing(path, { county: 'wuzhong', now })
    expect(statSync(path).mode & 0o777).toBe(0o600)
    expect(statSync(join(folder, 'keys')).mode & 0o777).toBe(0o700)
    const encrypted = encryptField(ring, '13812345678', AAD)
    expect(decryptField(await openKeyRing(path), encrypted, AAD)).toBe('13812345678')
    expect(readdirSync(join(folder, 'keys'))).toEqual(['wuzhong.json'])
  })

  it('is never overwritten', async () => {
    await createKeyRing(path, { county: 'wuzhong', now })
    const before = readFileSync(path)
    await expect(createKeyRing(path, { county: 'wuzhong', now })).rejects.toMatchObject({
      code: 'crypto.key_file_exists',
    })
    expect(readFileSync(path)).toEqual(before)
  })

  it('is refused when missing, exposed or spoilt', async () => {
    await expect(openKeyRing(path)).rejects.toMatchObject({ code: 'crypto.key_file_missing' })
    await createKeyRing(path, { county: 'wuzhong', now })
    chmodSync(path, 0o640)
    await expect(openKeyRing(path)).rejects.toMatchObject({ code: 'crypto.key_file_exposed' })
    chmodSync(path, 0o600)
    writeFileSync(path, '{"format":"other"}')
    await expect(openKeyRing(path)).rejects.toMatchObject({ code: 'crypto.key_file_invalid' })
    writeFileSync(path, '{"for')
    await expect(openKeyRing(path)).rejects.toMatchObject({ code: 'crypto.key_file_invalid' })
  })

  it('is changed by one process at a time', async () => {
    const ring = await createKeyRing(path, { county: 'wuzhong', now })
    writeFileSync(`${path}.lock`, '')
    await expect(rotateFieldKey(ring, now)).rejects.toMatchObject({ code: 'crypto.key_file_busy' })
    rmSync(`${path}.lock`)
    await rotateFieldKey(ring, now)
    expect(existsSync(`${path}.lock`)).toBe(false)
  })

  it('shows no secret in logs and lists', async () => {
    const ring = await createKeyRing(path, { county: 'wuzhong', now })
    const secret = ring.current('field').secret.toString('base64')
    expect(JSON.stringify(ring)).not.toContain(secret)
    expect(JSON.stringify(ring.describe())).not.toContain(secret)
    expect(ring.describe().map((key) => [key.purpose, key.algorithm, key.writes])).toEqual([
      ['field', 'aes-256-gcm', true],
      ['token', 'hmac-sha256', true],
      ['file', 'aes-256-gcm', true],
      ['session', 'hmac-sha256', true],
      ['evidence', 'ed25519', true],
    ])
  })
})

describe('rotation', () => {
  it('writes with the new key, reads with both, and moves rows over', async () => {
    const ring = await createKeyRing(path, { county: 'wuzhong', now })
    const old = encryptField(ring, '13812345678', AAD)
    const oldKey = ring.current('field').id
    expect(needsReencryption(ring, old)).toBe(false)
    await rotateFieldKey(ring, now)
    expect(needsReencryption(ring, old)).toBe(true)
    expect(old.subarray(0, 3).equals(currentFieldHeader(ring))).toBe(false)
    expect(decryptField(ring, old, AAD)).toBe('13812345678')
    const moved = reencryptField(ring, old, AAD)
    expect(needsReencryption(ring, moved)).toBe(false)
    await dropKey(ring, oldKey)
    expect(decryptField(ring, moved, AAD)).toBe('13812345678')
    expect(() => decryptField(ring, old, AAD)).toThrowError(expect.objectContaining({ code: 'crypto.key_unknown' }))
  })

  it('reaches a process that goes on serving', async () => {
    await createKeyRing(path, { county: 'wuzhong', now })
    const serving = await openKeyRing(path)
    const other = await openKeyRing(path)
    await rotateFieldKey(other, now)
    expect(decryptField(serving, encryptField(other, 'new', AAD), AAD)).toBe('new')
    expect(serving.current('field').id).toBe(other.current('field').id)
    await rotateKey(other, 'session', now)
    await serving.refresh()
    expect(serving.current('session').id).toBe(other.current('session').id)
  })

  it('by two processes in turn keeps both new keys', async () => {
    const one = await createKeyRing(path, { county: 'wuzhong', now })
    const two = await openKeyRing(path)
    const first = await rotateFieldKey(one, now)
    const second = await rotateFieldKey(two, now)
    expect(second).toBeGreaterThan(first)
    expect((await openKeyRing(path)).all('field').map((key) => key.id)).toEqual([second, first, 1])
  })

  it('of the token key finds rows not yet renewed', async () => {
    const ring = await createKeyRing(path, { county: 'wuzhong', now })
    const stored = blindToken(ring, 'phone', '13812345678')
    await rotateKey(ring, 'token', now)
    const wanted = blindTokens(ring, 'phone', '13812345678')
    expect(wanted).toHaveLength(2)
    expect(wanted.some((token) => token.equals(stored))).toBe(true)
    expect(needsNewToken(ring, stored)).toBe(true)
    expect(needsNewToken(ring, blindToken(ring, 'phone', '13812345678'))).toBe(false)
  })

  it('never drops a key that writes or that old checkpoints need, and never gives an id twice', async () => {
    const ring = await createKeyRing(path, { county: 'wuzhong', now })
    const evidence = ring.current('evidence').id
    await rotateKey(ring, 'evidence', now)
    await expect(dropKey(ring, evidence)).rejects.toMatchObject({ code: 'crypto.key_in_use' })
    await expect(dropKey(ring, ring.current('field').id)).rejects.toMatchObject({ code: 'crypto.key_in_use' })
    await expect(dropKey(ring, 999)).rejects.toMatchObject({ code: 'crypto.key_unknown' })
    const a = await rotateFieldKey(ring, now)
    const b = await rotateFieldKey(ring, now)
    await dropKey(ring, a)
    const reopened = await openKeyRing(path)
    expect(await rotateFieldKey(reopened, now)).toBeGreaterThan(b)
  })
})

describe('国密 profile', () => {
  it('can be turned on and off over existing data', async () => {
    const ring = await createKeyRing(path, { county: 'wuzhong', now })
    const aes = encryptField(ring, '王小明', AAD)
    await changeProfile(ring, 'guomi', now)
    const sm4 = encryptField(ring, '王小明', AAD)
    expect([aes[0], sm4[0]]).toEqual([1, 2])
    expect(decryptField(ring, aes, AAD)).toBe('王小明')
    expect(decryptField(ring, sm4, AAD)).toBe('王小明')
    expect(ring.current('token').algorithm).toBe('hmac-sm3')
    expect(ring.current('evidence', 'sm2').public).toHaveLength(65)
    expect(ring.current('evidence').algorithm).toBe('ed25519')
    await changeProfile(ring, 'international', now)
    expect((await openKeyRing(path)).profile).toBe('international')
    expect(decryptField(ring, sm4, AAD)).toBe('王小明')
    expect(ring.describe().some((key) => key.algorithm === 'sm2' && key.writes)).toBe(false)
  })
})

describe('key service', () => {
  const master = masterKeyWrapper('county-hsm', Buffer.alloc(32, 1))

  it('keeps secrets out of the file and is needed to open it', async () => {
    const ring = await createKeyRing(path, { county: 'wuzhong', now, wrapper: master })
    expect(readFileSync(path, 'utf8')).not.toContain(ring.current('field').secret.toString('base64'))
    const encrypted = encryptField(ring, 'x', AAD)
    expect(decryptField(await openKeyRing(path, { wrapper: master }), encrypted, AAD)).toBe('x')
    await expect(openKeyRing(path)).rejects.toMatchObject({ code: 'crypto.key_wrapper_needed' })
    await expect(openKeyRing(path, { wrapper: masterKeyWrapper('county-hsm', Buffer.alloc(32, 2)) })).rejects.toThrow()
    await rotateFieldKey(ring, now)
    expect((await openKeyRing(path, { wrapper: master })).current('field').id).toBe(ring.current('field').id)
  })

  it('notices secrets that were exchanged in the file', async () => {
    await createKeyRing(path, { county: 'wuzhong', now, wrapper: master })
    const stored = JSON.parse(readFileSync(path, 'utf8'))
    ;[stored.keys[0].secret, stored.keys[2].secret] = [stored.keys[2].secret, stored.keys[0].secret]
    writeFileSync(path, JSON.stringify(stored))
    await expect(openKeyRing(path, { wrapper: master })).rejects.toThrow()
  })
})
