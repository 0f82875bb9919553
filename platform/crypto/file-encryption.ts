import { createCipheriv, createDecipheriv, hkdfSync, randomBytes } from 'node:crypto'
import { Transform, type TransformCallback } from 'node:stream'
import { sm4GcmDecrypt, sm4GcmEncrypt } from '#platform/crypto/guomi.ts'
import type { Key, KeyRing } from '#platform/crypto/key-ring.ts'
import { AppError } from '#platform/errors/app-error.ts'

/**
 * An encrypted file:
 *
 *     "YTF" format (4) | key id (2) | salt (16) | chunk | chunk | …
 *     chunk = ciphertext of at most 64 KiB | tag (16)
 *
 * Each file has its own key (HKDF of the file key and the salt), so chunk nonces are plain counters. The nonce's last byte
 * marks the final chunk: a file cut short, re-ordered or put in another's place is refused (STREAM, Hoang et al. 2015).
 */
const MAGIC = 'YTF'
const FORMATS = { 'aes-256-gcm': 1, 'sm4-gcm': 2 } as const
const CHUNK = 64 * 1024
const TAG = 16
const HEADER = 4 + 2 + 16

/** Encrypts what flows through it. `aad` names the file (its id or digest) and is needed again for reading. */
export function encryptStream(ring: KeyRing, aad: string): Transform {
  const key = ring.current('file')
  const header = Buffer.alloc(HEADER)
  header.write(MAGIC, 'latin1')
  header[3] = FORMATS[key.algorithm as keyof typeof FORMATS]
  header.writeUInt16BE(key.id, 4)
  randomBytes(16).copy(header, 6)
  const seal = sealer(key, header, aad)
  let index = 0
  let started = false
  const pieces = new Pieces()
  return new Transform({
    transform(data: Buffer, _encoding, done: TransformCallback) {
      if (!started) this.push(header)
      started = true
      pieces.add(data)
      // The last chunk is held back until the end is known, because it is sealed differently.
      while (pieces.length > CHUNK) this.push(seal.encrypt(pieces.take(CHUNK), index++, false))
      done()
    },
    flush(done: TransformCallback) {
      if (!started) this.push(header)
      this.push(seal.encrypt(pieces.take(pieces.length), index, true))
      done()
    },
  })
}

/**
 * Decrypts what flows through it; bytes come out only after their chunk was authenticated. A file that was cut ends in the
 * error `crypto.decrypt_failed`, so wait for the end before trusting what came before.
 */
export function decryptStream(ring: KeyRing, aad: string): Transform {
  let seal: ReturnType<typeof sealer> | undefined
  let index = 0
  const pieces = new Pieces()
  return new Transform({
    transform(data: Buffer, _encoding, done: TransformCallback) {
      try {
        pieces.add(data)
        if (!seal && pieces.length >= HEADER) seal = openHeader(ring, pieces.take(HEADER), aad)
        while (seal && pieces.length > CHUNK + TAG) this.push(seal.decrypt(pieces.take(CHUNK + TAG), index++, false))
        done()
      } catch (error) {
        done(failed(error))
      }
    },
    flush(done: TransformCallback) {
      try {
        if (!seal || pieces.length < TAG) throw new Error('the file ends too early')
        this.push(seal.decrypt(pieces.take(pieces.length), index, true))
        done()
      } catch (error) {
        done(failed(error))
      }
    },
  })
}

/** The key that wrote a file, by its first 22 bytes. */
export function fileKeyId(header: Uint8Array): number {
  return Buffer.from(header.buffer, header.byteOffset, header.byteLength).readUInt16BE(4)
}

/** Whether a file was written with an older key, judged by its first 22 bytes. */
export function fileNeedsReencryption(ring: KeyRing, header: Uint8Array): boolean {
  return fileKeyId(header) !== ring.current('file').id
}

function openHeader(ring: KeyRing, header: Buffer, aad: string) {
  if (header.toString('latin1', 0, 3) !== MAGIC) throw new Error('not an encrypted file')
  const key = ring.byId(header.readUInt16BE(4), 'file')
  if (header[3] !== FORMATS[key.algorithm as keyof typeof FORMATS]) throw new Error('format does not fit the key')
  return sealer(key, header, aad)
}

function sealer(key: Key, header: Buffer, aad: string) {
  const guomi = key.algorithm === 'sm4-gcm'
  const length = guomi ? 16 : 32
  const derived = hkdfSync(guomi ? 'sm3' : 'sha256', key.secret, header.subarray(6), 'yiti file', length)
  const fileKey = Buffer.from(derived)
  const bound = Buffer.concat([header, Buffer.from(aad)])
  return {
    encrypt(chunk: Buffer, index: number, last: boolean): Buffer {
      const nonce = nonceOf(index, last)
      if (guomi) {
        const { ciphertext, tag } = sm4GcmEncrypt(fileKey, nonce, chunk, bound)
        return Buffer.concat([ciphertext, tag])
      }
      const cipher = createCipheriv('aes-256-gcm', fileKey, nonce).setAAD(bound)
      return Buffer.concat([cipher.update(chunk), cipher.final(), cipher.getAuthTag()])
    },
    decrypt(sealed: Buffer, index: number, last: boolean): Buffer {
      const nonce = nonceOf(index, last)
      const ciphertext = sealed.subarray(0, -TAG)
      const tag = sealed.subarray(-TAG)
      if (guomi) return sm4GcmDecrypt(fileKey, nonce, ciphertext, tag, bound)
      const decipher = createDecipheriv('aes-256-gcm', fileKey, nonce, { authTagLength: TAG })
        .setAAD(bound)
        .setAuthTag(tag)
      return Buffer.concat([decipher.update(ciphertext), decipher.final()])
    },
  }
}

function nonceOf(index: number, last: boolean): Buffer {
  const nonce = Buffer.alloc(12)
  nonce.writeUIntBE(index, 5, 6)
  nonce[11] = last ? 1 : 0
  return nonce
}

function failed(error: unknown): Error {
  return error instanceof AppError ? error : new AppError('crypto.decrypt_failed', { status: 500, cause: error })
}

/** Bytes waiting for a full chunk, joined only when one is taken. */
class Pieces {
  #parts: Buffer[] = []
  length = 0

  add(part: Buffer): void {
    this.#parts.push(part)
    this.length += part.length
  }

  take(count: number): Buffer {
    const all = this.#parts.length === 1 ? this.#parts[0]! : Buffer.concat(this.#parts)
    const rest = all.subarray(count)
    this.#parts = rest.length > 0 ? [rest] : []
    this.length = rest.length
    return all.subarray(0, count)
  }
}
