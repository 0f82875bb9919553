import { spawnSync } from 'node:child_process'
import { chownSync, lstatSync, readdirSync, readFileSync, statSync } from 'node:fs'
import path from 'node:path'
import type { PostgresBinaries } from './binaries.ts'

export interface Command {
  file: string
  args: string[]
  uid?: number
  gid?: number
}

/** A way of running PostgreSQL, which refuses to run as root. */
export interface RunAs {
  /** Named in the log. */
  name: string
  /** Who the files on disk must belong to; undefined = whoever runs this program. */
  files?: { uid: number; gid: number }
  wrap(file: string, args: string[]): Command
}

/** PostgreSQL's programs get no environment but this: no PG* variable and no locale of the caller can mislead them. */
export const cleanEnvironment = { PATH: '/usr/local/sbin:/usr/local/bin:/usr/sbin:/usr/bin:/sbin:/bin', LC_ALL: 'C' }

const plain: RunAs = { name: 'this user', wrap: (file, args) => ({ file, args }) }

/**
 * The first way that really works here, tried out on the programs and the directory themselves:
 * 1. an ordinary user runs it directly;
 * 2. root runs it in a user namespace, where root is called by another name. Files stay root's, and a clone in a
 *    folder closed to everyone else works;
 * 3. root without user namespaces (many containers) hands it to an account that can reach the folder;
 * 4. where that account cannot reach it, with the capability to pass closed folders.
 */
export function chooseRunAs(
  binaries: PostgresBinaries,
  directory: string,
  log: (name: string, why: string) => void,
): RunAs {
  const uid = process.getuid?.() ?? -1
  const accounts = readAccounts()
  const ways = uid === 0 ? waysForRoot(accounts) : waysForUser(accounts, uid)
  const failures: string[] = []
  for (const way of ways) {
    const problem = tryOut(way, binaries, directory)
    if (problem === undefined) return way
    failures.push(`${way.name}: ${problem}`)
    log(way.name, problem)
  }
  const list = failures.map((failure) => `  - ${failure}`).join('\n')
  throw new Error(
    `自带数据库无法在这里启动（PostgreSQL 不允许以 root 运行，也没有可用的替代办法）。请用普通用户启动，或用 DATABASE_URL 指向一个 PostgreSQL。\n` +
      `The built-in database cannot run here. Start as an ordinary user, or set DATABASE_URL. Tried:\n${list}`,
  )
}

interface Account {
  name: string
  uid: number
  gid: number
}

function readAccounts(): Account[] {
  try {
    return readFileSync('/etc/passwd', 'utf8')
      .split('\n')
      .map((line) => line.split(':'))
      .filter((parts) => parts.length >= 4)
      .map(([name, , uid, gid]) => ({ name: name ?? '', uid: Number(uid), gid: Number(gid) }))
  } catch {
    return []
  }
}

function waysForUser(accounts: Account[], uid: number): RunAs[] {
  // initdb wants a name for its user; containers run under ids that have none.
  const named = process.platform !== 'linux' || accounts.some((account) => account.uid === uid)
  const other = pick(accounts)
  return named || !other ? [plain] : [inUserNamespace(other), plain]
}

function waysForRoot(accounts: Account[]): RunAs[] {
  const account = pick(accounts)
  if (!account) return [plain]
  return [inUserNamespace(account), asAccount(account), asAccountPassingFolders(account)]
}

function pick(accounts: Account[]): Account | undefined {
  const named = (name: string) => accounts.find((account) => account.name === name && account.uid > 0)
  return named('postgres') ?? named('nobody') ?? accounts.find((account) => account.uid > 0)
}

function inUserNamespace(account: Account): RunAs {
  return {
    name: 'user namespace',
    files: { uid: process.getuid?.() ?? 0, gid: process.getgid?.() ?? 0 },
    wrap: (file, args) => ({ file: 'unshare', args: ['--user', `--map-user=${account.uid}`, '--', file, ...args] }),
  }
}

function asAccount({ name, uid, gid }: Account): RunAs {
  return { name: `account ${name}`, files: { uid, gid }, wrap: (file, args) => ({ file, args, uid, gid }) }
}

function asAccountPassingFolders({ name, uid, gid }: Account): RunAs {
  const flags = [
    `--reuid=${uid}`,
    `--regid=${gid}`,
    '--clear-groups',
    '--inh-caps=+dac_override',
    '--ambient-caps=+dac_override',
  ]
  return {
    name: `account ${name} with the right to pass closed folders`,
    files: { uid, gid },
    wrap: (file, args) => ({ file: 'setpriv', args: [...flags, '--', file, ...args] }),
  }
}

/** What goes wrong when the programs are run this way, or undefined. */
function tryOut(way: RunAs, binaries: PostgresBinaries, directory: string): string | undefined {
  const script = 'cd "$1" && "$2" -V && "$3" -V'
  const command = way.wrap('/bin/sh', ['-c', script, 'sh', directory, binaries.postgres, binaries.initdb])
  const result = spawnSync(command.file, command.args, {
    uid: command.uid,
    gid: command.gid,
    cwd: '/',
    env: cleanEnvironment,
    encoding: 'utf8',
    timeout: 20_000,
  })
  if (result.error) return result.error.message
  if (result.status !== 0) return (result.stderr || result.stdout || `exit ${result.status}`).trim().split('\n').at(-1)
  return undefined
}

/** Gives a tree to the owner that this way needs; a no-op when it has it, and for ordinary users. */
export function handOver(tree: string, way: RunAs): void {
  if (!way.files || process.getuid?.() !== 0) return
  const { uid, gid } = way.files
  if (statSync(tree).uid === uid) return
  const walk = (entry: string) => {
    if (lstatSync(entry).isDirectory()) for (const name of readdirSync(entry)) walk(path.join(entry, name))
    if (!lstatSync(entry).isSymbolicLink()) chownSync(entry, uid, gid)
  }
  // The root of the tree changes last, so that an interrupted walk is taken up again.
  walk(tree)
}
