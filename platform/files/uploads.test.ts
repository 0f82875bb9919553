import { createHash, randomBytes, randomUUID } from 'node:crypto'
import { mkdir, readdir, readFile, rename, rm, writeFile } from 'node:fs/promises'
import { dirname, join } from 'node:path'
import { Readable } from 'node:stream'
import { buffer } from 'node:stream/consumers'
import sharp from 'sharp'
import { afterAll, beforeAll, describe, expect, it } from 'vitest'
import type { Actor, PublicActor } from '#platform/access/actor.ts'
import { createKeyRing, rotateKey } from '#platform/crypto/key-ring.ts'
import { sql } from '#platform/db/db.ts'
import { AppError } from '#platform/errors/app-error.ts'
import { writeXlsx } from '#platform/tables/write-xlsx.ts'
import { type TestCounty, testActor, withTestCounty } from '#platform/testing/test-county.ts'
import { findFile, listFilesOf } from './file.store.ts'
import { newFileId, pathOf, temporaryPathOf } from './file-root.ts'
import {
  attachFiles,
  downloadHeaders,
  type FileRoom,
  isIntact,
  openFile,
  receiveUpload,
  renewEncryption,
  sweepOrphans,
} from './uploads.ts'

const hour = 3_600_000
const clerk = testActor(7, [])
const resident: PublicActor = { kind: 'public', secret: 'x'.repeat(32) }

/** One county for all tests; each has a file root, keys and an empty table of its own. */
let county: TestCounty
let leave: () => void
let left: Promise<void>

beforeAll(
  () =>
    new Promise<void>((ready, failed) => {
      left = withTestCounty(async (opened) => {
        county = opened
        ready()
        await new Promise<void>((resolve) => {
          leave = resolve
        })
      })
      left.catch(failed)
    }),
)

afterAll(async () => {
  leave()
  await left
})

async function withRoom(work: (room: FileRoom, county: TestCounty) => Promise<void>): Promise<void> {
  const name = randomUUID()
  county.clock.set('2026-09-30T01:00:00Z')
  await county.inCounty((tx) => sql`delete from files_file`.execute(tx))
  const keys = await createKeyRing(join(county.varDir, 'keys', `${name}.keys`), {
    county: name,
    now: county.clock.now(),
  })
  const root = join(county.varDir, 'files', name)
  await work({ root, keys, clock: county.clock, inCounty: county.inCounty }, county)
}

const photo = (exif = {}) =>
  sharp({ create: { width: 640, height: 480, channels: 3, background: '#7799aa' } })
    .withExif(exif)
    .jpeg()
    .toBuffer()

const gps = {
  IFD3: {
    GPSLatitudeRef: 'N',
    GPSLatitude: '31/1 15/1 2412/100',
    GPSLongitudeRef: 'E',
    GPSLongitude: '120/1 30/1 4428/100',
  },
}

const sheet = () =>
  buffer(writeXlsx([{ title: '姓名', type: 'text', value: (row: string) => row }], ['张三 13900000000']))

function send(room: FileRoom, content: Buffer, name: string, actor: Actor = clerk, more: { maxBytes?: number } = {}) {
  const pieces = Array.from({ length: Math.ceil(content.length / 10_000) }, (_, i) =>
    content.subarray(i * 10_000, (i + 1) * 10_000),
  )
  return receiveUpload(room, Readable.from(pieces), { name, actor, ...more })
}

async function codeOf(work: Promise<unknown>): Promise<string> {
  return work.then(
    () => 'accepted',
    (error) => {
      if (error instanceof AppError) return error.code
      throw error
    },
  )
}

async function filesOnDisk(root: string): Promise<string[]> {
  const entries = await readdir(root, { recursive: true, withFileTypes: true }).catch(() => [])
  return entries.filter((entry) => entry.isFile()).map((entry) => entry.name)
}

