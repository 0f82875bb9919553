import { Readable } from 'node:stream'
import { buffer } from 'node:stream/consumers'
import { crc32, deflateRawSync, deflateSync } from 'node:zlib'
import exifr from 'exifr'
import sharp from 'sharp'
import { describe, expect, it } from 'vitest'
import { AppError } from '#platform/errors/app-error.ts'
import { type ZipPart, zipStream } from '#platform/tables/zip-writer.ts'
import { checkPdf, cleanName, kindOfName, sniff } from './file-type.ts'
import { inspectOfficeFile } from './office-file.ts'
import { preparePhoto, readPhotoOrigin } from './photo.ts'
import { readZipDirectory, readZipEntry, zipLimits } from './zip-archive.ts'

async function codeOf(work: () => unknown): Promise<string> {
  try {
    await work()
  } catch (error) {
    if (error instanceof AppError) return error.code
    throw error
  }
  return 'accepted'
}

const zip = (parts: ZipPart[]) => buffer(Readable.from(zipStream(parts)))
const office = (main: string, extra: ZipPart[] = []) => [
  { name: '[Content_Types].xml', content: [`<Types><Override ContentType="application/${main}"/></Types>`] },
  ...extra,
]
const word = office('vnd.openxmlformats-officedocument.wordprocessingml.document.main+xml', [
  { name: 'word/document.xml', content: ['<w:document/>'] },
])

/** A zip file of one deflated part, with whatever sizes it is told to declare. */
function craftedZip(content: Buffer, declared: number): Buffer {
  const packed = deflateRawSync(content, { level: 9 })
  const name = Buffer.from('[Content_Types].xml')
  const fields = Buffer.alloc(26)
  fields.writeUInt16LE(20, 0)
  fields.writeUInt16LE(8, 4)
  fields.writeUInt32LE(crc32(content), 10)
  fields.writeUInt32LE(packed.length, 14)
  fields.writeUInt32LE(declared, 18)
  fields.writeUInt16LE(name.length, 22)
  const local = Buffer.concat([Buffer.from('PK\x03\x04'), fields, name, packed])
  const central = Buffer.concat([Buffer.from('PK\x01\x02\x14\0'), fields, Buffer.alloc(14), name])
  const end = Buffer.alloc(22)
  end.write('PK\x05\x06', 'latin1')
  end.writeUInt16LE(1, 8)
  end.writeUInt16LE(1, 10)
  end.writeUInt32LE(central.length, 12)
  end.writeUInt32LE(local.length, 16)
  return Buffer.concat([local, central, end])
}

describe('what a file is', () => {
  it('follows from its first bytes', async () => {
    const picture = sharp({ create: { width: 8, height: 8, channels: 3, background: '#123456' } })
    expect(sniff(await picture.clone().jpeg().toBuffer())).toBe('jpeg')
    expect(sniff(await picture.clone().png().toBuffer())).toBe('png')
    expect(sniff(await picture.clone().webp().toBuffer())).toBe('webp')
    expect(sniff(Buffer.from('%PDF-1.7'))).toBe('pdf')
    expect(sniff(await zip(word))).toBe('office')
    expect(sniff(Buffer.from('\0\0\0\x18ftypheic\0\0\0\0', 'latin1'))).toBe('heic')
    for (const other of ['<svg xmlns=', 'GIF89a', 'MZ\x90\0', '#!/bin/sh', '', '\xff\xd8'])
      expect(sniff(Buffer.from(other, 'latin1'))).toBeUndefined()
  })

  it('and its name is cleaned and gets the right extension', () => {
    expect(cleanName('C:\\fakepath\\现场 照片.JPEG', 'jpeg')).toBe('现场 照片.jpg')
    expect(cleanName('../../etc/passwd', 'pdf')).toBe('passwd.pdf')
    expect(cleanName('请点\u202egpj.exe', 'png')).toBe('请点gpj.png')
    expect(cleanName('\r\n"', 'pdf')).toBe('file.pdf')
    expect(Array.from(cleanName('长'.repeat(300), 'pdf')).length).toBe(114)
    expect([kindOfName('a.JPG'), kindOfName('a.exe'), kindOfName('blob')]).toEqual(['jpeg', 'unknown', undefined])
  })
})

