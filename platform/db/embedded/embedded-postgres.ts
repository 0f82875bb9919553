import { spawn, spawnSync } from 'node:child_process'
import { randomBytes } from 'node:crypto'
import {
  chownSync,
  closeSync,
  existsSync,
  fstatSync,
  fsyncSync,
  mkdirSync,
  mkdtempSync,
  openSync,
  readdirSync,
  readFileSync,
  readSync,
  realpathSync,
  renameSync,
  rmSync,
  statSync,
  writeFileSync,
} from 'node:fs'
import { createServer } from 'node:net'
import { tmpdir } from 'node:os'
import path from 'node:path'
import { setTimeout as sleep } from 'node:timers/promises'
import type { Log } from '#platform/logs/log.ts'
import { findBinaries, type PostgresBinaries } from './binaries.ts'
import { ensureDatabase } from './ensure-database.ts'
import { type Keeper, startKeeper } from './keeper.ts'
import { claimOwnership, findOwner, type Owner, releaseOwnership } from './owner.ts'
import { clearRemains, findPostmaster, type Postmaster, stopPostmaster } from './postmaster.ts'
import { isAlive, waitUntil } from './processes.ts'
import { chooseRunAs, cleanEnvironment, handOver, type RunAs } from './run-as.ts'
import { type PostgresSettings, postgresSettings, usableMemory } from './settings.ts'

export interface EmbeddedPostgresOptions {
  /** Absolute directory of everything the database keeps: data, password, log, socket. */
  dir: string
  log: Log
  /** TCP port on 127.0.0.1; a free one when left out. */
  port?: number
  /** Created when missing. */
  database?: string
  /**
   * What to do when another living process runs the database of this directory: a command-line tool joins it (true);
   * a server waits for the other to leave and then refuses (false).
   */
  share?: boolean
  /** Milliseconds a server waits for its predecessor to leave. */
  patience?: number
  /** Settings that differ from `postgresSettings`. */
  settings?: PostgresSettings
}

export interface EmbeddedPostgres {
  /** Superuser address over TCP, password included. */
  readonly url: string
  /** The same over the unix socket, which is faster. Prefer it. */
  readonly socketUrl: string
  readonly port: number
  readonly dataDir: string
  /** Process id of the postmaster; changes when the server had to be restarted. */
  readonly pid: number
  /** False when a server that ran already was taken over or joined. */
  readonly postmasterStarted: boolean
  /** True when another process owns the server: `stop` then leaves it alone. */
  readonly shared: boolean
  /** How often the server had to be restarted because it died. */
  readonly restarts: number
  /** Fast shutdown: open transactions are rolled back, everything committed is on disk. Safe to call twice. */
  stop(): Promise<void>
}

const SUPERUSER = 'yiti'
/** Longest path of a unix socket, less the name PostgreSQL puts behind the directory. */
const SOCKET_DIR_LIMIT = 107 - '/.s.PGSQL.65535.lock'.length
const LOG_LIMIT = 10 * 1024 * 1024
/** A server that lived this long and died is restarted at once; one that keeps dying waits longer each time. */
const STABLE_MS = 30_000
const LONGEST_PAUSE_MS = 10_000

/**
 * Starts the real PostgreSQL that npm installed, on a data directory of its own; creates it on first use. A server left
 * behind by a killed predecessor is taken over, remains of a crash are cleared, and while this process lives a server
 * that dies is started again on the same port and socket. Throws with a message in Chinese and English when the
 * database cannot run here.
 */
export async function startEmbeddedPostgres(options: EmbeddedPostgresOptions): Promise<EmbeddedPostgres> {
  const { log, share = false, patience = 30_000, database = 'yiti' } = options
  const binaries = findBinaries()
  // Others may pass (root hands the data to another account) but not look.
  mkdirSync(options.dir, { recursive: true, mode: process.getuid?.() === 0 ? 0o711 : 0o700 })
  const dir = realpathSync(options.dir)
  const place = new Place(dir)
  refuseForeignData(place)

  const claim = await takeOwnership(place.ownerFile, share, patience, log)
  if (!claim) return joinServer(place, database)

  const server = new Server(place, binaries, claim, options)
  try {
    await server.start()
    const connection = server.connection(database)
    await ensureDatabase(connection.socketUrl)
    return server.handle(database)
  } catch (error) {
    await server.stop()
    throw error
  }
}