describe('receiveUpload', () => {
  it('keeps a photo encrypted, drawn anew, with its place beside it and no longer in it', async () => {
    await withRoom(async (room, { inCounty, clock }) => {
      const original = await photo(gps)
      const row = await send(room, original, 'IMG_张三.JPG', resident)
      expect(row).toMatchObject({
        name: '20260930-090000.jpg',
        mediaType: 'image/jpeg',
        width: 640,
        height: 480,
        hasThumbnail: true,
        place: { lon: 120.5123, lat: 31.2567 },
        secrecy: 'internal',
        uploaderKind: 'public',
        uploadedAt: clock.now(),
        ownerId: null,
        attachedAt: null,
        originalBytes: original.length,
        originalSha256: createHash('sha256').update(original).digest('hex'),
      })
      expect(await inCounty((tx) => findFile(tx, row.id))).toEqual(row)

      const stored = await buffer(await openFile(room, row))
      expect(stored.length).toBe(row.bytes)
      expect(createHash('sha256').update(stored).digest('hex')).toBe(row.storedSha256)
      expect((await sharp(stored).metadata()).exif).toBeUndefined()
      expect((await sharp(await buffer(await openFile(room, row, 'thumbnail'))).metadata()).width).toBe(480)

      const raw = await readFile(pathOf(room.root, row.id, 'content'))
      expect(raw.subarray(0, 3).toString()).toBe('YTF')
      expect(raw.includes(stored.subarray(100, 132))).toBe(false)
      expect((await filesOnDisk(room.root)).sort()).toEqual([row.id, `${row.id}.thumb`])
    })
  })

  it('keeps documents byte for byte, under a clean name', async () => {
    await withRoom(async (room) => {
      const original = await sheet()
      const row = await send(room, original, '..\\登记表.XLSX')
      expect(row).toMatchObject({
        name: '登记表.xlsx',
        hasThumbnail: false,
        place: null,
        storedSha256: row.originalSha256,
      })
      expect(await buffer(await openFile(room, row))).toEqual(original)
      expect(await isIntact(room, row)).toBe(true)
    })
  })

  it('refuses what it should and leaves nothing behind', async () => {
    await withRoom(async (room, { inCounty }) => {
      const picture = await photo()
      expect(await codeOf(send(room, Buffer.alloc(0), 'a.jpg'))).toBe('files.empty')
      expect(await codeOf(send(room, picture, 'a.pdf'))).toBe('files.name_mismatch')
      expect(await codeOf(send(room, picture, 'a.exe'))).toBe('files.name_mismatch')
      expect(await codeOf(send(room, Buffer.from('<svg onload="x">'), 'a.svg'))).toBe('files.type_refused')
      expect(await codeOf(send(room, picture.subarray(0, 900), 'a.jpg'))).toBe('files.damaged')
      expect(await codeOf(send(room, Buffer.from('\0\0\0\x18ftypheic0000', 'latin1'), 'a.heic'))).toBe(
        'files.heic_refused',
      )
      const onlyPhotos = receiveUpload(room, Readable.from([await sheet()]), {
        name: 'a.xlsx',
        actor: clerk,
        accept: ['jpeg', 'png'],
      })
      expect(await codeOf(onlyPhotos)).toBe('files.type_refused')
      expect(await filesOnDisk(room.root)).toEqual([])
      expect(await inCounty((tx) => listFilesOf(tx, 'case', []))).toEqual([])
    })
  })

  it('stops at the limit while bytes still come, and when the sender goes away', async () => {
    await withRoom(async (room) => {
      let sent = 0
      const chunk = randomBytes(100_000)
      async function* endless() {
        for (;;) {
          sent++
          yield chunk
        }
      }
      expect(
        await codeOf(
          receiveUpload(room, Readable.from(endless()), { name: 'a.pdf', actor: clerk, maxBytes: 1_000_000 }),
        ),
      ).toBe('files.too_large')
      expect(sent).toBeLessThan(800)
      // An honest sender is heard to the end, but nothing more is kept.
      expect(await codeOf(send(room, randomBytes(1_500_000), 'a.pdf', clerk, { maxBytes: 1_000_000 }))).toBe(
        'files.too_large',
      )

      async function* broken() {
        yield Buffer.from('%PDF-1.7')
        throw new Error('connection reset')
      }
      await expect(receiveUpload(room, Readable.from(broken()), { name: 'a.pdf', actor: clerk })).rejects.toThrow(
        'connection reset',
      )
      expect(await filesOnDisk(room.root)).toEqual([])
    })
  })

  it('takes the content away again when the row cannot be written', async () => {
    await withRoom(async (room) => {
      const failing: FileRoom = {
        ...room,
        inCounty: () => Promise.reject(new Error('the database is gone')),
      }
      await expect(send(failing, await photo(), 'a.jpg')).rejects.toThrow('the database is gone')
      expect(await filesOnDisk(room.root)).toEqual([])
    })
  })
})

