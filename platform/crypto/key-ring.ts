import { createPrivateKey, createPublicKey, generateKeyPairSync, type KeyObject, randomBytes } from 'node:crypto'
import {
  closeSync,
  existsSync,
  fsyncSync,
  mkdirSync,
  openSync,
  readFileSync,
  renameSync,
  rmSync,
  statSync,
  writeFileSync,
} from 'node:fs'
import { dirname } from 'node:path'
import { sm2Generate } from '#platform/crypto/guomi.ts'
import type { KeyWrapper } from '#platform/crypto/key-wrapper.ts'
import { AppError } from '#platform/errors/app-error.ts'

/**
 * The keys of one county, in a file of their own: never in the database, never in its backups.
 *
 * | purpose  | for                                                        |
 * |----------|------------------------------------------------------------|
 * | field    | personal data in columns                                   |
 * | token    | blind tokens, by which encrypted columns are looked up     |
 * | file     | attachments                                                |
 * | session  | signing of cookies and follow-up codes                     |
 * | evidence | signing of checkpoints                                     |
 *
 * Every purpose keeps its old keys: the newest one writes, all of them read.
 */
export type KeyPurpose = 'field' | 'token' | 'file' | 'session' | 'evidence'
export type KeyAlgorithm = 'aes-256-gcm' | 'sm4-gcm' | 'hmac-sha256' | 'hmac-sm3' | 'ed25519' | 'sm2'
/** `guomi`: new keys are for SM4 and SM3, and checkpoints carry an SM2 signature beside the Ed25519 one. */
export type CryptoProfile = 'international' | 'guomi'

export interface Key {
  /** Unique in the ring, 1 … 65535, never used again. */
  readonly id: number
  readonly purpose: KeyPurpose
  readonly algorithm: KeyAlgorithm
  readonly createdAt: Date
  /** Symmetric key, Ed25519 seed or SM2 scalar. */
  readonly secret: Buffer
  /** Of signing keys: 32 bytes (Ed25519) or 65 bytes (SM2). */
  readonly public?: Buffer
}

/** A key without its secret, for lists. */
export type KeyDescription = Pick<Key, 'id' | 'purpose' | 'algorithm' | 'createdAt'> & { writes: boolean }

interface StoredKey {
  id: number
  purpose: KeyPurpose
  algorithm: KeyAlgorithm
  createdAt: string
  secret: string
  public?: string
}

interface StoredRing {
  format: typeof FORMAT
  county: string
  profile: CryptoProfile
  wrappedBy: string | null
  nextId: number
  keys: StoredKey[]
}

const FORMAT = 'yiti-key-ring/1'
const PURPOSES: readonly KeyPurpose[] = ['field', 'token', 'file', 'session', 'evidence']

export class KeyRing {
  readonly county: string
  /** Where it is kept; undefined for a ring that lives in memory only. */
  readonly path: string | undefined
  readonly #wrapper: KeyWrapper | undefined
  #profile: CryptoProfile
  #nextId: number
  #byId = new Map<number, Key>()
  #current = new Map<string, Key>()
  #signing = new Map<number, KeyObject>()
  #fileMark = ''

  constructor(
    state: { county: string; profile: CryptoProfile; nextId: number; keys: Key[] },
    place: { path?: string; wrapper?: KeyWrapper } = {},
  ) {
    this.county = state.county
    this.path = place.path
    this.#wrapper = place.wrapper
    this.#profile = state.profile
    this.#nextId = state.nextId
    this.#take(state)
    if (this.path) this.#fileMark = markOf(this.path)
  }

  get profile(): CryptoProfile {
    return this.#profile
  }

  /** The key that writes. Throws `crypto.key_unknown` when the ring has none. */
  current(purpose: KeyPurpose, algorithm?: KeyAlgorithm): Key {
    const key = this.#current.get(algorithm ? `${purpose} ${algorithm}` : purpose)
    if (!key) throw new AppError('crypto.key_unknown', { status: 500, params: { purpose } })
    return key
  }

  /**
   * The key with this id. One that was added by another process is fetched from the file at first use, so that a rotation
   * needs no restart. Throws `crypto.key_unknown`.
   */
  byId(id: number, purpose: KeyPurpose): Key {
    let key = this.#byId.get(id)
    if (!key && this.path && !this.#wrapper && markOf(this.path) !== this.#fileMark) {
      this.#reload(decodeRing(readStored(this.path)))
      key = this.#byId.get(id)
    }
    if (key?.purpose !== purpose) throw new AppError('crypto.key_unknown', { status: 500, params: { purpose } })
    return key
  }