/** Where things stand inside the directory. */
class Place {
  readonly dir: string
  readonly dataDir: string
  readonly ownerFile: string
  readonly passwordFile: string
  readonly logFile: string

  constructor(dir: string) {
    this.dir = dir
    this.dataDir = path.join(dir, 'data')
    this.ownerFile = path.join(dir, 'owner.json')
    this.passwordFile = path.join(dir, 'password')
    this.logFile = path.join(dir, 'postgres.log')
  }

  get initialised(): boolean {
    return existsSync(path.join(this.dataDir, 'PG_VERSION'))
  }
}

class Server {
  readonly #place: Place
  readonly #binaries: PostgresBinaries
  readonly #claim: Owner
  readonly #options: EmbeddedPostgresOptions
  readonly #log: Log
  #runAs!: RunAs
  #keeper: Keeper | undefined
  #socketDir = ''
  #port = 0
  #pid = 0
  #startedHere = false
  #restarts = 0
  #stopping: Promise<void> | undefined
  #restarting: Promise<void> | undefined
  #watch: NodeJS.Timeout | undefined
  #upSince = 0
  #pause = 0

  constructor(place: Place, binaries: PostgresBinaries, claim: Owner, options: EmbeddedPostgresOptions) {
    this.#place = place
    this.#binaries = binaries
    this.#claim = claim
    this.#options = options
    this.#log = options.log
  }

