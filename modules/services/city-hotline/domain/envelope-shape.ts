import { type Static, Type } from 'typebox'

export const SIGNATURES = ['hmacSha256', 'hmacSm3', 'sm2'] as const
export type Signature = (typeof SIGNATURES)[number]

/** A signed call or answer: the content is a JSON text, signed as it stands. */
export const Envelope = Type.Object({
  keyId: Type.String({ minLength: 1, maxLength: 60 }),
  /** Seconds since 1970. */
  timestamp: Type.Integer({ minimum: 0 }),
  nonce: Type.String({ pattern: '^[0-9A-Za-z_-]{16,64}$' }),
  content: Type.String({ maxLength: 1_500_000 }),
  signature: Type.String({ minLength: 16, maxLength: 200 }),
})
export type Envelope = Static<typeof Envelope>
