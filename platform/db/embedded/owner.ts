import { randomUUID } from 'node:crypto'
import { linkSync, readFileSync, renameSync, rmSync, writeFileSync } from 'node:fs'
import path from 'node:path'
import { isAlive, startMark } from './processes.ts'

export interface Owner {
  pid: number
  /** Start mark of the process, see `startMark`. */
  mark: string
  token: string
}

/** The process that answers for the database server of a directory, as long as it lives. */
export function findOwner(file: string): Owner | undefined {
  let owner: Owner
  try {
    owner = JSON.parse(readFileSync(file, 'utf8'))
  } catch {
    return undefined
  }
  return isAlive(owner.pid) && startMark(owner.pid) === owner.mark ? owner : undefined
}

/**
 * Makes this process the owner. Returns its claim, or the living owner that stands in the way. The file appears
 * whole or not at all (link), so that of two processes one wins.
 */
export function claimOwnership(file: string): { claim: Owner } | { other: Owner } {
  const claim: Owner = { pid: process.pid, mark: startMark(process.pid), token: randomUUID() }
  const own = `${file}.${claim.token}`
  writeFileSync(own, JSON.stringify(claim), { mode: 0o600 })
  try {
    for (;;) {
      try {
        linkSync(own, file)
        return { claim }
      } catch (error) {
        if ((error as NodeJS.ErrnoException).code !== 'EEXIST') throw error
      }
      const other = findOwner(file)
      if (other) return { other }
      moveAside(file)
    }
  } finally {
    rmSync(own, { force: true })
  }
}

/** Gives the ownership up, unless somebody else has it by now. */
export function releaseOwnership(file: string, claim: Owner): void {
  try {
    if (readFileSync(file, 'utf8').includes(claim.token)) rmSync(file)
  } catch {
    // gone already
  }
}

/** Removes a dead owner's file; should a living one have slipped in between, its file is put back. */
function moveAside(file: string): void {
  const aside = path.join(path.dirname(file), `stale.${randomUUID()}`)
  try {
    renameSync(file, aside)
  } catch {
    return
  }
  if (findOwner(aside)) {
    try {
      linkSync(aside, file)
    } catch {
      // somebody claimed it meanwhile
    }
  }
  rmSync(aside, { force: true })
}
