import { type ChildProcess, fork } from 'node:child_process'
import { once } from 'node:events'
import { existsSync, mkdirSync, mkdtempSync, readdirSync, readFileSync, rmSync, statSync, writeFileSync } from 'node:fs'
import { tmpdir } from 'node:os'
import path from 'node:path'
import pg from 'pg'
import { afterAll, beforeAll, describe, expect, it } from 'vitest'
import { createLog } from '#platform/logs/log.ts'
import { linkLibraries } from './binaries.ts'
import { type EmbeddedPostgres, startEmbeddedPostgres } from './embedded-postgres.ts'
import { ensureDatabase } from './ensure-database.ts'
import { isAlive, signal, waitUntil } from './processes.ts'

const log = createLog({ level: 'silent' })
const root = mkdtempSync(path.join(tmpdir(), 'yiti-pg-'))
const dir = path.join(root, 'db')
const start = (more = {}) => startEmbeddedPostgres({ dir, log, ...more })

async function query(url: string, text: string): Promise<Record<string, unknown>[]> {
  const client = new pg.Client(url)
  client.on('error', () => {})
  await client.connect()
  try {
    return (await client.query(text)).rows
  } finally {
    await client.end()
  }
}

interface Held {
  child: ChildProcess
  pid: number
  url: string
  started: boolean
  shared: boolean
}

async function hold(...args: string[]): Promise<Held> {
  const child = fork(path.join(import.meta.dirname, 'embedded-postgres.holder.ts'), [dir, ...args], {
    execPath: process.execPath,
    execArgv: [],
  })
  const [message] = (await once(child, 'message')) as [Omit<Held, 'child'>]
  return { child, ...message }
}

async function kill(held: Held): Promise<void> {
  const gone = once(held.child, 'exit')
  held.child.kill('SIGKILL')
  await gone
}

afterAll(() => rmSync(root, { recursive: true, force: true }))

describe('the built-in database', () => {
  let database: EmbeddedPostgres

  beforeAll(async () => {
    database = await start()
    await query(database.url, 'create table kept (id int primary key)')
  })
  afterAll(() => database.stop())

  it('is durable, checks its pages, and knows Chinese letters', async () => {
    const names = ['fsync', 'synchronous_commit', 'full_page_writes', 'data_checksums']
    for (const name of names) expect(await query(database.socketUrl, `show ${name}`)).toEqual([{ [name]: 'on' }])
    const [row] = await query(database.url, `select '吴中区' ~ '^\\w+$' as word, 'a' > 'B' as by_code_point`)
    expect(row).toEqual({ word: true, by_code_point: true })
  })

  it('keeps its password and its data to its user', () => {
    expect(statSync(path.join(dir, 'password')).mode & 0o777).toBe(0o600)
    expect(statSync(path.join(dir, 'data')).mode & 0o777).toBe(0o700)
    expect(readdirSync(dir).filter((name) => name.startsWith('password'))).toEqual(['password'])
  })

  it('lets nobody in without the password', async () => {
    const wrong = new URL(database.url)
    wrong.password = 'wrong'
    await expect(query(wrong.href, 'select 1')).rejects.toMatchObject({ code: '28P01' })
  })

  it('writes neither statements nor values into its log', async () => {
    await expect(query(database.url, `select '138123456x'::int`)).rejects.toMatchObject({ code: '22P02' })
    await query(database.url, 'insert into kept values (138123)')
    await expect(query(database.url, 'insert into kept values (138123)')).rejects.toMatchObject({ code: '23505' })
    expect(readFileSync(path.join(dir, 'postgres.log'), 'utf8')).not.toMatch(/138123/)
  })

  it('makes a further database once', async () => {
    const url = new URL(database.url)
    url.pathname = '/another'
    const results = await Promise.all([ensureDatabase(url.href), ensureDatabase(url.href)])
    expect(results.filter(Boolean)).toHaveLength(1)
    expect(await ensureDatabase(url.href)).toBe(false)
  })

  it('is started again on the same address when it is killed, and has lost nothing', async () => {
    await query(database.url, 'insert into kept values (1)')
    const before = database.pid
    signal(before, 'SIGKILL')
    expect(await until(() => database.restarts === 1)).toBe(true)
    expect(database.pid).not.toBe(before)
    expect(await query(database.socketUrl, 'select id from kept where id = 1')).toEqual([{ id: 1 }])

    signal(database.pid, 'SIGKILL')
    expect(await until(() => database.restarts === 2)).toBe(true)
    expect(await query(database.url, 'select id from kept where id = 1')).toEqual([{ id: 1 }])
  })

  it('is joined, not stopped, by a tool beside the server', async () => {
    const tool = await hold('share')
    expect(tool).toMatchObject({ pid: database.pid, shared: true })
    const ended = once(tool.child, 'exit')
    tool.child.send('stop')
    await ended
    expect(isAlive(database.pid)).toBe(true)
  })

  it('refuses a second server on the same data', async () => {
    await expect(start({ patience: 200 })).rejects.toThrow(`${process.pid}`)
  })

  it('stops and leaves no process, socket or claim behind', async () => {
    const { pid } = database
    await Promise.all([database.stop(), database.stop()])
    expect(isAlive(pid)).toBe(false)
    expect(existsSync(path.join(dir, 'owner.json'))).toBe(false)
    expect(existsSync(path.join(dir, 'data', 'postmaster.pid'))).toBe(false)
    expect(readdirSync(path.join(dir, 'run'))).toEqual([])
  })
})

