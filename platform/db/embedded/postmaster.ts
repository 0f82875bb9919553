import { readFileSync, rmSync } from 'node:fs'
import path from 'node:path'
import type { Log } from '#platform/logs/log.ts'
import { commandLine, isAlive, processesIn, signal, waitUntil } from './processes.ts'

export interface Postmaster {
  pid: number
  port: number
  socketDir: string
  /** starting, ready, stopping … as PostgreSQL reports it. */
  status: string
}

/**
 * The running server of a data directory, by its `postmaster.pid`. A file left behind by a crash, also when its
 * process id now belongs to something else, counts as no server.
 */
export function findPostmaster(dataDir: string): Postmaster | undefined {
  let lines: string[]
  try {
    lines = readFileSync(path.join(dataDir, 'postmaster.pid'), 'utf8').split('\n')
  } catch {
    return undefined
  }
  const pid = Number(lines[0])
  if (!Number.isInteger(pid) || pid <= 1 || !isAlive(pid)) return undefined
  if (!commandLine(pid).includes(`-D ${dataDir} `)) return undefined
  return { pid, port: Number(lines[3]), socketDir: lines[4]?.trim() ?? '', status: lines[7]?.trim() ?? '' }
}

/**
 * Clears the way for a new postmaster after a crash: server processes that outlived theirs are ended (PostgreSQL
 * refuses to start beside them), and its stale lock file goes, whose process id might have been given to another program.
 */
export async function clearRemains(dataDir: string, log: Log): Promise<void> {
  const remaining = () => processesIn(dataDir)
  // They notice the death of the postmaster by themselves, at the latest when their statement ends.
  if (!(await waitUntil(() => remaining().length === 0, 1_500))) {
    log.warn({ pids: remaining() }, 'ending database processes that outlived their server')
    for (const pid of remaining()) signal(pid, 'SIGQUIT')
    if (!(await waitUntil(() => remaining().length === 0, 3_000))) for (const pid of remaining()) signal(pid, 'SIGKILL')
    await waitUntil(() => remaining().length === 0, 3_000)
  }
  if (!findPostmaster(dataDir)) rmSync(path.join(dataDir, 'postmaster.pid'), { force: true })
}

/** Fast shutdown (open transactions are rolled back), then ever rougher. */
export async function stopPostmaster(pid: number, log: Log): Promise<void> {
  for (const [name, patience] of [
    ['SIGINT', 60_000],
    ['SIGQUIT', 10_000],
    ['SIGKILL', 10_000],
  ] as const) {
    signal(pid, name)
    if (await waitUntil(() => !isAlive(pid), patience)) return
    log.warn({ pid, signal: name }, 'the database does not stop')
  }
}
