import { randomBytes } from 'node:crypto'
import { mkdirSync, renameSync, statSync } from 'node:fs'
import path from 'node:path'
import { type DestinationStream, type Logger, multistream, pino } from 'pino'
import { plainLine } from '#platform/logs/plain-line.ts'
import { redactText, redactValue } from '#platform/logs/redact.ts'

/** `log.info({ caseId }, 'case closed')`; `log.child({ traceId })` for one request or job. */
export type Log = Logger

export interface LogOptions {
  /** Lowest level written; `silent` writes nothing. */
  level?: string
  /** `json` (one object a line) or `plain` (for a person at a terminal) on standard output. */
  format?: 'json' | 'plain'
  /** Lowest level on standard output when a file takes the rest. */
  consoleLevel?: string
  /** Also kept in this file as JSON lines; a file above 50 MB is moved aside to `<file>.1` at start. */
  file?: string
  /** Written to instead of standard output; for tests. */
  destination?: DestinationStream
}

const FILE_LIMIT = 50 * 1024 * 1024

/**
 * The log of a process. Whatever goes in, no phone number, citizen number, password, cookie or credential comes out:
 * objects are cleaned by key and by content at any depth, message texts by content.
 */
export function createLog(options: LogOptions = {}): Log {
  const level = options.level ?? 'info'
  const console = options.destination ?? pino.destination({ fd: 1, sync: true })
  const shown = options.format === 'plain' ? { write: (line: string) => void console.write(plainLine(line)) } : console
  const stream =
    options.file === undefined
      ? shown
      : multistream([
          { stream: shown, level: (options.consoleLevel ?? level) as 'info' },
          { stream: openFile(options.file), level: level as 'info' },
        ])
  const log = pino(
    {
      level,
      base: null,
      timestamp: pino.stdTimeFunctions.isoTime,
      serializers: { err: (error: unknown) => error },
      formatters: {
        level: (label) => ({ level: label }),
        log: (value) => redactValue(value) as Record<string, unknown>,
      },
      hooks: {
        logMethod(args, method) {
          const [first, second, ...rest] = args as unknown[]
          const clean = (value: unknown) => (typeof value === 'string' ? redactText(value) : redactValue(value))
          // A bare error becomes { err } here, since its fields are cleaned as an object before pino sees them.
          const head = first instanceof Error ? { err: first } : typeof first === 'string' ? redactText(first) : first
          const message = second ?? (first instanceof Error ? redactText(first.message) : undefined)
          const tail = message === undefined ? [] : [clean(message), ...rest.map(clean)]
          return method.apply(this, [head, ...tail] as Parameters<typeof method>)
        },
      },
    },
    stream,
  )
  // pino formats the bindings of the root only; children inherit this method and so clean theirs.
  const { child } = log
  log.child = function (this: Log, bindings: object, childOptions?: object) {
    return child.call(this, redactValue(bindings) as Record<string, unknown>, childOptions)
  } as typeof child
  return log
}

/** A new trace id: 32 hex digits, the form of W3C Trace Context. */
export function newTraceId(): string {
  return randomBytes(16).toString('hex')
}

/** The trace id of a W3C `traceparent` header, or undefined when there is none or it is not well formed. */
export function traceIdOf(traceparent: string | undefined): string | undefined {
  const id = /^[\da-f]{2}-([\da-f]{32})-[\da-f]{16}-[\da-f]{2}$/.exec(traceparent ?? '')?.[1]
  return id && !/^0+$/.test(id) ? id : undefined
}

function openFile(file: string): DestinationStream {
  mkdirSync(path.dirname(file), { recursive: true })
  const size = statSync(file, { throwIfNoEntry: false })?.size ?? 0
  if (size > FILE_LIMIT) renameSync(file, `${file}.1`)
  return pino.destination({ dest: file, mode: 0o600, sync: true })
}
