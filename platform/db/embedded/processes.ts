import { execFileSync } from 'node:child_process'
import { readdirSync, readFileSync, readlinkSync, realpathSync } from 'node:fs'
import { setTimeout as sleep } from 'node:timers/promises'

const linux = process.platform === 'linux'

/** Whether the process runs; one that ended and was not yet collected by its parent counts as gone. */
export function isAlive(pid: number): boolean {
  try {
    process.kill(pid, 0)
  } catch (error) {
    if ((error as NodeJS.ErrnoException).code !== 'EPERM') return false
  }
  if (!linux) return true
  const state = statOf(pid)?.[0]
  return state !== undefined && state !== 'Z' && state !== 'X'
}

/** A mark that tells a process from a later one with the same id. Empty where the system does not say. */
export function startMark(pid: number): string {
  return (linux && statOf(pid)?.[19]) || ''
}

/** Fields of /proc/<pid>/stat from the state on; the name before it may hold blanks and brackets. */
function statOf(pid: number): string[] | undefined {
  try {
    const text = readFileSync(`/proc/${pid}/stat`, 'latin1')
    return text.slice(text.lastIndexOf(')') + 2).split(' ')
  } catch {
    return undefined
  }
}

/** The command line of a process, or an empty text. */
export function commandLine(pid: number): string {
  try {
    if (linux) return readFileSync(`/proc/${pid}/cmdline`, 'utf8').replaceAll('\0', ' ')
    return execFileSync('ps', ['-p', String(pid), '-o', 'command='], { encoding: 'utf8' })
  } catch {
    return ''
  }
}

/** Processes that work in this directory: all server processes of a cluster do, also after their postmaster died. */
export function processesIn(directory: string): number[] {
  if (!linux) return []
  const target = realpathSync(directory)
  return readdirSync('/proc')
    .filter((name) => /^\d+$/.test(name))
    .map(Number)
    .filter((pid) => {
      try {
        return readlinkSync(`/proc/${pid}/cwd`) === target && commandLine(pid).startsWith('postgres')
      } catch {
        return false
      }
    })
}

/** Waits until the condition holds; false when the time is over. */
export async function waitUntil(condition: () => boolean, timeoutMs: number, stepMs = 15): Promise<boolean> {
  const end = performance.now() + timeoutMs
  while (!condition()) {
    if (performance.now() > end) return false
    await sleep(stepMs)
  }
  return true
}

/** Sends a signal; a process that is gone already is fine. */
export function signal(pid: number, name: NodeJS.Signals): void {
  try {
    process.kill(pid, name)
  } catch (error) {
    if ((error as NodeJS.ErrnoException).code !== 'ESRCH') throw error
  }
}
