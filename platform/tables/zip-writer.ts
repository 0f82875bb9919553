import { Readable, Transform } from 'node:stream'
import { pipeline } from 'node:stream/promises'
import { constants, crc32, createDeflateRaw } from 'node:zlib'

export interface ZipPart {
  name: string
  content: Iterable<string> | AsyncIterable<string>
}

/** DOS date 1980-01-01: equal content gives equal files. */
const timestamp = 0x0021_0000

/**
 * A zip archive as it is made: a part is pulled only as fast as the reader takes the bytes, so a slow connection never
 * fills the memory. Below 4 GB.
 */
export async function* zipStream(parts: Iterable<ZipPart> | AsyncIterable<ZipPart>): AsyncGenerator<Buffer> {
  const directory: Buffer[] = []
  let offset = 0
  for await (const { name, content } of parts) {
    const header = Buffer.alloc(26)
    header.writeUInt16LE(20, 0)
    // Sizes follow the content (bit 3); names are UTF-8 (bit 11).
    header.writeUInt16LE(0x0808, 2)
    header.writeUInt16LE(8, 4)
    header.writeUInt32LE(timestamp, 6)
    const nameBytes = Buffer.from(name)
    header.writeUInt16LE(nameBytes.length, 22)
    const start = offset
    const local = Buffer.concat([signature(0x04034b50), header, nameBytes])
    offset += local.length
    yield local

    let crc = 0
    let size = 0
    let packed = 0
    const meter = new Transform({
      transform(chunk: Buffer, _encoding, done) {
        crc = crc32(chunk, crc)
        size += chunk.length
        done(null, chunk)
      },
    })
    const deflate = createDeflateRaw({ level: constants.Z_BEST_SPEED + 2 })
    const packing = pipeline(Readable.from(content), meter, deflate)
    // The error also ends the loop below; without a handler it would be reported twice.
    packing.catch(() => {})
    for await (const chunk of deflate) {
      packed += (chunk as Buffer).length
      yield chunk as Buffer
    }
    await packing
    offset += packed

    const sizes = Buffer.alloc(12)
    sizes.writeUInt32LE(crc, 0)
    sizes.writeUInt32LE(packed, 4)
    sizes.writeUInt32LE(size, 8)
    yield Buffer.concat([signature(0x08074b50), sizes])
    offset += 16

    sizes.copy(header, 10)
    const tail = Buffer.alloc(14)
    tail.writeUInt32LE(start, 10)
    directory.push(Buffer.concat([signature(0x02014b50), Buffer.from([20, 0]), header, tail, nameBytes]))
  }
  const list = Buffer.concat(directory)
  const end = Buffer.alloc(18)
  end.writeUInt16LE(directory.length, 4)
  end.writeUInt16LE(directory.length, 6)
  end.writeUInt32LE(list.length, 8)
  end.writeUInt32LE(offset, 12)
  yield Buffer.concat([list, signature(0x06054b50), end])
}

function signature(value: number): Buffer {
  const bytes = Buffer.alloc(4)
  bytes.writeUInt32LE(value)
  return bytes
}
