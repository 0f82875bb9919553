import { createHash } from 'node:crypto'
import type { RawBuilder } from 'kysely'
import type { TObject, TSchema } from 'typebox'
import type { Actor } from '#platform/access/actor.ts'
import { type Context, Pending, type RequestInfo } from '#platform/command/context.ts'
import type { CountyServices, Services } from '#platform/command/services.ts'
import type { Route, RouteInput, RouteOutput } from '#platform/contract/route.ts'
import { BLIND_TOKEN_BYTES, blindToken, blindTokens } from '#platform/crypto/blind-token.ts'
import type { KeyRing } from '#platform/crypto/key-ring.ts'
import { sql } from '#platform/db/db.ts'
import { AppError } from '#platform/errors/app-error.ts'
import { evidenceInsert } from '#platform/evidence/evidence.store.ts'
import { prepareEvidenceEntry } from '#platform/evidence/evidence-entry.ts'

type Json = string | number | boolean | null | Json[] | { [key: string]: Json }

/** A write. `perform` changes rows and yields a small reference; `present` renders it under the rights of the moment. */
export interface Command<R extends Route = Route> {
  readonly route: R
  /** Runs in the only transaction; may run again after a serialization failure, so no outside effects. */
  perform(context: Context, input: RouteInput<R>): Promise<{ ref: Json; output?: RouteOutput<R> }>
  /** Renders a stored reference: used for a repeated call, and for a first one that gave no output itself. */
  present(context: Context, ref: Json, input: RouteInput<R>): Promise<RouteOutput<R>>
}

/** A read; runs in a read-only transaction. */
export interface Query<R extends Route = Route> {
  readonly route: R
  run(context: Context, input: RouteInput<R>): Promise<RouteOutput<R>>
  /** Set where reading leaves a row (a person's data was shown). */
  writes?: boolean
}

/** Binds a command to its route; the type of both stays known. */
export function command<I extends TObject, O extends TSchema>(
  route: Route<I, O>,
  body: Omit<Command<Route<I, O>>, 'route'>,
): Command<Route<I, O>> {
  if (route.kind !== 'command') throw new Error(`${route.name} is not declared as a command`)
  return { route, ...body }
}

/** Binds a query to its route. */
export function query<I extends TObject, O extends TSchema>(
  route: Route<I, O>,
  run: Query<Route<I, O>>['run'],
  options: { writes?: boolean } = {},
): Query<Route<I, O>> {
  if (route.kind !== 'query') throw new Error(`${route.name} is not declared as a query`)
  return { route, run, ...options }
}

export interface CommandCall {
  actor: Actor
  input: unknown
  idempotencyKey: string
  request: RequestInfo
}

/** Who may repeat a command: the account, or the holder of the anonymous secret. */
export function actorKey(actor: Actor): string {
  if (actor.kind === 'staff') return `a:${actor.accountId}`
  if (actor.kind === 'system') return `s:${actor.name}`
  return `p:${createHash('sha256').update(actor.secret).digest('base64url').slice(0, 24)}`
}

const BODY_DOMAIN = 'command.body'

/** The input as a repeated call is compared with the first; what the contract marks `writeOnly` (a password) is left out. */
function comparable(route: Route, input: unknown): string {
  const secret = Object.entries(route.input.properties).filter(([, schema]) => 'writeOnly' in schema)
  if (secret.length === 0) return JSON.stringify(input)
  const names = new Set(secret.map(([name]) => name))
  return JSON.stringify(Object.fromEntries(Object.entries(input as object).filter(([name]) => !names.has(name))))
}

/** Whether a stored digest is of this input. One whose key is gone cannot be compared any more: the key of the call stands for it. */
function sameBody(keys: KeyRing, stored: Buffer, text: string): boolean {
  if (stored.length !== BLIND_TOKEN_BYTES) return true
  try {
    keys.byId(stored.readUInt16BE(0), 'token')
  } catch {
    return true
  }
  return blindTokens(keys, BODY_DOMAIN, text).some((token) => token.equals(stored))
}

/**
 * Runs a command once: idempotency row → work → audit, evidence, rollup and outbox rows in the same transaction.
 * A repeated key yields the stored result (422 where its body differs). A refusal is audited in a transaction of its own.
 */
export async function runCommand<R extends Route>(
  services: Services,
  here: CountyServices,
  body: Command<R>,
  call: CommandCall,
): Promise<RouteOutput<R>> {
  const { route } = body
  const input = call.input as RouteInput<R>
  const text = comparable(route, call.input)
  const hash = blindToken(here.keys, BODY_DOMAIN, text)
  const key = actorKey(call.actor)
  try {
    return await services.pool.inCounty(here.county, async (tx) => {
      const now = services.clock.now()
      const context: Context = {
        tx,
        actor: call.actor,
        now,
        services,
        here,
        pending: new Pending(),
        request: call.request,
      }
      const claimed = await sql<{ ok: boolean }>`
        insert into command_idempotency (actor_key, route, key, body_hash, at)
        values (${key}, ${route.name}, ${call.idempotencyKey}, ${hash}, ${now})
        on conflict do nothing returning true as ok`.execute(tx)
      if (claimed.rows.length === 0) {
        const stored = await sql<{ body_hash: Buffer; result: Json }>`
          select body_hash, result from command_idempotency
           where actor_key = ${key} and route = ${route.name} and key = ${call.idempotencyKey}`.execute(tx)
        const row = stored.rows[0]
        if (!row || !sameBody(here.keys, row.body_hash, text))
          throw new AppError('platform.idempotency_mismatch', { status: 422 })
        return body.present(context, row.result, input)
      }
      const done = await body.perform(context, input)
      const output = done.output === undefined ? await body.present(context, done.ref, input) : done.output
      tx.finish(
        pendingStatement(context, { route: route.name, actorKey: key, key: call.idempotencyKey, ref: done.ref }),
      )
      return output
    })
  } catch (error) {
    if (error instanceof AppError && call.actor.kind !== 'system')
      await auditRefusal(services, here, route, call, error)
    throw error
  }
}

