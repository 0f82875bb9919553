import { randomUUID } from 'node:crypto'
import { appendFileSync, mkdirSync, mkdtempSync, readdirSync, readFileSync, rmSync, writeFileSync } from 'node:fs'
import { tmpdir } from 'node:os'
import { join } from 'node:path'
import { Readable } from 'node:stream'
import { zstdDecompressSync } from 'node:zlib'
import pg from 'pg'
import { describe, expect, inject, it } from 'vitest'
import { loadConfig } from '#platform/config/config.ts'
import { createKeyRing } from '#platform/crypto/key-ring.ts'
import { listCounties, registerCounty } from '#platform/db/counties.ts'
import { sql } from '#platform/db/db.ts'
import { readMigrations } from '#platform/db/migrate.ts'
import { Pool } from '#platform/db/pool.ts'
import { sealEvidence } from '#platform/evidence/evidence-log.ts'
import { listFilesOf } from '#platform/files/file.store.ts'
import { fileRoomOf } from '#platform/files/files.raw.ts'
import { attachFiles, isIntact, receiveUpload } from '#platform/files/uploads.ts'
import { buildServer } from '#platform/http/server.ts'
import { createLog } from '#platform/logs/log.ts'
import { House, keyPath } from '#platform/module/house.ts'
import { platformByteColumns } from '#platform/module/platform-parts.ts'
import { type TestCounty, withTestCounty } from '#platform/testing/test-county.ts'
import { TEST_COUNTY, withDatabase } from '#platform/testing/test-database.ts'
import { backUpCounty } from './backup.ts'
import type { BackupManifest } from './backup-manifest.ts'
import { checkBackup, type Restored, type RestoreOptions, restoreCounty } from './restore.ts'

const AT = { at: '2026-10-12T02:00:00Z' }
const PHONE = '19900005007'

async function report(county: TestCounty, key: string): Promise<{ number: string; followCode: string }> {
  const app = await county.app()
  const answer = await app.inject({
    method: 'POST',
    url: '/test/api/v1/public/reports',
    headers: { 'idempotency-key': key },
    payload: { text: `路口积水，行人难走。${key}`, villageCode: '320506103001', reporterPhone: PHONE },
  })
  expect(answer.statusCode, answer.body).toBe(200)
  return answer.json()
}

async function seal(county: TestCounty): Promise<void> {
  const { keys } = await county.here()
  await sealEvidence((work) => county.inCounty(work), keys, county.clock)
}

async function backUp(county: TestCounty, out: string): Promise<BackupManifest> {
  const here = await county.here()
  const owner = new Pool({ url: county.databaseUrl, max: 2, pipeline: false })
  try {
    return await backUpCounty({
      owner,
      slug: 'test',
      keys: here.keys,
      filesRoot: fileRoomOf(county.services, here).root,
      out,
      now: county.clock.now(),
    })
  } finally {
    await owner.close()
  }
}

interface Empty {
  owner: Pool
  url: string
  varDir: string
  restore(change: Partial<RestoreOptions> & Pick<RestoreOptions, 'from' | 'keys'>): Promise<Restored>
}

/** An empty database and an empty folder: another machine. */
async function onEmptyMachine<T>(county: TestCounty, work: (empty: Empty) => Promise<T>): Promise<T> {
  const database = `yiti_test_${process.ppid}_${randomUUID().slice(0, 8)}`
  const admin = new pg.Client({ connectionString: inject('serverUrl') })
  await admin.connect()
  await admin.query(`create database ${database}`)
  const varDir = mkdtempSync(join(tmpdir(), 'yiti-restore-'))
  const url = withDatabase(inject('serverUrl'), database)
  const owner = new Pool({ url, max: 2, pipeline: false })
  const { modules } = county.house
  try {
    return await work({
      owner,
      url,
      varDir,
      restore: (change) =>
        restoreCounty({
          owner,
          migrations: readMigrations(modules.map((module) => `${module.layer}/${module.name}`)),
          byteColumns: [...platformByteColumns, ...modules.flatMap((module) => module.byteColumns ?? [])],
          filesRootOf: (slug) => join(varDir, 'files', slug),
          keyPathOf: (slug) => join(varDir, 'keys', `${slug}.json`),
          ...change,
        }),
    })
  } finally {
    await owner.close()
    await admin.query(`drop database if exists ${database} with (force)`)
    await admin.end()
    rmSync(varDir, { recursive: true, force: true })
  }
}

/** Nothing was begun on this machine. */
async function nothingIn({ owner, varDir }: Empty): Promise<void> {
  const { rows } = await owner.pg.query<{ n: number }>(
    "select count(*) as n from pg_catalog.pg_namespace where nspname like 'county%'",
  )
  expect(rows[0]!.n).toBe(0)
  expect(readdirSync(varDir)).toEqual([])
}

/** Rows of every table as they stand in a backup; how they are packed depends on how the bytes came in. */
function tablesIn(dir: string): Record<string, string> {
  return Object.fromEntries(
    readdirSync(join(dir, 'tables'))
      .sort()
      .map((name) => [name, zstdDecompressSync(readFileSync(join(dir, 'tables', name))).toString('latin1')]),
  )
}

