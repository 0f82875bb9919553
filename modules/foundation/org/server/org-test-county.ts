import { randomUUID } from 'node:crypto'
import { actorOf } from '#modules/foundation/org/server/actor.store.ts'
import { setUpOrg, wuzhongSeed } from '#modules/foundation/org/server/set-up.ts'
import type { StaffActor } from '#platform/access/actor.ts'
import { type Command, type Query, runCommand, runQuery } from '#platform/command/command.ts'
import type { Route, RouteInput, RouteOutput } from '#platform/contract/route.ts'
import { sql } from '#platform/db/db.ts'
import { type TestCounty, withTestCounty } from '#platform/testing/test-county.ts'

/** The demo county's organisation on a real database, with people by log-in. */
export interface OrgCounty extends TestCounty {
  idOf(login: string): Promise<number>
  unitId(code: string): Promise<number>
  postId(code: string): Promise<number>
  /** The person as the server would know him now. */
  actor(login: string): Promise<StaffActor>
  /** Runs a command as a person; the answer, or the code of the refusal. */
  // biome-ignore lint/suspicious/noExplicitAny: routes of every shape
  act<R extends Route<any, any>>(login: string, command: Command<R>, input: RouteInput<R>): Promise<RouteOutput<R>>
  // biome-ignore lint/suspicious/noExplicitAny: routes of every shape
  ask<R extends Route<any, any>>(login: string, query: Query<R>, input: RouteInput<R>): Promise<RouteOutput<R>>
  count(table: string): Promise<number>
}

/** Runs `work` in a county with the whole demo organisation. */
export function withOrgCounty<T>(work: (county: OrgCounty) => Promise<T>): Promise<T> {
  return withTestCounty(async (county) => {
    await county.inCounty((tx) => setUpOrg(tx, wuzhongSeed()))
    const request = { traceId: 'test', address: null }
    const byCode = (table: string, column: string, code: string) =>
      county.inCounty(async (tx) => {
        const { rows } = await sql<{ id: number }>`
          select id from ${sql.table(table)} where ${sql.ref(column)} = ${code}`.execute(tx)
        if (!rows[0]) throw new Error(`no ${table} ${code}`)
        return rows[0].id
      })
    const idOf = (login: string) => byCode('auth_account', 'login', login)
    const actor = async (login: string) => {
      const id = await idOf(login)
      const found = await county.inCounty((tx) => actorOf(tx, id, county.clock.now(), 'test'))
      if (!found) throw new Error(`${login} cannot log in`)
      return found
    }
    return work({
      ...county,
      // The house looks at the revision once a second at most; a test does not wait.
      async here() {
        county.house.forget()
        return county.here()
      },
      idOf,
      actor,
      unitId: (code) => byCode('org_unit', 'code', code),
      postId: (code) => byCode('org_post', 'code', code),
      async act(login, command, input) {
        return runCommand(county.services, await county.here(), command, {
          actor: await actor(login),
          input,
          idempotencyKey: randomUUID(),
          request,
        })
      },
      async ask(login, query, input) {
        return runQuery(county.services, await county.here(), query, { actor: await actor(login), input, request })
      },
      count: (table) =>
        county.inCounty(async (tx) => {
          const { rows } = await sql<{ n: number }>`select count(*) as n from ${sql.table(table)}`.execute(tx)
          return rows[0]!.n
        }),
    })
  })
}

/** The code with which a promise was refused, or `fine`. */
export async function refusal(work: Promise<unknown>): Promise<string> {
  try {
    await work
    return 'fine'
  } catch (error) {
    const { code } = error as { code?: string }
    if (code === undefined) throw error
    return code
  }
}
