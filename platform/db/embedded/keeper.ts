import { type ChildProcess, spawn } from 'node:child_process'
import { cleanEnvironment } from './run-as.ts'

/** Seconds that a successor of a killed owner has to take the database over before it is stopped. */
const GRACE = 15

/**
 * A sleeping shell that outlives this process. When this process is killed, its end of the pipe closes; the shell then
 * gives a successor time to take over (the owner's file names another token) and otherwise stops the database, so
 * that no server is left running for ever.
 */
const SCRIPT = `
read -r word
[ "$word" = done ] && exit 0
sleep ${GRACE}
grep -q "$2" "$1" 2>/dev/null || exit 0
read -r pid <"$3" && kill -INT "$pid"
rm -f "$1"
`

export interface Keeper {
  dismiss(): void
}

/** Starts the keeper for the database whose lock file is `pidFile`. */
export function startKeeper(ownerFile: string, token: string, pidFile: string): Keeper {
  const child: ChildProcess = spawn('/bin/sh', ['-c', SCRIPT, 'yiti-database-keeper', ownerFile, token, pidFile], {
    detached: true,
    stdio: ['pipe', 'ignore', 'ignore'],
    cwd: '/',
    env: cleanEnvironment,
  })
  const ignore = () => {}
  child.on('error', ignore)
  child.stdin?.on('error', ignore)
  child.unref()
  ;(child.stdin as (NodeJS.WritableStream & { unref?: () => void }) | null)?.unref?.()
  return { dismiss: () => void child.stdin?.end('done\n') }
}