describe('attachFiles', () => {
  it('takes only unattached files of the same sender, all or none, in the given order', async () => {
    await withRoom(async (room, { inCounty, clock }) => {
      const first = await send(room, await photo(), 'a.jpg')
      const second = await send(room, await photo(), 'b.jpg')
      const foreign = await send(room, await photo(), 'c.jpg', resident)
      const owner = { kind: 'case', id: 4711 }
      const attach = (ids: string[], actor: Actor, to = owner) =>
        inCounty((tx) => attachFiles(tx, ids, to, actor, clock.now()))

      for (const [ids, actor] of [
        [[first.id, foreign.id], clerk],
        [[first.id], testActor(8, [])],
        [[first.id], { kind: 'system', name: 'import' }],
        [[foreign.id], { kind: 'public', secret: 'y'.repeat(32) }],
        [[newFileId(clock.now())], clerk],
        [['no-id'], clerk],
      ] as [string[], Actor][]) {
        expect(await codeOf(attach(ids, actor))).toBe('files.not_attachable')
      }
      expect(await inCounty((tx) => listFilesOf(tx, 'case', [4711]))).toEqual([])

      const attached = await attach([second.id, first.id, second.id], clerk)
      expect(attached.map(({ id, ownerId, attachedAt }) => [id, ownerId, attachedAt])).toEqual([
        [second.id, 4711, clock.now()],
        [first.id, 4711, clock.now()],
      ])
      expect(await codeOf(attach([first.id], clerk, { kind: 'case', id: 4712 }))).toBe('files.not_attachable')
      expect((await attach([foreign.id], resident)).length).toBe(1)
      expect((await inCounty((tx) => listFilesOf(tx, 'case', [4711]))).length).toBe(3)
      expect(await attach([], clerk)).toEqual([])
      const many = Array.from({ length: 51 }, () => newFileId(clock.now()))
      expect(await codeOf(attach(many, clerk))).toBe('files.too_many')
    })
  })

  it('gives one file to one of two commands that want it at once', async () => {
    await withRoom(async (room, { inCounty, clock }) => {
      const row = await send(room, await photo(), 'a.jpg')
      const outcomes = await Promise.all(
        [1, 2].map((id) =>
          codeOf(inCounty((tx) => attachFiles(tx, [row.id], { kind: 'case', id }, clerk, clock.now()))),
        ),
      )
      expect(outcomes.sort()).toEqual(['accepted', 'files.not_attachable'])
    })
  })
})

