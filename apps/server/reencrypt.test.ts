import { Readable } from 'node:stream'
import type { FastifyInstance } from 'fastify'
import sharp from 'sharp'
import { describe, expect, it, vi } from 'vitest'
import { openKeyRing, rotateKey } from '#platform/crypto/key-ring.ts'
import { sql } from '#platform/db/db.ts'
import { Pool } from '#platform/db/pool.ts'
import { findFile } from '#platform/files/file.store.ts'
import { fileRoomOf } from '#platform/files/files.raw.ts'
import { isIntact, receiveUpload } from '#platform/files/uploads.ts'
import { keyPath } from '#platform/module/house.ts'
import { platformByteColumns } from '#platform/module/platform-parts.ts'
import { logInAs } from '#platform/testing/log-in-as.ts'
import { type TestCounty, withTestCounty } from '#platform/testing/test-county.ts'
import { dropUnusedKey, type ReencryptOptions, reencryptCounty } from './reencrypt.ts'

const PHONE = '19900005007'
const AT = { at: '2026-10-12T02:00:00Z' }

interface Reported {
  number: string
  followCode: string
}

async function report(app: FastifyInstance, key: string): Promise<Reported> {
  const answer = await app.inject({
    method: 'POST',
    url: '/test/api/v1/public/reports',
    headers: { 'idempotency-key': key },
    payload: {
      text: `路灯不亮，请尽快修。编号 ${key}`,
      villageCode: '320506103001',
      reporterName: '李文华',
      reporterPhone: PHONE,
    },
  })
  expect(answer.statusCode, answer.body).toBe(200)
  return answer.json<Reported>()
}

async function optionsFor(county: TestCounty, owner: Pool): Promise<ReencryptOptions> {
  const here = await county.here()
  const { modules } = county.house
  return {
    owner,
    county: here.county,
    keys: here.keys,
    byteColumns: [...platformByteColumns, ...modules.flatMap((module) => module.byteColumns ?? [])],
    tokenRenewals: modules.flatMap((module) => module.tokenRenewals ?? []),
    files: fileRoomOf(county.services, here),
    batch: 2,
  }
}

/** Reads as the reporter and as the duty desk; every way in which a key is needed. */
async function readBack(county: TestCounty, reports: readonly Reported[]): Promise<void> {
  const app = await county.app()
  for (const { number, followCode } of reports) {
    const follow = await app.inject({
      method: 'POST',
      url: '/test/api/v1/public/reports/follow',
      payload: { number, followCode },
    })
    expect(follow.statusCode, follow.body).toBe(200)
    expect(follow.json().text).toContain('路灯不亮')
  }
  const clerk = await logInAs(county, 'md-zhou')
  for (const q of [PHONE, '李文华']) {
    const found = await clerk.get(`/cases?q=${encodeURIComponent(q)}`)
    expect(found.items.map((item: { number: string }) => item.number).sort()).toEqual(
      reports.map(({ number }) => number).sort(),
    )
  }
}

