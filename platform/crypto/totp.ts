import { generateSecret, generateURI, verifySync } from 'otplib'

/** Seconds of one code (RFC 6238). */
const PERIOD = 30

/** A new secret in base32 (160 bits). Store it encrypted. */
export function generateTotpSecret(): string {
  return generateSecret({ length: 20 })
}

/** What the QR code for an authenticator app says. */
export function totpUri(options: { issuer: string; account: string; secret: string }): string {
  return generateURI({ issuer: options.issuer, label: options.account, secret: options.secret, period: PERIOD })
}

/**
 * Checks a six-digit code of the current time step, the one before or the one after.
 * @param lastStep the step that was used last; it and older ones are refused, so that a code works once
 * @returns the step used, to be stored as the next `lastStep`; undefined when the code does not fit
 */
export function verifyTotp(options: {
  secret: string
  code: string
  now: Date
  lastStep?: number | null
}): number | undefined {
  const code = options.code.normalize('NFKC').replace(/\s/g, '')
  if (!/^\d{6}$/.test(code)) return undefined
  const epoch = Math.floor(options.now.getTime() / 1000)
  const afterTimeStep = options.lastStep ?? undefined
  // A clock set back below the last step used leaves no step that could be accepted.
  if (afterTimeStep !== undefined && afterTimeStep > Math.floor(epoch / PERIOD) + 1) return undefined
  const result = verifySync({
    secret: options.secret,
    token: code,
    epoch,
    period: PERIOD,
    epochTolerance: PERIOD,
    ...(afterTimeStep === undefined ? {} : { afterTimeStep }),
  })
  return result.valid && 'timeStep' in result ? result.timeStep : undefined
}
