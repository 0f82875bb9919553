import { createCipheriv, createDecipheriv, randomBytes } from 'node:crypto'

/**
 * What an HSM or a key service must offer so that the key file holds only wrapped secrets.
 * `context` names the key (`county/purpose/id`) and must be bound into the wrapping, so that secrets cannot be swapped.
 */
export interface KeyWrapper {
  /** Written into the key file; opening it needs a wrapper of the same name. */
  readonly name: string
  wrap(secret: Buffer, context: string): Promise<Buffer>
  unwrap(wrapped: Buffer, context: string): Promise<Buffer>
}

/**
 * Wraps with one 32-byte master key that something else keeps (systemd credential, mounted secret, HSM export).
 * AES-256-GCM, random nonce. Throws when a wrapped secret was altered or moved.
 */
export function masterKeyWrapper(name: string, masterKey: Buffer): KeyWrapper {
  if (masterKey.length !== 32) throw new RangeError('a master key has 32 bytes')
  return {
    name,
    async wrap(secret, context) {
      const nonce = randomBytes(12)
      const cipher = createCipheriv('aes-256-gcm', masterKey, nonce).setAAD(Buffer.from(context))
      return Buffer.concat([nonce, cipher.update(secret), cipher.final(), cipher.getAuthTag()])
    },
    async unwrap(wrapped, context) {
      const decipher = createDecipheriv('aes-256-gcm', masterKey, wrapped.subarray(0, 12), { authTagLength: 16 })
        .setAAD(Buffer.from(context))
        .setAuthTag(wrapped.subarray(-16))
      return Buffer.concat([decipher.update(wrapped.subarray(12, -16)), decipher.final()])
    },
  }
}
