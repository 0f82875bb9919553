import { mkdirSync, mkdtempSync, readdirSync, readFileSync, rmSync } from 'node:fs'
import { tmpdir } from 'node:os'
import { join } from 'node:path'
import { Readable } from 'node:stream'
import { zstdDecompressSync } from 'node:zlib'
import { expect, it } from 'vitest'
import { backUpCounty } from '#apps/server/backup.ts'
import { setUpCounties } from '#apps/server/counties.ts'
import { exportCases } from '#apps/server/exchange.ts'
import { Worker } from '#apps/server/worker.ts'
import { DEMO_PASSWORD } from '#modules/foundation/org/public.ts'
import { systemClock } from '#platform/clock/clock.ts'
import { runAsSystem } from '#platform/command/command.ts'
import { loadConfig } from '#platform/config/config.ts'
import { startEmbeddedPostgres } from '#platform/db/embedded/embedded-postgres.ts'
import { Pool } from '#platform/db/pool.ts'
import { fileRoomOf } from '#platform/files/files.raw.ts'
import { receiveUpload } from '#platform/files/uploads.ts'
import { buildServer } from '#platform/http/server.ts'
import { createLog } from '#platform/logs/log.ts'
import { House } from '#platform/module/house.ts'
import { loadModules } from '#platform/module/load-modules.ts'
import { deliver } from '#platform/notify/deliver.ts'

/** Digits that nothing else on this machine holds. */
const PHONE = '18357902464'
const SPOKEN = '17746813579'
/** The same numbers as people write them, and landlines; none of these may stand anywhere either. */
const WIDE = '１８３５７９０２４６４'
const DRESSED = ['183 579 02464', '183.5790.2464', '183—5790—2464', WIDE, '17746 813579', '1774.681.3579']
const LANDLINE = '0512-66258341'
const NAME = '欧阳不凡'
const SLUG = 'plain'

/** Where the digits stand as plain text: in files as they are, and in packed ones unpacked. */
function placesOf(needle: string, dir: string): string[] {
  // As UTF-8 and, should anything keep text so, as UTF-16.
  const forms = [Buffer.from(needle), Buffer.from(needle, 'utf16le')]
  return readdirSync(dir, { recursive: true, withFileTypes: true })
    .filter((entry) => entry.isFile())
    .map((entry) => join(entry.parentPath, entry.name))
    .filter((path) => {
      const stored = readFileSync(path)
      const content = path.endsWith('.zst') ? zstdDecompressSync(stored) : stored
      return forms.some((form) => content.includes(form))
    })
}

