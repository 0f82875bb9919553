import { type NoteVerifier, openNote } from '#platform/evidence/signed-note.ts'

/** The head of a log (C2SP tlog-checkpoint): origin, size, root. */
export interface Checkpoint {
  origin: string
  size: number
  root: Buffer
}

/** The name of a county's log, in checkpoints and as name of its keys. */
export function originOf(countySlug: string): string {
  return `yiti/${countySlug}`
}

export function checkpointText({ origin, size, root }: Checkpoint): string {
  return `${origin}\n${size}\n${root.toString('base64')}\n`
}

/** Reads the text of a checkpoint; lines after the third are passed over. Returns undefined when it is none. */
export function parseCheckpointText(text: string): Checkpoint | undefined {
  const [origin, size, root] = text.split('\n')
  if (!origin || !size || !root || !/^(?:0|[1-9]\d{0,15})$/.test(size)) return undefined
  const bytes = Buffer.from(root, 'base64')
  if (bytes.length !== 32 || bytes.toString('base64') !== root || !Number.isSafeInteger(Number(size))) return undefined
  return { origin, size: Number(size), root: bytes }
}

/** Checks signature, then form, then origin. Returns undefined when any of them is wrong. */
export function openCheckpoint(
  note: string,
  origin: string,
  verifiers: readonly NoteVerifier[],
): (Checkpoint & { signedBy: NoteVerifier[] }) | undefined {
  const opened = openNote(note, verifiers)
  const checkpoint = opened && parseCheckpointText(opened.text)
  return checkpoint?.origin === origin ? { ...checkpoint, signedBy: opened!.signedBy } : undefined
}