/** Runs work that no request asked for (timers, jobs, imports) with the same trail as a command. */
export async function runAsSystem<T>(
  services: Services,
  here: CountyServices,
  name: string,
  work: (context: Context) => Promise<T>,
): Promise<T> {
  return services.pool.inCounty(here.county, async (tx) => {
    const context: Context = {
      tx,
      actor: { kind: 'system', name },
      now: services.clock.now(),
      services,
      here,
      pending: new Pending(),
      request: { traceId: name, address: null },
    }
    const result = await work(context)
    tx.finish(pendingStatement(context, { route: name }))
    return result
  })
}

/** Runs a query in a read-only transaction (a writing one where reading leaves a row). */
export async function runQuery<R extends Route>(
  services: Services,
  here: CountyServices,
  body: Query<R>,
  call: Omit<CommandCall, 'idempotencyKey'>,
): Promise<RouteOutput<R>> {
  return services.pool.inCounty(
    here.county,
    (tx) =>
      body.run(
        {
          tx,
          actor: call.actor,
          now: services.clock.now(),
          services,
          here,
          pending: new Pending(),
          request: call.request,
        },
        call.input as RouteInput<R>,
      ),
    body.writes ? 'write' : 'read',
  )
}

interface PendingTarget {
  route: string
  actorKey?: string
  key?: string
  ref?: Json
}

/** Writes audit, jobs, rollup deltas, evidence and the idempotency result in one statement. */
export async function writePending(context: Context, target: PendingTarget): Promise<void> {
  await pendingStatement(context, target).execute(context.tx)
}

function pendingStatement(context: Context, target: PendingTarget): RawBuilder<unknown> {
  const { now, pending, actor, request } = context
  const jobs = pending.jobs.map((job) => ({
    kind: job.kind,
    aggregate: job.aggregate ?? null,
    payload: job.payload,
    run_at: job.runAt ?? now,
  }))
  const deltas = pending.deltas.map((delta) => ({
    definition_key: delta.definitionKey,
    phase: delta.phase,
    state: delta.state,
    town_code: delta.townCode ?? '',
    village_code: delta.villageCode ?? '',
    line_code: delta.lineCode ?? '',
    overdue: delta.overdue,
    amount: delta.amount,
  }))
  const facts = pending.facts.map((fact) => prepareEvidenceEntry({ ...fact, at: now }))
  return sql`
    with result as (
      update command_idempotency set result = ${JSON.stringify(target.ref ?? null)}::jsonb
       where actor_key = ${target.actorKey ?? ''} and route = ${target.route} and key = ${target.key ?? ''}
    ), audit as (
      insert into command_audit (at, route, actor_kind, account_id, address, trace_id, subject, outcome)
      select ${now}, ${target.route}, ${actor.kind}, ${actor.kind === 'staff' ? actor.accountId : null}::bigint,
             ${request.address}, ${request.traceId}, ${pending.subject}, 'done'
       where ${target.key !== undefined || pending.subject !== null}
    ), job as (
      insert into job_job (kind, aggregate, payload, run_at, created_at)
      select kind, aggregate, payload, run_at, ${now}
        from json_to_recordset(${JSON.stringify(jobs)}::json)
          as j (kind text, aggregate text, payload jsonb, run_at timestamptz)
    ), delta as (
      insert into rollup_delta (definition_key, phase, state, town_code, village_code, line_code, overdue, amount)
      select definition_key, phase, state, town_code, village_code, line_code, overdue, amount
        from json_to_recordset(${JSON.stringify(deltas)}::json)
          as d (definition_key text, phase text, state text, town_code text, village_code text, line_code text,
                overdue boolean, amount integer)
    ), evidence as (${evidenceInsert(facts)})
    select 1`
}

async function auditRefusal(
  services: Services,
  here: CountyServices,
  route: Route,
  call: CommandCall,
  error: AppError,
): Promise<void> {
  const input = call.input as { id?: unknown }
  const subject = typeof input?.id === 'number' ? `${route.name.split('.')[0]}:${input.id}` : null
  try {
    await services.pool.inCounty(here.county, (tx) =>
      sql`insert into command_audit (at, route, actor_kind, account_id, address, trace_id, subject, outcome, error_code)
          values (${services.clock.now()}, ${route.name}, ${call.actor.kind},
                  ${call.actor.kind === 'staff' ? call.actor.accountId : null}, ${call.request.address},
                  ${call.request.traceId}, ${subject}, 'refused', ${error.code})`.execute(tx),
    )
  } catch (failure) {
    services.log.error({ err: failure, route: route.name }, 'a refusal could not be audited')
  }
}