describe('after a crash', () => {
  it('takes the database of a killed server over and stops it in the end', async () => {
    const held = await hold()
    await query(held.url, 'insert into kept values (2)')
    await kill(held)
    expect(isAlive(held.pid)).toBe(true)
    const next = await start()
    expect(next).toMatchObject({ pid: held.pid, postmasterStarted: false, shared: false })
    expect(await query(next.socketUrl, 'select id from kept where id = 2')).toEqual([{ id: 2 }])
    await next.stop()
    expect(isAlive(held.pid)).toBe(false)
  })

  it('starts again when the server it took over is killed', async () => {
    const held = await hold()
    await kill(held)
    const next = await start()
    signal(held.pid, 'SIGKILL')
    expect(await until(() => next.restarts === 1)).toBe(true)
    expect(await query(next.url, 'select id from kept where id = 2')).toEqual([{ id: 2 }])
    await next.stop()
  })

  it('recovers when server and database were killed together', async () => {
    const held = await hold()
    await query(held.url, 'insert into kept values (3)')
    signal(held.pid, 'SIGKILL')
    await kill(held)
    const next = await start()
    expect(next.postmasterStarted).toBe(true)
    expect(await query(next.url, 'select id from kept where id = 3')).toEqual([{ id: 3 }])
    await next.stop()
  })

  it('is not misled by a lock file whose process id belongs to something else', async () => {
    writeFileSync(
      path.join(dir, 'data', 'postmaster.pid'),
      `${process.pid}\n${dir}/data\n1\n5432\n/tmp\nlocalhost\n1 1\nready   \n`,
    )
    writeFileSync(path.join(dir, 'owner.json'), JSON.stringify({ pid: process.pid, mark: 'another', token: 'x' }))
    const next = await start()
    expect(next.postmasterStarted).toBe(true)
    await next.stop()
  })

  it('begins anew when the first start was cut off, also below a path too long for a socket', async () => {
    const deep = path.join(root, '很长的目录名'.repeat(6), 'db with blanks')
    for (const name of ['data.new', 'data']) {
      mkdirSync(path.join(deep, name), { recursive: true })
      writeFileSync(path.join(deep, name, 'half'), 'x')
    }
    const database = await startEmbeddedPostgres({ dir: deep, log })
    expect(await query(database.socketUrl, 'select 1 as one')).toEqual([{ one: 1 }])
    await database.stop()
  })

  it('says so when the data are of another version', async () => {
    const old = path.join(root, 'old')
    mkdirSync(path.join(old, 'data'), { recursive: true })
    writeFileSync(path.join(old, 'data', 'PG_VERSION'), '15\n')
    await expect(startEmbeddedPostgres({ dir: old, log })).rejects.toThrow('PostgreSQL 15')
  })
})

it('links the libraries of a package that was installed without its scripts', () => {
  const native = path.join(root, 'package', 'native')
  const list = [{ source: 'native/lib/libx.so.1.2', target: 'native/lib/libx.so.1' }]
  const library = path.join(native, 'lib', 'libx.so.1.2')
  mkdirSync(path.dirname(library), { recursive: true })
  writeFileSync(library, 'x')
  writeFileSync(path.join(native, 'pg-symlinks.json'), JSON.stringify(list))
  linkLibraries(native)
  linkLibraries(native)
  expect(readFileSync(path.join(native, 'lib', 'libx.so.1'), 'utf8')).toBe('x')
})

const until = (condition: () => boolean) => waitUntil(condition, 30_000)
