import { hash, parseOptions, verify } from '@node-rs/argon2'

/**
 * Argon2id with 19 MiB, two passes, one lane: the first choice of the OWASP password storage cheat sheet. About 20 ms of
 * one core, off the event loop. Raising a figure here makes `needsRehash` true for older hashes.
 */
const PARAMETERS = { memoryCost: 19_456, timeCost: 2, parallelism: 1, outputLen: 32 }
const ARGON2ID = 2

/** PHC string, salt included. */
export function hashPassword(password: string): Promise<string> {
  return hash(password.normalize('NFKC'), PARAMETERS)
}

let nobody: Promise<string> | undefined

/**
 * Whether the password fits. For an account that does not exist pass `undefined`: the same work is done and the answer is
 * false, so that timing does not tell which accounts exist.
 */
export async function verifyPassword(stored: string | undefined, password: string): Promise<boolean> {
  nobody ??= hashPassword('nobody')
  try {
    const fits = await verify(stored ?? (await nobody), password.normalize('NFKC'))
    return fits && stored !== undefined
  } catch {
    return false
  }
}

/** Whether a hash was made with other parameters than today's; hash again after the next successful log-in. */
export function needsRehash(stored: string): boolean {
  try {
    const used = parseOptions(stored)
    return (
      Number(used.algorithm) !== ARGON2ID ||
      used.memoryCost !== PARAMETERS.memoryCost ||
      used.timeCost !== PARAMETERS.timeCost ||
      used.parallelism !== PARAMETERS.parallelism ||
      used.outputLen !== PARAMETERS.outputLen
    )
  } catch {
    return true
  }
}
