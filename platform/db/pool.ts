import { createHash } from 'node:crypto'
import type { Socket } from 'node:net'
import { type CompiledQuery, PostgresQueryCompiler, type QueryExecutor, type RawBuilder } from 'kysely'
import pg from 'pg'
import type { CountyRef, Tx } from '#platform/db/db.ts'

const INT8 = 20

function parseInt8(text: string): number {
  const value = Number(text)
  if (!Number.isSafeInteger(value)) throw new RangeError(`int8 outside of safe integers: ${text}`)
  return value
}

const types = {
  getTypeParser(oid: number, format?: 'text' | 'binary') {
    if (oid === INT8 && format !== 'binary') return parseInt8
    return pg.types.getTypeParser(oid, format as 'text')
  },
}

/** At most this many distinct texts are prepared per pool; statements with endless variants stay unnamed. */
const PREPARED_LIMIT = 800
/** serialization_failure and deadlock_detected: the whole transaction may be run again. */
const RETRYABLE = new Set(['40001', '40P01'])
const MAX_ATTEMPTS = 4

const compiler = new PostgresQueryCompiler()

interface OpenTx extends Tx {
  last: RawBuilder<unknown> | undefined
}

export interface PoolOptions {
  url: string
  /** Role taken on by every connection; the log-in user must be a member of it. */
  role?: string
  max?: number
  applicationName?: string
  /** Named prepared statements (all but those that begin with the comment `plan each time`); off behind a transaction-pooling pgbouncer. */
  prepared?: boolean
  /** Several statements on the wire at once; off where a connection is used for COPY or a cursor. */
  pipeline?: boolean
  onError?: (error: Error) => void
}

/**
 * A pool whose connections see no schema (`search_path=''`): a statement that forgot its county fails instead of leaking.
 */
export class Pool {
  readonly pg: pg.Pool
  readonly #prepared: boolean
  readonly #names = new Map<string, string>()

  constructor(options: PoolOptions) {
    const settings = ['-c search_path=', '-c jit=off', '-c TimeZone=UTC']
    if (options.role) settings.push(`-c role=${options.role}`)
    this.#prepared = options.prepared ?? true
    this.pg = new pg.Pool({
      connectionString: options.url,
      max: options.max ?? 10,
      application_name: options.applicationName ?? 'yiti',
      options: settings.join(' '),
      types,
      // Statements of one transaction may be on the wire together; see inCounty.
      pipeline: options.pipeline ?? true,
      connectionTimeoutMillis: 20_000,
      idleTimeoutMillis: 60_000,
    })
    this.pg.on('error', (error) => options.onError?.(error))
    // A client that dies while it is checked out reports here too; the statement under way is rejected by itself.
    this.pg.on('connect', (client) => client.on('error', () => {}))
  }

  /**
   * Runs `work` in one transaction of one county. BEGIN and `SET LOCAL search_path` travel in one message.
   * Serialization failures and deadlocks are retried with the whole `work`, so it must not have outside effects.
   */
  async inCounty<T>(county: CountyRef, work: (tx: Tx) => Promise<T>, mode: 'write' | 'read' = 'write'): Promise<T> {
    for (let attempt = 1; ; attempt++) {
      const client = await this.pg.connect()
      let broken: Error | undefined
      // BEGIN waits in the socket's buffer for the first statement, the last statement for COMMIT: one message each.
      const { stream } = (client as unknown as { connection: { stream: Socket } }).connection
      stream.cork()
      let corked = true
      const uncork = () => {
        if (corked) stream.uncork()
        corked = false
      }
      try {
        const begin = mode === 'read' ? 'begin isolation level repeatable read read only' : 'begin'
        const begun = client.query(`${begin}; set local search_path to ${quoteIdent(county.schema)}`)
        begun.catch(() => {})
        const tx = this.#transaction(client, county, uncork)
        const result = await work(tx)
        uncork()
        await begun
        let last: Promise<unknown> | undefined
        if (tx.last) {
          stream.cork()
          corked = true
          last = tx.last.execute(tx)
          last.catch(() => {})
        }
        const ended = client.query('commit')
        ended.catch(() => {})
        uncork()
        await last
        const end = await ended
        if (end.command === 'ROLLBACK') throw new Error('the transaction was aborted by an earlier error')
        return result
      } catch (error) {
        uncork()
        try {
          await client.query('rollback')
        } catch (failure) {
          broken = failure as Error
        }
        const code = (error as { code?: string }).code
        if (attempt < MAX_ATTEMPTS && code && RETRYABLE.has(code)) continue
        throw error
      } finally {
        client.release(broken)
      }
    }
  }

  /** A transaction outside of any county (registry, roles). Names must be qualified. */
  async outside<T>(work: (client: pg.PoolClient) => Promise<T>): Promise<T> {
    const client = await this.pg.connect()
    let broken: Error | undefined
    try {
      await client.query('begin')
      const result = await work(client)
      await client.query('commit')
      return result
    } catch (error) {
      await client.query('rollback').catch((failure: Error) => {
        broken = failure
      })
      throw error
    } finally {
      client.release(broken)
    }
  }

  close(): Promise<void> {
    return this.pg.end()
  }

  #transaction(client: pg.PoolClient, county: CountyRef, sendHeld: () => void): OpenTx {
    const tx: OpenTx = {
      county,
      last: undefined,
      getExecutor: () => executor,
      finish(statement) {
        if (tx.last) throw new Error('a transaction has one last statement')
        tx.last = statement
      },
    }
    const executeQuery = async (query: CompiledQuery) => {
      const values = query.parameters as unknown[]
      const planned = query.sql.startsWith('/* plan each time */')
      const name = this.#prepared && !planned && values.length > 0 ? this.#nameOf(county, query.sql) : undefined
      const sent = client.query(name ? { name, text: query.sql, values } : { text: query.sql, values })
      if (!tx.last) sendHeld()
      const result = await sent
      return { rows: result.rows, numAffectedRows: result.rowCount === null ? undefined : BigInt(result.rowCount) }
    }
    const executor = {
      transformQuery: (node: unknown) => node,
      compileQuery: (node: never, id: never) => compiler.compileQuery(node, id),
      executeQuery,
    } as unknown as QueryExecutor
    return tx
  }

  #nameOf(county: CountyRef, text: string): string | undefined {
    const key = `${county.schema}\n${county.level}\n${text}`
    let name = this.#names.get(key)
    if (name === undefined && this.#names.size < PREPARED_LIMIT) {
      name = `y${createHash('sha1').update(key).digest('hex').slice(0, 24)}`
      this.#names.set(key, name)
    }
    return name
  }
}

/** Double-quotes an identifier for statements that cannot take it as a parameter. */
export function quoteIdent(name: string): string {
  return `"${name.replaceAll('"', '""')}"`
}