describe('office files', () => {
  it('are told apart by their declared main part', async () => {
    expect(await inspectOfficeFile(await zip(word))).toBe('docx')
    const sheet = office('vnd.openxmlformats-officedocument.spreadsheetml.sheet.main+xml', [
      { name: 'xl/workbook.xml', content: ['<workbook/>'] },
    ])
    expect(await inspectOfficeFile(await zip(sheet))).toBe('xlsx')
    expect(await inspectOfficeFile(await zip([{ name: 'a.txt', content: ['x'] }]))).toBeUndefined()
    expect(await inspectOfficeFile(await zip(office('java-archive')))).toBeUndefined()
  })

  it('with macros, passwords or climbing paths are refused', async () => {
    const macro = await zip([...word, { name: 'word/vbaProject.bin', content: ['x'] }])
    expect(await codeOf(() => inspectOfficeFile(macro))).toBe('files.active_content')
    const climbing = await zip([...word, { name: '../../x.sh', content: ['x'] }])
    expect(await codeOf(() => inspectOfficeFile(climbing))).toBe('files.damaged')
    const twice = await zip([...word, { name: 'word/document.xml', content: ['y'] }])
    expect(await codeOf(() => inspectOfficeFile(twice))).toBe('files.damaged')
    const locked = Buffer.from(await zip(word))
    locked[locked.indexOf('PK\x01\x02') + 8]! |= 1
    expect(await codeOf(() => inspectOfficeFile(locked))).toBe('files.encrypted')
  })

  it('with bytes before, behind or missing are refused', async () => {
    const whole = await zip(word)
    expect(await codeOf(() => readZipDirectory(Buffer.concat([Buffer.from('GIF89a'), whole])))).toBe('files.damaged')
    expect(await codeOf(() => readZipDirectory(Buffer.concat([whole, Buffer.from('<script>')])))).toBe('files.damaged')
    expect(await codeOf(() => readZipDirectory(whole.subarray(0, -30)))).toBe('files.damaged')
    const flipped = Buffer.from(whole)
    flipped[flipped.indexOf('[Content_Types].xml') + 25]! ^= 0xff
    expect(await codeOf(() => inspectOfficeFile(flipped))).toBe('files.damaged')
  })

  it('that inflate to more than they should are refused before and while they are read', async () => {
    const much = Buffer.alloc(20 * 1024 * 1024)
    expect(await codeOf(() => readZipDirectory(craftedZip(much, much.length)))).toBe('files.inflates_too_large')
    const lying = craftedZip(much, 1000)
    const [entry] = readZipDirectory(lying)
    expect(await codeOf(() => readZipEntry(lying, entry!))).toBe('files.inflates_too_large')
    expect(await codeOf(() => readZipDirectory(craftedZip(Buffer.alloc(10), zipLimits.inflatedBytes + 1)))).toBe(
      'files.inflates_too_large',
    )
    // Two directory entries over the same bytes: the trick behind the smallest bombs.
    const overlapping = Buffer.from(
      await zip([
        { name: 'a.xml', content: ['x'.repeat(5000)] },
        { name: 'b.xml', content: ['x'.repeat(5000)] },
      ]),
    )
    const second = overlapping.lastIndexOf('PK\x01\x02')
    overlapping.writeUInt32LE(0, second + 42)
    expect(await codeOf(() => readZipDirectory(overlapping))).toBe('files.inflates_too_large')
  })
})

describe('PDF files', () => {
  const pdf = (body: string | Buffer) =>
    Buffer.concat([Buffer.from('%PDF-1.7\n'), Buffer.from(body), Buffer.from('\ntrailer\n%%EOF\n')])
  const stream = (head: string, content: Buffer) =>
    Buffer.concat([Buffer.from(`1 0 obj\n<<${head}>>\nstream\n`), content, Buffer.from('\nendstream\nendobj\n')])

  it('must be whole and alone', async () => {
    expect(await codeOf(() => checkPdf(pdf('1 0 obj\n<<>>\nendobj')))).toBe('accepted')
    expect(await codeOf(() => checkPdf(Buffer.from('%PDF-1.7\n1 0 obj')))).toBe('files.damaged')
    expect(await codeOf(async () => checkPdf(Buffer.concat([pdf(''), await zip(word)])))).toBe('files.damaged')
  })

  it('must not start programs, not even from packed objects', async () => {
    expect(await codeOf(() => checkPdf(pdf('1 0 obj\n<</S /JavaScript /JS (app.alert(1))>>\nendobj')))).toBe(
      'files.active_content',
    )
    expect(await codeOf(() => checkPdf(pdf('1 0 obj\n<</S /Launch /F (cmd.exe)>>\nendobj')))).toBe(
      'files.active_content',
    )
    const packed = stream('/Type /ObjStm /Filter /FlateDecode', deflateSync(Buffer.from('5 0 <</S /JavaScript>>')))
    expect(await codeOf(() => checkPdf(pdf(packed)))).toBe('files.active_content')
    const escaped = '1 0 obj\n<</S /J#61vaScript /JS (app.alert(1))>>\nendobj'
    expect(await codeOf(() => checkPdf(pdf(escaped)))).toBe('files.active_content')
    const many = Buffer.concat(Array(5).fill(stream('/Type /ObjStm', deflateSync(Buffer.alloc(15 * 1024 * 1024)))))
    expect(await codeOf(() => checkPdf(pdf(many)))).toBe('files.inflates_too_large')
    // Chance bytes in a picture are not mistaken for a script.
    expect(await codeOf(() => checkPdf(pdf(stream('/Subtype /Image', Buffer.from('\xff/JS \x00#')))))).toBe('accepted')
  })
})