describe('sweepOrphans', () => {
  it('removes what nobody attached and what crashes left, and nothing else', async () => {
    await withRoom(async (room, { inCounty, clock }) => {
      const kept = await send(room, await photo(), 'a.jpg')
      await inCounty((tx) => attachFiles(tx, [kept.id], { kind: 'case', id: 1 }, clerk, clock.now()))
      const forgotten = await send(room, await photo(), 'b.jpg')
      // The server died after the rename and before the row.
      const withoutRow = newFileId(clock.now())
      await mkdir(dirname(pathOf(room.root, withoutRow, 'content')), { recursive: true })
      await writeFile(pathOf(room.root, withoutRow, 'content'), 'YTF')
      // The server died while bytes came in.
      await writeFile(temporaryPathOf(room.root, newFileId(clock.now()), 'upload'), 'YTF')

      clock.advance(25 * hour)
      const fresh = await send(room, await photo(), 'c.jpg')
      expect(await sweepOrphans(room, 24 * hour)).toEqual({ unattached: 1, withoutRow: 1, temporary: 1 })
      expect((await filesOnDisk(room.root)).sort()).toEqual(
        [kept.id, `${kept.id}.thumb`, fresh.id, `${fresh.id}.thumb`].sort(),
      )
      expect(await inCounty((tx) => findFile(tx, forgotten.id))).toBeUndefined()
      expect(
        await codeOf(inCounty((tx) => attachFiles(tx, [forgotten.id], { kind: 'case', id: 1 }, clerk, clock.now()))),
      ).toBe('files.not_attachable')
      expect(await sweepOrphans(room, 24 * hour)).toEqual({ unattached: 0, withoutRow: 0, temporary: 0 })
    })
  })

  it('leaves a file alone that a command is attaching at that moment', async () => {
    await withRoom(async (room, { inCounty, clock }) => {
      const row = await send(room, await photo(), 'a.jpg')
      clock.advance(25 * hour)
      await inCounty(async (tx) => {
        await attachFiles(tx, [row.id], { kind: 'case', id: 1 }, clerk, clock.now())
        expect((await sweepOrphans(room, 24 * hour)).unattached).toBe(0)
      })
      expect(await isIntact(room, row)).toBe(true)
    })
  })
})

describe('stored content', () => {
  it('is found out when it was altered, cut, exchanged or lost', async () => {
    await withRoom(async (room) => {
      const [one, other] = [await send(room, await sheet(), 'a.xlsx'), await send(room, await sheet(), 'b.xlsx')]
      const path = pathOf(room.root, one.id, 'content')
      const whole = await readFile(path)
      const altered = Buffer.from(whole)
      altered[200]! ^= 1
      for (const content of [altered, whole.subarray(0, -40), await readFile(pathOf(room.root, other.id, 'content'))]) {
        await writeFile(path, content)
        expect(await isIntact(room, one)).toBe(false)
        await expect(openFile(room, one).then(buffer)).rejects.toThrow('crypto.decrypt_failed')
      }
      await writeFile(path, whole)
      expect(await isIntact(room, one)).toBe(true)
      await rename(path, `${path}.away`)
      expect(await codeOf(openFile(room, one))).toBe('files.missing')
      await rm(`${path}.away`)
    })
  })

  it('moves to a new key while it is being read, once', async () => {
    await withRoom(async (room, { clock }) => {
      const row = await send(room, await photo(), 'a.jpg')
      const before = await buffer(await openFile(room, row))
      expect(await renewEncryption(room)).toBe(0)
      await rotateKey(room.keys, 'file', clock.now())
      const reading = await openFile(room, row)
      expect(await renewEncryption(room)).toBe(1)
      expect(await buffer(reading)).toEqual(before)
      expect(await buffer(await openFile(room, row))).toEqual(before)
      expect((await readFile(pathOf(room.root, row.id, 'content'))).readUInt16BE(4)).toBe(room.keys.current('file').id)
      expect(await renewEncryption(room)).toBe(0)
      expect((await filesOnDisk(room.root)).sort()).toEqual([row.id, `${row.id}.thumb`])
    })
  })

  it('is served so that no browser runs it', () => {
    const headers = downloadHeaders({ name: "现场'照片(1).pdf", mediaType: 'application/pdf' }, true)
    expect(headers['content-disposition']).toBe(
      "inline; filename*=UTF-8''%E7%8E%B0%E5%9C%BA%27%E7%85%A7%E7%89%87%281%29.pdf",
    )
    expect(headers['content-security-policy']).toContain('sandbox')
    const office = downloadHeaders(
      { name: 'a.docx', mediaType: 'application/vnd.openxmlformats-officedocument.wordprocessingml.document' },
      true,
    )
    expect(office['content-disposition']).toContain('attachment')
  })
})