it('a reporter’s number and name stand nowhere as plain text: tables, WAL, index, logs, backup, files, outgoing', async () => {
  const dir = mkdtempSync(join(tmpdir(), 'yiti-plain-'))
  const varDir = join(dir, 'var')
  mkdirSync(varDir)
  const log = createLog({
    level: 'trace',
    destination: { write: () => {} },
    file: join(varDir, 'log', 'server.log'),
  })
  const postgres = await startEmbeddedPostgres({
    dir: join(varDir, 'postgres'),
    log,
    // Nothing may hide in compressed pages, and everything that can be logged is.
    settings: { wal_compression: 'off', log_min_duration_statement: 0, log_statement: 'all' },
  })
  try {
    const config = loadConfig({ YITI_VAR: varDir, DATABASE_URL: postgres.socketUrl, YITI_LOG_LEVEL: 'trace' })
    const modules = await loadModules()
    await setUpCounties({ config, log, databaseUrl: postgres.socketUrl, modules, clock: systemClock }, [
      { slug: SLUG, name: '明文区', parentName: '苏州市', regionPrefix: '320506', demo: true },
    ])
    const house = new House({ config, log, databaseUrl: postgres.socketUrl, modules })
    const app = await buildServer(house)
    const worker = new Worker(house)
    worker.start()
    try {
      const post = async (path: string, payload: object, headers: Record<string, string> = {}) =>
        app.inject({ method: 'POST', url: `/${SLUG}/api/v1${path}`, headers, payload })
      const reported = await post(
        '/public/reports',
        {
          text: `楼下有人飞线充电，打我电话${SPOKEN}，或${DRESSED.join('、')}，座机${LANDLINE}`,
          villageCode: '320506103001',
          placeText: `香溪花苑 12 幢，联系 ${SPOKEN} ${WIDE}`,
          reporterName: NAME,
          reporterPhone: PHONE,
        },
        { 'idempotency-key': 'plain-0001' },
      )
      expect(reported.statusCode, reported.body).toBe(200)
      const { number, followCode } = reported.json<{ number: string; followCode: string }>()
      // A call that fails with the number in it, and the same key with another body.
      expect((await post('/public/reports', { text: SPOKEN, reporterPhone: `x${PHONE}` })).statusCode).toBe(422)
      expect((await post('/public/reports/follow', { number, followCode })).statusCode).toBe(200)

      const entered = await post('/auth/log-in', { login: 'md-zhou', password: DEMO_PASSWORD })
      const cookie = entered.cookies.map(({ name, value }) => `${name}=${value}`).join('; ')
      const csrf = entered.cookies.find(({ name }) => name.startsWith('yiti_csrf'))!.value
      const staff = { cookie, 'x-yiti-csrf': csrf }
      for (const q of [PHONE, NAME]) {
        const found = await app.inject({
          method: 'GET',
          url: `/${SLUG}/api/v1/cases?q=${encodeURIComponent(q)}`,
          headers: staff,
        })
        expect(found.json().items, q).toHaveLength(1)
      }
      const list = await app.inject({ method: 'GET', url: `/${SLUG}/api/v1/cases?q=${number}`, headers: staff })
      const { id } = list.json().items[0] as { id: number }
      const shown = await post(`/loop/cases/${id}/reporter`, { purpose: '核实地点' }, staff)
      expect(shown.json()).toMatchObject({ phone: PHONE, masked: false })
      const said = `已电话联系 ${PHONE}，${DRESSED.join('；')}，${LANDLINE}`
      const acted = await post(
        `/cases/${id}/actions/accept`,
        { version: 1, form: { opinion: said }, note: said },
        { ...staff, 'idempotency-key': 'plain-0002' },
      )
      expect(acted.statusCode, acted.body).toBe(200)

      const here = await house.countyBySlug(SLUG)
      const room = fileRoomOf(house.services, here)
      await receiveUpload(
        room,
        Readable.from([`%PDF-1.7\n1 0 obj<</Title(${PHONE} ${SPOKEN})>>endobj\ntrailer<<>>\n%%EOF\n`]),
        { name: '笔录.pdf', actor: { kind: 'system', name: 'test' } },
      )
      await runAsSystem(house.services, here, 'test', (context) =>
        deliver(context, { channel: 'sms', target: PHONE, kind: 'loop.answered', caseId: id, params: { number } }),
      )
      await exportCases(house.services, here, { file: join(dir, 'cases.csv'), format: 'csv' })
      const owner = new Pool({ url: postgres.socketUrl, max: 2, pipeline: false })
      try {
        await backUpCounty({
          owner,
          slug: SLUG,
          keys: here.keys,
          filesRoot: room.root,
          out: join(dir, 'backup'),
          now: systemClock.now(),
        })
        await owner.pg.query('checkpoint')
      } finally {
        await owner.close()
      }
    } finally {
      await worker.stop()
      await app.close()
      await house.close()
    }
    await postgres.stop()
    // The search itself works: what is kept in the open is found.
    expect(placesOf('香溪花苑', join(varDir, 'postgres')).length).toBeGreaterThan(0)
    expect(placesOf('香溪花苑', join(dir, 'backup')).length).toBeGreaterThan(0)
    for (const personal of [PHONE, SPOKEN, ...DRESSED, LANDLINE, NAME])
      expect(placesOf(personal, dir), personal).toEqual([])
  } finally {
    await postgres.stop()
    rmSync(dir, { recursive: true, force: true })
  }
}, 300_000)