describe('photos', () => {
  const exif = {
    IFD0: { Make: '演示相机' },
    IFD2: { DateTimeOriginal: '2026:09:30 16:19:40' },
    IFD3: {
      GPSLatitudeRef: 'N',
      GPSLatitude: '31/1 15/1 2412/100',
      GPSLongitudeRef: 'E',
      GPSLongitude: '120/1 30/1 4428/100',
    },
  }
  const photo = () =>
    sharp({ create: { width: 4000, height: 3000, channels: 3, background: '#7799aa' } })
      .withExif(exif)
      .jpeg()
      .toBuffer()

  it('tell place and time once and keep neither', async () => {
    const original = await photo()
    const prepared = await preparePhoto(original, 'jpeg')
    expect(prepared.place).toEqual({ lon: 120.5123, lat: 31.2567 })
    expect(prepared.takenAt).toEqual(new Date('2026-09-30T08:19:40Z'))
    expect([prepared.width, prepared.height]).toEqual([2560, 1920])
    for (const stored of [prepared.content, prepared.thumbnail]) {
      expect(await exifr.parse(stored, true)).toBeUndefined()
      expect(stored.includes('Exif')).toBe(false)
      const metadata = await sharp(stored).metadata()
      expect([metadata.exif, metadata.xmp, metadata.iptc, metadata.icc]).toEqual([
        undefined,
        undefined,
        undefined,
        undefined,
      ])
    }
    expect((await sharp(prepared.thumbnail).metadata()).width).toBe(480)
  })

  it('are turned upright by what is then thrown away', async () => {
    const lying = await sharp({ create: { width: 60, height: 40, channels: 3, background: '#000' } })
      .withMetadata({ orientation: 6 })
      .jpeg()
      .toBuffer()
    const prepared = await preparePhoto(lying, 'jpeg')
    expect([prepared.width, prepared.height]).toEqual([40, 60])
  })

  it('lose whatever hides behind them', async () => {
    const hidden = Buffer.concat([await photo(), Buffer.from('<?php system($_GET[0]) ?>'), await zip(word)])
    const prepared = await preparePhoto(hidden, 'jpeg')
    expect(prepared.content.includes('<?php')).toBe(false)
    expect(prepared.content.includes('PK\x03\x04')).toBe(false)
  })

  it('cut short or broken are refused', async () => {
    const original = await photo()
    expect(await codeOf(() => preparePhoto(original.subarray(0, original.length / 2), 'jpeg'))).toBe('files.damaged')
    expect(await codeOf(() => preparePhoto(Buffer.from([0xff, 0xd8, 0xff, 0xe0, 1, 2, 3]), 'jpeg'))).toBe(
      'files.damaged',
    )
    const png = await sharp({ create: { width: 50, height: 50, channels: 4, background: '#ffffff00' } })
      .png()
      .toBuffer()
    png.writeUInt32BE(60_000, 16)
    png.writeUInt32BE(60_000, 20)
    png.writeUInt32BE(crc32(png.subarray(12, 29)), 29)
    expect(await codeOf(() => preparePhoto(png, 'png'))).toBe('files.too_many_pixels')
  })

  it('without metadata, without a fix or with nonsense tell nothing', async () => {
    const bare = await sharp({ create: { width: 9, height: 9, channels: 3, background: '#000' } })
      .jpeg()
      .toBuffer()
    expect(await readPhotoOrigin(bare)).toEqual({ place: null, takenAt: null })
    const zeros = {
      IFD2: { DateTimeOriginal: '0000:00:00 00:00:00' },
      IFD3: { GPSLatitudeRef: 'N', GPSLatitude: '0/1 0/1 0/1', GPSLongitudeRef: 'E', GPSLongitude: '0/1 0/1 0/1' },
    }
    const unfixed = await sharp(bare).withExif(zeros).jpeg().toBuffer()
    expect(await readPhotoOrigin(unfixed)).toEqual({ place: null, takenAt: null })
    expect(await readPhotoOrigin(Buffer.from('nothing'))).toEqual({ place: null, takenAt: null })
  })
})
