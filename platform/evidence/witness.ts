import { AppError } from '#platform/errors/app-error.ts'
import { openCheckpoint } from '#platform/evidence/checkpoint.ts'
import { verifyConsistency } from '#platform/evidence/merkle-tree.ts'
import type { NoteVerifier } from '#platform/evidence/signed-note.ts'

/**
 * What a witness does: it keeps the last checkpoint it accepted and takes a newer one only when it is signed by the log
 * and extends the one it holds. An auditor, the city, a neighbouring county can each be one; all it stores is a note.
 * @param held the note kept from last time; undefined at the first meeting
 * @param proof consistency proof between the two sizes
 * @returns the note to keep from now on
 * Throws `evidence.checkpoint_invalid` or `evidence.witness_refuses`.
 */
export function acceptCheckpoint(options: {
  origin: string
  verifiers: readonly NoteVerifier[]
  held: string | undefined
  offered: string
  proof: readonly Buffer[]
}): string {
  const offered = openCheckpoint(options.offered, options.origin, options.verifiers)
  if (!offered) throw new AppError('evidence.checkpoint_invalid', { status: 422 })
  if (options.held === undefined) return options.offered
  const held = openCheckpoint(options.held, options.origin, options.verifiers)
  if (!held) throw new AppError('evidence.checkpoint_invalid', { status: 422 })
  if (!verifyConsistency(held.size, held.root, offered.size, offered.root, options.proof))
    throw new AppError('evidence.witness_refuses', { status: 409, params: { held: held.size, offered: offered.size } })
  return options.offered
}