  async start(): Promise<void> {
    process.on('exit', this.#onProcessExit)
    const began = performance.now()
    this.#runAs = chooseRunAs(this.#binaries, this.#place.dir, (way, why) =>
      this.#log.debug({ way, why }, 'a way of running the database does not work here'),
    )
    const running = await this.#findRunning()
    if (running) {
      this.#port = running.port
      this.#socketDir = running.socketDir
      this.#pid = running.pid
      this.#log.warn({ pid: running.pid }, 'took over the database of a server that was killed')
    } else {
      const created = !this.#place.initialised
      if (created) this.#initialise()
      handOver(this.#place.dataDir, this.#runAs)
      await clearRemains(this.#place.dataDir, this.#log)
      this.#socketDir = this.#makeSocketDir()
      await this.#launchOnFreePort()
      this.#startedHere = true
      const ms = Math.round(performance.now() - began)
      this.#log.info({ pid: this.#pid, ms, created, runAs: this.#runAs.name }, 'database started')
    }
    this.#keeper = startKeeper(
      this.#place.ownerFile,
      this.#claim.token,
      path.join(this.#place.dataDir, 'postmaster.pid'),
    )
    this.#upSince = performance.now()
    this.#watch = setInterval(() => this.#check(), 100).unref()
  }

  connection(database: string): { url: string; socketUrl: string } {
    return addresses(this.#place, this.#port, this.#socketDir, database)
  }

  handle(database: string): EmbeddedPostgres {
    const server = this
    return {
      ...this.connection(database),
      port: this.#port,
      dataDir: this.#place.dataDir,
      postmasterStarted: this.#startedHere,
      shared: false,
      get pid() {
        return server.#pid
      },
      get restarts() {
        return server.#restarts
      },
      stop: () => this.stop(),
    }
  }

  stop(): Promise<void> {
    this.#stopping ??= this.#stop()
    return this.#stopping
  }

  async #stop(): Promise<void> {
    clearInterval(this.#watch)
    await this.#restarting
    if (this.#pid && isAlive(this.#pid)) await stopPostmaster(this.#pid, this.#log)
    this.#keeper?.dismiss()
    process.off('exit', this.#onProcessExit)
    if (this.#socketDir && !this.#socketDir.startsWith(this.#place.dir)) {
      rmSync(this.#socketDir, { recursive: true, force: true })
    }
    releaseOwnership(this.#place.ownerFile, this.#claim)
    if (this.#pid) this.#log.info('database stopped')
  }

  /** The process ends without having stopped the database: ask it to stop, there is no time to wait. */
  readonly #onProcessExit = () => {
    if (this.#pid && isAlive(this.#pid)) process.kill(this.#pid, 'SIGINT')
    this.#keeper?.dismiss()
    releaseOwnership(this.#place.ownerFile, this.#claim)
  }

  /** A live server of a predecessor, once it can be used; undefined when there is none or it was on its way out. */
  async #findRunning(): Promise<Postmaster | undefined> {
    const find = () => findPostmaster(this.#place.dataDir)
    const first = find()
    if (!first) return undefined
    // Crash recovery of a big database may take minutes; it is over when the status changes.
    await waitUntil(() => find()?.status !== 'starting', 600_000)
    if (find()?.status === 'ready') {
      const found = find()
      // Its socket may be gone: temporary folders are swept.
      if (found && existsSync(path.join(found.socketDir, `.s.PGSQL.${found.port}`))) return found
    }
    if (find()) await stopPostmaster(first.pid, this.#log)
    return undefined
  }

  /** Makes a new cluster beside its final place and moves it there when it is whole. */
  #initialise(): void {
    const { dir, dataDir, passwordFile } = this.#place
    const draft = path.join(dir, 'data.new')
    rmSync(draft, { recursive: true, force: true })
    // A folder without a version is the remains of something that was never a database.
    if (existsSync(dataDir)) renameSync(dataDir, `${dataDir}.set-aside-${Date.now()}`)
    mkdirSync(draft, { mode: 0o700 })
    const password = randomBytes(32).toString('hex')
    writeFileSync(passwordFile, password, { mode: 0o600 })
    const passwordCopy = path.join(dir, 'password.initdb')
    rmSync(passwordCopy, { force: true })
    writeFileSync(passwordCopy, password, { mode: 0o600 })
    if (this.#runAs.files && process.getuid?.() === 0) {
      chownSync(draft, this.#runAs.files.uid, this.#runAs.files.gid)
      chownSync(passwordCopy, this.#runAs.files.uid, this.#runAs.files.gid)
    }
    const command = this.#runAs.wrap(this.#binaries.initdb, [
      `--pgdata=${draft}`,
      `--username=${SUPERUSER}`,
      `--pwfile=${passwordCopy}`,
      '--auth=scram-sha-256',
      '--encoding=UTF8',
      // Sorting by code point, with PostgreSQL's own tables: the same on every machine and after every system update.
      '--locale=C',
      '--locale-provider=builtin',
      '--builtin-locale=C.UTF-8',
      '--data-checksums',
      ...(process.platform === 'linux' ? ['--sync-method=syncfs'] : []),
      '--no-instructions',
      // A random password of 256 bits needs no stretching, and every new connection pays for it.
      '--set=scram_iterations=64',
    ])
    const result = spawnSync(command.file, command.args, {
      uid: command.uid,
      gid: command.gid,
      cwd: '/',
      env: cleanEnvironment,
      encoding: 'utf8',
    })
    rmSync(passwordCopy, { force: true })
    if (result.error || result.status !== 0) {
      rmSync(draft, { recursive: true, force: true })
      const reason = result.error?.message ?? (result.stderr || result.stdout).trim()
      throw new Error(`无法建立数据库 / the database could not be created (${this.#runAs.name}):\n${reason}`)
    }
    renameSync(draft, dataDir)
    syncDirectory(dir)
  }

  /** PostgreSQL's socket stands beside the data unless the path is too long for one. */
  #makeSocketDir(): string {
    let socketDir = path.join(this.#place.dir, 'run')
    if (Buffer.byteLength(socketDir) > SOCKET_DIR_LIMIT) socketDir = mkdtempSync(path.join(tmpdir(), 'yiti-'))
    mkdirSync(socketDir, { recursive: true, mode: 0o700 })
    for (const name of readdirSync(socketDir)) rmSync(path.join(socketDir, name), { force: true })
    handOver(socketDir, this.#runAs)
    return socketDir
  }

  async #launchOnFreePort(): Promise<void> {
    for (let attempt = 1; ; attempt++) {
      this.#port = this.#options.port ?? (await freePort())
      try {
        await this.#launch()
        return
      } catch (error) {
        // Somebody took the port between finding and using it.
        if (attempt >= 5 || !(error instanceof LaunchError) || !error.portTaken || this.#options.port) throw error
      }
    }
  }

  /** Starts the postmaster and waits until it takes connections. Detached: Ctrl-C at the terminal must not reach it. */
  async #launch(): Promise<void> {
    const { dataDir, logFile } = this.#place
    const settings: PostgresSettings = {
      ...postgresSettings(usableMemory()),
      listen_addresses: '127.0.0.1',
      unix_socket_directories: this.#socketDir.replaceAll(/[",]/g, ''),
      unix_socket_permissions: '0700',
      ...this.#options.settings,
    }
    const flags = Object.entries(settings).flatMap(([name, value]) => ['-c', `${name}=${value}`])
    const command = this.#runAs.wrap(this.#binaries.postgres, ['-D', dataDir, '-p', String(this.#port), ...flags])
    const output = openLog(logFile)
    const offset = fstatSync(output).size
    const child = spawn(command.file, command.args, {
      uid: command.uid,
      gid: command.gid,
      detached: true,
      cwd: '/',
      env: cleanEnvironment,
      stdio: ['ignore', output, output],
    })
    closeSync(output)
    let ended: string | undefined
    child.on('error', (error) => {
      ended ??= error.message
    })
    child.on('exit', (code, name) => {
      ended ??= `exit ${code ?? name}`
    })
    child.unref()
    const ready = () => {
      const found = findPostmaster(dataDir)
      return found?.pid === child.pid && found?.status === 'ready'
    }
    let patience = 30_000
    // The child's events arrive between the looks, so `ended` is seen without delay. Recovery may take its time.
    while (!(await waitUntil(() => ended !== undefined || ready(), patience, 10))) {
      this.#log.warn({ pid: child.pid }, 'the database is still starting, most likely recovering after a crash')
      patience = 60_000
    }
    if (ended !== undefined) throw new LaunchError(ended, readTail(logFile, offset))
    this.#pid = child.pid as number
  }

  #check(): void {
    if (this.#stopping || this.#restarting || isAlive(this.#pid)) return
    this.#log.error({ pid: this.#pid }, 'the database died; starting it again')
    this.#restarting = this.#restart().finally(() => {
      this.#restarting = undefined
    })
  }

  /** Starts a dead server again on the same port and socket, so that pools find it; gives up only when told to stop. */
  async #restart(): Promise<void> {
    if (performance.now() - this.#upSince > STABLE_MS) this.#pause = 0
    while (!this.#stopping) {
      await sleep(this.#pause)
      if (this.#stopping) return
      this.#pause = Math.min(LONGEST_PAUSE_MS, Math.max(100, this.#pause * 2))
      try {
        handOver(this.#place.dataDir, this.#runAs)
        await clearRemains(this.#place.dataDir, this.#log)
        mkdirSync(this.#socketDir, { recursive: true, mode: 0o700 })
        handOver(this.#socketDir, this.#runAs)
        await this.#launch()
        this.#restarts++
        this.#upSince = performance.now()
        this.#log.warn({ pid: this.#pid, restarts: this.#restarts }, 'the database is up again')
        return
      } catch (error) {
        this.#log.error({ err: error, nextTryMs: this.#pause }, 'the database could not be started again')
      }
    }
  }
}

class LaunchError extends Error {
  readonly portTaken: boolean

  constructor(how: string, output: string) {
    super(`数据库启动失败 / the database did not start (${how}):\n${output}`)
    this.name = 'LaunchError'
    this.portTaken = output.includes('Address already in use')
  }
}

/** This process' claim, or undefined when it joins the server of another. */
async function takeOwnership(file: string, share: boolean, patience: number, log: Log): Promise<Owner | undefined> {
  const end = performance.now() + patience
  let said = false
  for (;;) {
    const result = claimOwnership(file)
    if ('claim' in result) return result.claim
    if (share) return undefined
    const { pid } = result.other
    if (performance.now() > end) {
      throw new Error(
        `数据目录正由另一个运行中的进程（${pid}）使用，请先停止它，或用 YITI_VAR 另选目录。\n` +
          `The data directory is in use by another running process (${pid}): stop it, or choose another with YITI_VAR.`,
      )
    }
    if (!said) log.info({ pid }, 'waiting for another process to leave the data directory')
    said = true
    await sleep(100)
  }
}

/** A handle on the server that another process runs. */
async function joinServer(place: Place, database: string): Promise<EmbeddedPostgres> {
  const ready = () => findPostmaster(place.dataDir)?.status === 'ready'
  // The owner may be about to start it.
  await waitUntil(() => ready() || !findOwner(place.ownerFile), 60_000)
  const found = findPostmaster(place.dataDir)
  if (found?.status !== 'ready') throw new Error('数据库没有就绪，请重试 / the database is not ready, try again')
  const connection = addresses(place, found.port, found.socketDir, database)
  await ensureDatabase(connection.socketUrl)
  return {
    ...connection,
    port: found.port,
    dataDir: place.dataDir,
    get pid() {
      return findPostmaster(place.dataDir)?.pid ?? found.pid
    },
    postmasterStarted: false,
    shared: true,
    restarts: 0,
    stop: async () => {},
  }
}

function addresses(place: Place, port: number, socketDir: string, database: string) {
  const password = readFileSync(place.passwordFile, 'utf8').trim()
  const name = encodeURIComponent(database)
  return {
    url: `postgres://${SUPERUSER}:${password}@127.0.0.1:${port}/${name}`,
    socketUrl: `postgres://${SUPERUSER}:${password}@localhost/${name}?host=${encodeURIComponent(socketDir)}&port=${port}`,
  }
}

/** Says clearly what no start could mend: data of another user, or of another major version. */
function refuseForeignData(place: Place): void {
  if (!place.initialised) return
  const uid = process.getuid?.() ?? 0
  const owner = statSync(place.dataDir).uid
  if (uid !== 0 && owner !== uid) {
    throw new Error(
      `数据目录 ${place.dataDir} 属于另一个用户（uid ${owner}），请以该用户或 root 启动，或用 YITI_VAR 另选目录。\n` +
        `The data directory belongs to another user (uid ${owner}): start as that user or root, or choose another with YITI_VAR.`,
    )
  }
  const version = readFileSync(path.join(place.dataDir, 'PG_VERSION'), 'utf8').trim()
  if (version !== '18') {
    throw new Error(
      `数据目录由 PostgreSQL ${version} 建立，自带数据库是 18 版。请用原版本备份后恢复。\n` +
        `The data directory was made by PostgreSQL ${version}; the built-in one is 18. Back up with the old version and restore.`,
    )
  }
}

function openLog(file: string): number {
  if (existsSync(file) && statSync(file).size > LOG_LIMIT) renameSync(file, `${file}.1`)
  return openSync(file, 'a', 0o600)
}

/** What the server wrote since `offset`, at most its last 4 kB. */
function readTail(file: string, offset: number): string {
  const fd = openSync(file, 'r')
  const size = fstatSync(fd).size
  const from = Math.max(offset, size - 4096)
  const buffer = Buffer.alloc(Math.max(0, size - from))
  readSync(fd, buffer, 0, buffer.length, from)
  closeSync(fd)
  return buffer.toString('utf8').trim()
}

function syncDirectory(directory: string): void {
  const fd = openSync(directory, 'r')
  fsyncSync(fd)
  closeSync(fd)
}

async function freePort(): Promise<number> {
  const server = createServer()
  await new Promise<void>((resolve, reject) => {
    server.once('error', reject)
    server.listen(0, '127.0.0.1', resolve)
  })
  const { port } = server.address() as { port: number }
  await new Promise((resolve) => server.close(resolve))
  return port
}
