import { randomUUID } from 'node:crypto'
import { Readable } from 'node:stream'
import sharp from 'sharp'
import { expect, it } from 'vitest'
import { sql } from '#platform/db/db.ts'
import { fileRoomOf } from '#platform/files/files.raw.ts'
import { attachFiles, receiveUpload } from '#platform/files/uploads.ts'
import { withTestCounty } from '#platform/testing/test-county.ts'

it('a photo comes to whoever holds number and code, and the code travels in no address', () =>
  withTestCounty(async (county) => {
    const app = await county.app()
    const post = (path: string, payload: object) =>
      app.inject({
        method: 'POST',
        url: `/test/api/v1${path}`,
        headers: { 'idempotency-key': randomUUID() },
        payload,
      })
    const made = await post('/public/reports', { text: '路口积水，行人难走', villageCode: '320506103001' })
    const { number, followCode } = made.json<{ number: string; followCode: string }>()
    const jpeg = await sharp({ create: { width: 8, height: 8, channels: 3, background: '#7799aa' } })
      .jpeg()
      .toBuffer()
    const reporter = { kind: 'public', secret: 'x'.repeat(32) } as const
    const room = fileRoomOf(county.services, await county.here())
    const { id: fileId } = await receiveUpload(room, Readable.from([jpeg]), { name: 'a.jpg', actor: reporter })
    await county.inCounty(async (tx) => {
      const { rows } = await sql<{ id: number }>`select id from process_case where number = ${number}`.execute(tx)
      await attachFiles(
        tx,
        [fileId],
        { kind: 'case', id: rows[0]!.id, secrecy: 'internal' },
        reporter,
        county.clock.now(),
      )
    })

    const shown = await post('/public/reports/photo', { number, followCode, fileId })
    expect(shown.statusCode).toBe(200)
    expect(shown.headers['content-type']).toMatch(/^image\//)
    expect(shown.headers['cache-control']).toContain('no-store')
    const other = await post('/public/reports/photo', { number, followCode: 'WRXNGCDE', fileId })
    expect(other.statusCode).toBe(404)
    const inAddress = await app.inject({
      method: 'GET',
      url: `/test/api/v1/public/reports/photo?${new URLSearchParams({ number, followCode, fileId }).toString()}`,
    })
    expect(inAddress.statusCode).toBe(404)
  }))