describe('change of keys', () => {
  it('knows every column of bytes in the database', async () => {
    await withTestCounty(async (county) => {
      const { byteColumns } = await optionsFor(county, county.services.pool)
      const found = await county.inCounty(async (tx) => {
        const { rows } = await sql<{ place: string }>`
          select c.relname || '.' || a.attname as place
            from pg_catalog.pg_class c join pg_catalog.pg_attribute a on a.attrelid = c.oid and a.attnum > 0
           where c.relnamespace = ${'county_test'}::regnamespace
             and c.relkind in ('r', 'p') and not a.attisdropped
             and a.atttypid in ('bytea'::regtype, 'bytea[]'::regtype)`.execute(tx)
        return rows.map((row) => row.place)
      })
      const declared = byteColumns.map(({ table, column }) => `${table}.${column}`)
      expect(declared.toSorted()).toEqual(found.toSorted())
      expect(new Set(declared).size).toBe(declared.length)
    })
  })

  it('goes on while the county is served, and old keys can be dropped afterwards', async () => {
    await withTestCounty(async (county) => {
      const app = await county.app()
      const reports = [
        await report(app, 'before-0001'),
        await report(app, 'before-0002'),
        await report(app, 'before-0003'),
      ]
      const here = await county.here()
      const picture = await sharp({ create: { width: 40, height: 30, channels: 3, background: 'red' } })
        .png()
        .toBuffer()
      const room = fileRoomOf(county.services, here)
      const file = await receiveUpload(room, Readable.from([picture]), {
        name: '现场.png',
        actor: { kind: 'system', name: 'test' },
      })
      const chief = await logInAs(county, 'md-chen')
      const { items } = await chief.get(`/cases?q=${PHONE}`)
      await chief.post(`/loop/cases/${items[0].id}/reporter`, { purpose: '回访核实' })

      // As `yiti keys rotate` does it: another process, another ring on the same file.
      const elsewhere = await openKeyRing(keyPath(county.services.config, 'test'))
      const old = elsewhere.describe().map((key) => key.id)
      for (const purpose of ['field', 'token', 'file'] as const) await rotateKey(elsewhere, purpose, county.clock.now())
      await vi.waitFor(
        async () => {
          await county.here()
          expect(here.keys.current('field').id).toBe(elsewhere.current('field').id)
        },
        { timeout: 30_000, interval: 200 },
      )
      const after = await report(app, 'after-00001')
      const written = await county.inCounty((tx) =>
        sql<{ id: number }>`
          select get_byte(text_sealed, 1) * 256 + get_byte(text_sealed, 2) as id from loop_report
           order by case_id desc limit 1`.execute(tx),
      )
      expect(written.rows[0]!.id).toBe(elsewhere.current('field').id)
      await readBack(county, [...reports, after])

      const owner = new Pool({ url: county.databaseUrl, max: 2, pipeline: false })
      try {
        const options = await optionsFor(county, owner)
        const later = new Date(county.clock.now().getTime() + 3_600_000)
        await expect(dropUnusedKey(options, old[0]!, later)).rejects.toThrow('loop_report.text_sealed')
        await expect(dropUnusedKey(options, old[0]!, county.clock.now())).rejects.toThrow('刚刚被替换')
        // Cut short in the middle of a column, then done again.
        let batches = 0
        await expect(
          reencryptCounty({
            ...options,
            progress: () => {
              if (++batches === 3) throw new Error('stopped by hand')
            },
          }),
        ).rejects.toThrow('stopped by hand')
        const done = await reencryptCounty(options)
        expect(done.left).toEqual({})
        expect(done.tokens['loop.reporter']).toBe(3)
        expect(done.files).toBe(1)
        const again = await reencryptCounty(options)
        expect(
          [...Object.values(again.fields), ...Object.values(again.tokens), again.files].every((n) => n === 0),
        ).toBe(true)
        const kept = new Set(['session', 'evidence'])
        for (const key of here.keys.describe().filter((each) => old.includes(each.id) && !kept.has(each.purpose)))
          await dropUnusedKey(options, key.id, later)
        expect(here.keys.all('field')).toHaveLength(1)
        expect(here.keys.all('token')).toHaveLength(1)
      } finally {
        await owner.close()
      }
      await readBack(county, [...reports, after])
      const row = await county.inCounty((tx) => findFile(tx, file.id))
      expect(await isIntact(room, row!)).toBe(true)
      // Who read about the person is found under the new token as well.
      const reads = await county.inCounty((tx) =>
        sql<{ id: number }>`
          select get_byte(subject_token, 0) * 256 + get_byte(subject_token, 1) as id from access_person_read`.execute(
          tx,
        ),
      )
      expect(reads.rows).toEqual([{ id: here.keys.current('token').id }])
    }, AT)
  })
})
