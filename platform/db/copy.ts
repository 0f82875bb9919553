import { Readable } from 'node:stream'
import type pg from 'pg'

/** What the driver hands to a statement while COPY runs; not part of its published types. */
interface Wire {
  query(text: string): void
  sendCopyFromChunk(chunk: Buffer): void
  endCopyFrom(): void
  sendCopyFail(message: string): void
  stream: { pause(): void; resume(): void; writableNeedDrain: boolean; once(event: 'drain', run: () => void): void }
}

interface CopyMessage {
  chunk: Buffer
}

const PIECE = 64 * 1024

/** The methods by which the driver speaks to a statement; nothing but COPY is expected. */
abstract class CopyStatement {
  readonly #text: string
  protected wire: Wire | undefined
  /** Rows copied, once it is done. */
  rows = 0

  constructor(text: string) {
    this.#text = text
  }

  submit(wire: Wire): void {
    this.wire = wire
    wire.query(this.#text)
  }

  handleCommandComplete(message: { text: string }): void {
    this.rows = Number(/^COPY (\d+)/.exec(message.text)?.[1] ?? 0)
  }

  handleRowDescription(): void {}
  handleDataRow(): void {}
  handlePortalSuspended(): void {}
  handleEmptyQuery(): void {}
  abstract handleReadyForQuery(): void
  abstract handleError(error: Error): void
  abstract handleCopyInResponse(wire: Wire): void
  abstract handleCopyData(message: CopyMessage, wire: Wire): void
}

export interface CopyOut {
  /** Ends when the server has confirmed the whole of it; `rows` is set then. */
  stream: Readable
  rows(): number
}

/**
 * Runs `copy … to stdout`. The server sends only as fast as the stream is read. Read it to its end before the next
 * statement on this connection.
 */
export function copyOut(client: pg.ClientBase, text: string): CopyOut {
  let statement: CopyStatement | undefined
  const stream = new Readable({
    highWaterMark: 4 * PIECE,
    read: () => (statement as Out | undefined)?.resume(),
  })
  class Out extends CopyStatement {
    // The driver's buffer is used again, so bytes are taken over at once, many rows to a piece.
    #piece = Buffer.allocUnsafe(PIECE)
    #length = 0
    #ended = false

    resume(): void {
      this.wire?.stream.resume()
    }

    handleCopyData({ chunk }: CopyMessage, wire: Wire): void {
      if (this.#length + chunk.length > PIECE) {
        this.#flush(wire)
        if (chunk.length >= PIECE) {
          if (!stream.push(Buffer.from(chunk))) wire.stream.pause()
          return
        }
      }
      chunk.copy(this.#piece, this.#length)
      this.#length += chunk.length
    }

    #flush(wire: Wire): void {
      if (this.#length === 0) return
      const full = stream.push(this.#piece.subarray(0, this.#length))
      this.#piece = Buffer.allocUnsafe(PIECE)
      this.#length = 0
      if (!full && !this.#ended && !stream.destroyed) wire.stream.pause()
    }

    handleReadyForQuery(): void {
      this.#ended = true
      if (this.wire) this.#flush(this.wire)
      stream.push(null)
    }

    handleError(error: Error): void {
      this.#ended = true
      stream.destroy(error)
    }

    handleCopyInResponse(wire: Wire): void {
      wire.sendCopyFail('this statement only reads')
    }
  }
  statement = new Out(text)
  client.query(statement as unknown as pg.Submittable)
  const out = statement
  return { stream, rows: () => out.rows }
}

/**
 * Runs `copy … from stdin` with what the source gives.
 * @returns how many rows were copied
 */
export async function copyIn(client: pg.ClientBase, text: string, source: Readable): Promise<number> {
  const begun = Promise.withResolvers<Wire>()
  const finished = Promise.withResolvers<void>()
  let failed = false
  class In extends CopyStatement {
    handleCopyInResponse(wire: Wire): void {
      begun.resolve(wire)
    }
    handleCopyData(): void {}
    handleReadyForQuery(): void {
      finished.resolve()
    }
    handleError(error: Error): void {
      failed = true
      finished.reject(error)
      begun.reject(error)
    }
  }
  finished.promise.catch(() => {})
  const over = finished.promise.catch(() => {})
  const statement = new In(text)
  client.query(statement as unknown as pg.Submittable)
  const wire = await begun.promise
  try {
    for await (const chunk of source) {
      if (failed) break
      wire.sendCopyFromChunk(chunk as Buffer)
      if (wire.stream.writableNeedDrain)
        await Promise.race([over, new Promise<void>((resolve) => wire.stream.once('drain', resolve))])
    }
  } catch (error) {
    // The source broke off (a damaged file): the server must not take what came so far for the whole.
    if (!failed) wire.sendCopyFail('the source broke off')
    await over
    throw error
  }
  if (!failed) wire.endCopyFrom()
  await finished.promise
  return statement.rows
}