  /** All keys of a purpose, newest first. */
  all(purpose: KeyPurpose): Key[] {
    return [...this.#byId.values()].filter((key) => key.purpose === purpose).sort((a, b) => b.id - a.id)
  }

  /** What the ring holds, without secrets. */
  describe(): KeyDescription[] {
    return [...this.#byId.values()]
      .sort((a, b) => a.id - b.id)
      .map(({ id, purpose, algorithm, createdAt }) => {
        const idle = algorithm === 'sm2' && this.#profile !== 'guomi'
        const writer = this.#current.get(purpose === 'evidence' ? `${purpose} ${algorithm}` : purpose)
        return { id, purpose, algorithm, createdAt, writes: !idle && writer?.id === id }
      })
  }

  /** Reads the file again. Servers call it at times; with a `KeyWrapper` it is the only way to learn of new keys. */
  async refresh(): Promise<void> {
    if (!this.path || markOf(this.path) === this.#fileMark) return
    this.#reload(await unwrapRing(readStored(this.path), this.#wrapper))
  }

  /** Node's key object for an Ed25519 key. */
  ed25519(key: Key): KeyObject {
    let object = this.#signing.get(key.id)
    if (!object) {
      object = createPrivateKey({
        format: 'jwk',
        key: {
          kty: 'OKP',
          crv: 'Ed25519',
          d: key.secret.toString('base64url'),
          x: key.public!.toString('base64url'),
        },
      })
      this.#signing.set(key.id, object)
    }
    return object
  }

  /**
   * Changes ring and file in one step, alone among processes: `change` works on what the file holds now.
   * Throws `crypto.key_file_busy` when another change is under way.
   */
  async change(change: (draft: { profile: CryptoProfile; keys: Key[]; newId: () => number }) => void): Promise<void> {
    const lock = this.path ? takeLock(this.path) : undefined
    try {
      await this.refresh()
      let nextId = this.#nextId
      const draft = {
        profile: this.#profile,
        keys: [...this.#byId.values()],
        newId: () => {
          if (nextId > 0xffff) throw new RangeError('a ring holds at most 65535 keys over its life')
          return nextId++
        },
      }
      change(draft)
      const state = { county: this.county, profile: draft.profile, nextId, keys: draft.keys }
      if (this.path) writeStored(this.path, await encodeRing(state, this.#wrapper))
      this.#reload(state)
    } finally {
      lock?.()
    }
  }

  #reload(state: { county: string; profile: CryptoProfile; nextId: number; keys: Key[] }): void {
    if (state.county !== this.county) throw invalid(this.path ?? '', `keys of ${state.county}`)
    this.#profile = state.profile
    this.#nextId = state.nextId
    this.#take(state)
    if (this.path) this.#fileMark = markOf(this.path)
  }

  #take(state: { profile: CryptoProfile; keys: Key[] }): void {
    this.#byId = new Map(state.keys.map((key) => [key.id, key]))
    this.#current = new Map()
    for (const key of [...state.keys].sort((a, b) => a.id - b.id)) {
      this.#current.set(`${key.purpose} ${key.algorithm}`, key)
      this.#current.set(key.purpose, key)
    }
  }
}

/** A ring in memory, with one key for every purpose. */
export function generateKeyRing(options: { county: string; profile?: CryptoProfile; now: Date }): KeyRing {
  const profile = options.profile ?? 'international'
  let nextId = 1
  const newId = () => nextId++
  const keys = PURPOSES.flatMap((purpose) => freshKeys(purpose, profile, options.now, newId))
  return new KeyRing({ county: options.county, profile, nextId, keys })
}

/**
 * Makes the key file of a new county (mode 0600, folder 0700).
 * Throws `crypto.key_file_exists` rather than overwrite: with the keys gone, the data is gone.
 */
export async function createKeyRing(
  path: string,
  options: { county: string; profile?: CryptoProfile; now: Date; wrapper?: KeyWrapper },
): Promise<KeyRing> {
  mkdirSync(dirname(path), { recursive: true, mode: 0o700 })
  const release = takeLock(path)
  try {
    if (existsSync(path)) throw new AppError('crypto.key_file_exists', { status: 409, params: { path } })
    const fresh = generateKeyRing(options)
    const keys = PURPOSES.flatMap((purpose) => fresh.all(purpose))
    const state = { county: fresh.county, profile: fresh.profile, nextId: keys.length + 1, keys }
    writeStored(path, await encodeRing(state, options.wrapper))
    return new KeyRing(state, { path, wrapper: options.wrapper })
  } finally {
    release()
  }
}

/**
 * Opens a key file.
 * Throws `crypto.key_file_missing`, `crypto.key_file_exposed` (others may read it), `crypto.key_file_invalid`.
 */
export async function openKeyRing(path: string, options: { wrapper?: KeyWrapper } = {}): Promise<KeyRing> {
  return new KeyRing(await unwrapRing(readStored(path), options.wrapper), { path, wrapper: options.wrapper })
}

/** A new key for writing; the old ones go on reading. Returns its id. */
export async function rotateKey(ring: KeyRing, purpose: KeyPurpose, now: Date): Promise<number> {
  await ring.change((draft) => draft.keys.push(...freshKeys(purpose, draft.profile, now, draft.newId)))
  return ring.current(purpose).id
}

/** A new key for personal data in columns. Rows are moved to it by `needsReencryption` and `reencryptField`. */
export function rotateFieldKey(ring: KeyRing, now: Date): Promise<number> {
  return rotateKey(ring, 'field', now)
}

/** Turns the 国密 profile on or off: every purpose gets a new key of the right algorithm, old data stays readable. */
export async function changeProfile(ring: KeyRing, profile: CryptoProfile, now: Date): Promise<void> {
  if (ring.profile === profile) return
  await ring.change((draft) => {
    draft.profile = profile
    for (const purpose of PURPOSES) draft.keys.push(...freshKeys(purpose, profile, now, draft.newId))
  })
}

/**
 * Drops an old key once nothing written with it is left. The caller has made sure of that; what was written with it can
 * never be read again. Throws `crypto.key_in_use` for a key that still writes and for every evidence key (old checkpoints
 * are verified with it), `crypto.key_unknown` for an id not held.
 */
export async function dropKey(ring: KeyRing, id: number): Promise<void> {
  const known = ring.describe().find((key) => key.id === id)
  if (!known) throw new AppError('crypto.key_unknown', { status: 404, params: { purpose: String(id) } })
  if (known.writes || known.purpose === 'evidence')
    throw new AppError('crypto.key_in_use', { status: 409, params: { id } })
  await ring.change((draft) => {
    draft.keys = draft.keys.filter((key) => key.id !== id)
  })
}

/** The public half of an Ed25519 key as Node's key object, for verifying. */
export function ed25519PublicKey(raw: Buffer): KeyObject {
  return createPublicKey({ format: 'jwk', key: { kty: 'OKP', crv: 'Ed25519', x: raw.toString('base64url') } })
}

function freshKeys(purpose: KeyPurpose, profile: CryptoProfile, createdAt: Date, newId: () => number): Key[] {
  const guomi = profile === 'guomi'
  const base = { purpose, createdAt }
  switch (purpose) {
    case 'field':
    case 'file':
      return [
        guomi
          ? { ...base, id: newId(), algorithm: 'sm4-gcm', secret: randomBytes(16) }
          : { ...base, id: newId(), algorithm: 'aes-256-gcm', secret: randomBytes(32) },
      ]
    case 'token':
    case 'session':
      return [{ ...base, id: newId(), algorithm: guomi ? 'hmac-sm3' : 'hmac-sha256', secret: randomBytes(32) }]
    case 'evidence': {
      const jwk = generateKeyPairSync('ed25519').privateKey.export({ format: 'jwk' })
      const keys: Key[] = []
      if (guomi) keys.push({ ...base, id: newId(), algorithm: 'sm2', ...sm2Generate() })
      keys.push({
        ...base,
        id: newId(),
        algorithm: 'ed25519',
        secret: Buffer.from(jwk.d!, 'base64url'),
        public: Buffer.from(jwk.x!, 'base64url'),
      })
      return keys
    }
  }
}

async function encodeRing(
  state: { county: string; profile: CryptoProfile; nextId: number; keys: Key[] },
  wrapper: KeyWrapper | undefined,
): Promise<StoredRing> {
  const keys: StoredKey[] = []
  for (const key of state.keys) {
    const secret = wrapper ? await wrapper.wrap(key.secret, contextOf(state.county, key)) : key.secret
    keys.push({
      id: key.id,
      purpose: key.purpose,
      algorithm: key.algorithm,
      createdAt: key.createdAt.toISOString(),
      secret: secret.toString('base64'),
      ...(key.public ? { public: key.public.toString('base64') } : {}),
    })
  }
  keys.sort((a, b) => a.id - b.id)
  const { county, profile, nextId } = state
  return { format: FORMAT, county, profile, wrappedBy: wrapper?.name ?? null, nextId, keys }
}

function decodeRing(stored: StoredRing) {
  return {
    county: stored.county,
    profile: stored.profile,
    nextId: stored.nextId,
    keys: stored.keys.map(
      (key): Key => ({
        id: key.id,
        purpose: key.purpose,
        algorithm: key.algorithm,
        createdAt: new Date(key.createdAt),
        secret: Buffer.from(key.secret, 'base64'),
        ...(key.public ? { public: Buffer.from(key.public, 'base64') } : {}),
      }),
    ),
  }
}

async function unwrapRing(stored: StoredRing, wrapper: KeyWrapper | undefined) {
  if (stored.wrappedBy !== (wrapper?.name ?? null))
    throw new AppError('crypto.key_wrapper_needed', { status: 500, params: { name: stored.wrappedBy ?? '-' } })
  const state = decodeRing(stored)
  if (!wrapper) return state
  const keys: Key[] = []
  for (const key of state.keys)
    keys.push({ ...key, secret: await wrapper.unwrap(key.secret, contextOf(stored.county, key)) })
  return { ...state, keys }
}

function contextOf(county: string, key: Pick<Key, 'purpose' | 'id'>): string {
  return `${county}/${key.purpose}/${key.id}`
}

function readStored(path: string): StoredRing {
  let text: string
  try {
    if (process.platform !== 'win32' && (statSync(path).mode & 0o077) !== 0)
      throw new AppError('crypto.key_file_exposed', { status: 500, params: { path } })
    text = readFileSync(path, 'utf8')
  } catch (error) {
    if ((error as NodeJS.ErrnoException).code === 'ENOENT')
      throw new AppError('crypto.key_file_missing', { status: 500, params: { path } })
    throw error
  }
  let stored: StoredRing
  try {
    stored = JSON.parse(text) as StoredRing
  } catch (cause) {
    throw invalid(path, 'not JSON', cause)
  }
  if (stored?.format !== FORMAT || !Array.isArray(stored.keys)) throw invalid(path, `not ${FORMAT}`)
  return stored
}

function invalid(path: string, reason: string, cause?: unknown): AppError {
  return new AppError('crypto.key_file_invalid', { status: 500, params: { path, reason }, cause })
}

/** New file beside the old one, flushed, then moved over it: a crash leaves the old keys or the new ones, never half. */
function writeStored(path: string, stored: StoredRing): void {
  const fresh = `${path}.new`
  rmSync(fresh, { force: true })
  const handle = openSync(fresh, 'wx', 0o600)
  try {
    writeFileSync(handle, `${JSON.stringify(stored, null, 2)}\n`)
    fsyncSync(handle)
  } finally {
    closeSync(handle)
  }
  renameSync(fresh, path)
  if (process.platform === 'win32') return
  const folder = openSync(dirname(path), 'r')
  try {
    fsyncSync(folder)
  } finally {
    closeSync(folder)
  }
}

function takeLock(path: string): () => void {
  const lock = `${path}.lock`
  try {
    closeSync(openSync(lock, 'wx', 0o600))
  } catch (cause) {
    if ((cause as NodeJS.ErrnoException).code !== 'EEXIST') throw cause
    throw new AppError('crypto.key_file_busy', { status: 409, params: { path: lock }, cause })
  }
  return () => rmSync(lock, { force: true })
}

/** Changes whenever the file is replaced. */
function markOf(path: string): string {
  const stat = statSync(path, { bigint: true, throwIfNoEntry: false })
  return stat ? `${stat.ino} ${stat.mtimeNs} ${stat.size}` : ''
}
