import { spawnSync } from 'node:child_process'
import { join } from 'node:path'
import { setTimeout as sleep } from 'node:timers/promises'
import {
  databaseUrlOf,
  freePort,
  type Installation,
  killPostgres,
  makeInstallation,
  type ServerProcess,
  startServer,
} from './installation.ts'
import { Load } from './load.ts'
import { drain, type Proof, prove } from './proof.ts'

export interface KillReport extends Proof {
  kills: Record<'server' | 'database' | 'both', number>
  sent: number
  /** Sent again because their outcome was unknown. */
  repeated: number
  /** Milliseconds from a kill to the first ready answer, the longest. */
  longestOutageMs: number
  verified: boolean
  seconds: number
}

/**
 * Kills a working installation again and again under load — the server, its database, both, in turn, at moments nobody
 * chose — and then looks whether anything was lost or done twice.
 */
export async function runKills(
  installation: Installation,
  options: { kills: number; residents: number; officials: number; say?: (what: string) => void },
): Promise<KillReport> {
  const began = performance.now()
  const say = options.say ?? (() => {})
  await makeInstallation(installation)
  const port = await freePort()
  let server: ServerProcess = startServer(installation, port)
  const kills = { server: 0, database: 0, both: 0 }
  let longestOutageMs = 0
  try {
    await server.ready()
    const load = new Load([server.url])
    await load.logIn()
    load.start(options)
    for (let round = 0; round < options.kills; round++) {
      await sleep(1500 + Math.random() * 2500)
      const what = (['server', 'database', 'both'] as const)[round % 3]!
      kills[what]++
      const from = performance.now()
      if (what !== 'database') await server.kill()
      if (what !== 'server') killPostgres(installation)
      if (what !== 'database') server = startServer(installation, port)
      await server.ready()
      const outage = Math.round(performance.now() - from)
      longestOutageMs = Math.max(longestOutageMs, outage)
      say(`${round + 1}/${options.kills} ${what}: back after ${outage} ms, ${load.acknowledged.length} acknowledged`)
    }
    await sleep(1500)
    await load.stop()
    say('waiting for background work')
    const left = await drain(databaseUrlOf(installation))
    const proof = await prove(databaseUrlOf(installation), load.acknowledged)
    const verify = spawnSync(process.execPath, ['apps/server/yiti.ts', 'verify'], {
      cwd: join(import.meta.dirname, '..'),
      env: {
        PATH: process.env.PATH,
        YITI_VAR: installation.dir,
        ...(installation.databaseUrl ? { DATABASE_URL: installation.databaseUrl } : {}),
      },
      encoding: 'utf8',
    })
    return {
      ...proof,
      problems: [
        ...proof.problems,
        ...left,
        ...load.wrong,
        ...(verify.status === 0 ? [] : [`evidence: ${verify.stdout} ${verify.stderr}`]),
      ],
      kills,
      sent: load.sent,
      repeated: load.repeated,
      longestOutageMs,
      verified: verify.status === 0,
      seconds: Math.round((performance.now() - began) / 1000),
    }
  } finally {
    await server.stop()
  }
}