function folder(): string {
  return mkdtempSync(join(tmpdir(), 'yiti-backup-'))
}

function everythingIn(dir: string): Buffer {
  return Buffer.concat(
    readdirSync(dir, { recursive: true, withFileTypes: true })
      .filter((entry) => entry.isFile())
      .map((entry) => readFileSync(join(entry.parentPath, entry.name))),
  )
}

describe('backup and restoration of a county', () => {
  it('brings everything back on an empty machine, to the byte, and the county goes on', async () => {
    await withTestCounty(async (county) => {
      const out = folder()
      const reports = [await report(county, 'backup-0001'), await report(county, 'backup-0002')]
      const here = await county.here()
      const room = fileRoomOf(county.services, here)
      const file = await receiveUpload(room, Readable.from(['%PDF-1.7\n1 0 obj<<>>endobj\ntrailer<<>>\n%%EOF\n']), {
        name: '勘查记录.pdf',
        actor: { kind: 'system', name: 'test' },
      })
      await county.asSystem(({ tx, now }) =>
        attachFiles(tx, [file.id], { kind: 'case', id: 1 }, { kind: 'system', name: 'test' }, now),
      )
      await county.settle()
      await seal(county)
      try {
        const manifest = await backUp(county, out)
        expect((await checkBackup(out)).id).toBe(manifest.id)
        const content = everythingIn(out)
        for (const purpose of ['field', 'token', 'file', 'session', 'evidence'] as const)
          for (const { secret } of here.keys.all(purpose))
            for (const form of [secret, secret.toString('base64'), secret.toString('hex')])
              expect(content.includes(form), `a ${purpose} key is in the backup`).toBe(false)

        await onEmptyMachine(county, async (empty) => {
          const restored = await empty.restore({ from: out, keys: keyPath(county.services.config, 'test') })
          expect(restored.evidence.ok).toBe(true)
          expect(restored.files).toBe(1)
          expect(restored.evidence.treeSize).toBeGreaterThan(0)

          const config = loadConfig({ YITI_VAR: empty.varDir, DATABASE_URL: empty.url, YITI_LOG_LEVEL: 'error' })
          const { clock } = county
          const house = new House({
            config,
            log: createLog({ level: 'fatal' }),
            databaseUrl: empty.url,
            modules: county.house.modules,
            clock,
          })
          const app = await buildServer(house)
          try {
            // The same again, from what was restored: every table to the byte, sequences too.
            const again = folder()
            const copyHere = await house.countyBySlug('test')
            const second = await backUpCounty({
              owner: empty.owner,
              slug: 'test',
              keys: copyHere.keys,
              filesRoot: fileRoomOf(house.services, copyHere).root,
              out: again,
              now: clock.now(),
            })
            const before = tablesIn(out)
            const after = tablesIn(again)
            rmSync(again, { recursive: true })
            expect(Object.keys(after)).toEqual(Object.keys(before))
            for (const [name, rows] of Object.entries(before)) expect(after[name] === rows, name).toBe(true)
            expect(second.sequences).toEqual(manifest.sequences)
            expect(second.checkpoint).toEqual(manifest.checkpoint)
            expect(second.county).toEqual(manifest.county)
            expect({ ...second.files, sha256: '' }).toEqual({ ...manifest.files, sha256: '' })

            const follow = await app.inject({
              method: 'POST',
              url: '/test/api/v1/public/reports/follow',
              payload: { number: reports[0]!.number, followCode: reports[0]!.followCode },
            })
            expect(follow.statusCode, follow.body).toBe(200)
            const next = await app.inject({
              method: 'POST',
              url: '/test/api/v1/public/reports',
              headers: { 'idempotency-key': 'restored-01' },
              payload: { text: '恢复以后继续受理新的事项', villageCode: '320506103001' },
            })
            expect(next.statusCode, next.body).toBe(200)
            expect(reports.map(({ number }) => number)).not.toContain(next.json().number)
            // The application's role has its rights, and no more: what is append-only stays so.
            await expect(
              house.services.pool.inCounty(copyHere.county, (tx) => sql`delete from process_trace`.execute(tx)),
            ).rejects.toThrow('permission denied')
            const [kept] = await house.services.pool.inCounty(copyHere.county, (tx) => listFilesOf(tx, 'case', [1]))
            expect(await isIntact(fileRoomOf(house.services, copyHere), kept!)).toBe(true)
            await expect(empty.restore({ from: out, keys: keyPath(county.services.config, 'test') })).rejects.toThrow(
              '已有 test',
            )
            // Beside the county itself, under another name: for looking, nothing works on it by itself.
            const beside = await empty.restore({
              from: out,
              keys: keyPath(county.services.config, 'test'),
              as: 'looking',
            })
            expect(beside.evidence.ok).toBe(true)
            const known = await listCounties(empty.owner)
            expect(known.map(({ slug, settings }) => [slug, settings.copyOf])).toEqual([
              ['test', undefined],
              ['looking', 'test'],
            ])
            const looking = await app.inject({
              method: 'POST',
              url: '/looking/api/v1/public/reports/follow',
              payload: { number: reports[1]!.number, followCode: reports[1]!.followCode },
            })
            expect(looking.statusCode, looking.body).toBe(200)
            const entered = await app.inject({
              method: 'POST',
              url: '/looking/api/v1/public/reports',
              headers: { 'idempotency-key': 'looking-001' },
              payload: { text: '副本里不能再上报事项', villageCode: '320506103001' },
            })
            expect(entered.json().code).toBe('platform.county_is_copy')
          } finally {
            await app.close()
            await house.close()
          }
        })
      } finally {
        rmSync(out, { recursive: true })
      }
    }, AT)
  })

  it('holds one moment, however busy the county is', async () => {
    await withTestCounty(async (county) => {
      const out = folder()
      await report(county, 'moment-first')
      try {
        const load = Promise.all(
          Array.from({ length: 4 }, async (_, lane) => {
            for (let n = 0; n < 8; n++) await report(county, `moment-${lane}-${n}`)
          }),
        )
        await report(county, 'moment-second')
        const manifest = await backUp(county, out)
        await load
        await onEmptyMachine(county, async (empty) => {
          await empty.restore({ from: out, keys: keyPath(county.services.config, 'test') })
          const [restored] = await listCounties(empty.owner)
          const counts = await empty.owner.inCounty(restored!, async (tx) => {
            const { rows } = await sql<Record<string, number>>`
              select (select count(*) from process_case) as cases, (select count(*) from loop_report) as reports,
                     (select count(*) from search_document) as documents,
                     (select count(*) from process_trace where hop = 1) as starts,
                     (select count(*) from command_idempotency where result is not null) as commands,
                     (select coalesce(sum(amount), 0)::int from rollup_delta) as counted`.execute(tx)
            return rows[0]!
          })
          expect(counts.cases).toBeGreaterThanOrEqual(2)
          expect(new Set(Object.values(counts)), JSON.stringify(counts)).toEqual(new Set([counts.cases]))
          expect(manifest.tables.find(({ name }) => name === 'process_case')?.rows).toBe(counts.cases)
        })
      } finally {
        rmSync(out, { recursive: true })
      }
    }, AT)
  })

  it('refuses clearly, and leaves nothing behind', async () => {
    await withTestCounty(async (county) => {
      const out = folder()
      await report(county, 'refusal-0001')
      await seal(county)
      const keys = keyPath(county.services.config, 'test')
      try {
        await backUp(county, out)
        await expect(backUp(county, out)).rejects.toThrow('不是空目录')
        await onEmptyMachine(county, async (empty) => {
          await expect(empty.restore({ from: out, keys: join(empty.varDir, 'nowhere.json') })).rejects.toThrow(
            '没有密钥不能恢复',
          )
          const others = folder()
          await createKeyRing(join(others, 'test.json'), { county: 'test', now: county.clock.now() })
          await expect(empty.restore({ from: out, keys: others })).rejects.toThrow('不是这份备份的密钥')
          rmSync(others, { recursive: true })
          await expect(empty.restore({ from: out, keys, migrations: [] })).rejects.toThrow('另一版本')
          await nothingIn(empty)

          const name = join(out, 'manifest.json')
          const sound = readFileSync(name, 'utf8')
          const manifest = JSON.parse(sound) as BackupManifest
          // Counts that do not fit the tables.
          manifest.tables.find((table) => table.name === 'process_case')!.rows++
          writeFileSync(name, JSON.stringify(manifest))
          await expect(empty.restore({ from: out, keys })).rejects.toThrow('process_case 应有 2 行，恢复了 1 行')
          writeFileSync(name, sound)
          expect(await listCounties(empty.owner)).toEqual([])

          // The remains of a restoration that was killed are cleared by the next one.
          await registerCounty(empty.owner, { ...TEST_COUNTY, settings: { restoring: true } })
          await empty.owner.pg.query('create schema county_test')
          await empty.owner.pg.query('create table county_test.process_case (id bigint)')
          mkdirSync(join(empty.varDir, 'files', 'test'), { recursive: true })
          const again = await empty.restore({ from: out, keys })
          expect(again.evidence.ok).toBe(true)
          expect((await listCounties(empty.owner)).map((county) => county.settings.restoring)).toEqual([undefined])
        })

        await onEmptyMachine(county, async (empty) => {
          appendFileSync(join(out, 'tables', 'process_case.zst'), 'x')
          await expect(empty.restore({ from: out, keys })).rejects.toThrow('备份已损坏')
          rmSync(join(out, 'tables', 'process_trace.zst'))
          rmSync(join(out, 'manifest.json'))
          await expect(empty.restore({ from: out, keys })).rejects.toThrow('备份没有做完')
          await nothingIn(empty)
        })
      } finally {
        rmSync(out, { recursive: true })
      }
    }, AT)
  })
})
