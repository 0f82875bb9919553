import { sql } from '#platform/db/db.ts'
import type { House } from '#platform/module/house.ts'

export interface Demo {
  start(): void
  stop(): Promise<void>
}

/** Fills the demo counties behind the running server; progress shows on the log-in page. */
export async function loadDemo(house: House): Promise<Demo> {
  const abort = new AbortController()
  let running: Promise<void> | undefined
  return {
    start() {
      running = fill(house, abort.signal).catch((error: unknown) => {
        if (!abort.signal.aborted) house.services.log.error({ err: error }, 'demo data could not be loaded')
      })
    },
    async stop() {
      abort.abort()
      await running
    },
  }
}

async function fill(house: House, signal: AbortSignal): Promise<void> {
  for (const county of await house.counties()) {
    if (!county.demo || county.settings.copyOf !== undefined) continue
    for (const module of house.modules) {
      if (!module.demo || signal.aborted) continue
      await module.demo({
        services: house.services,
        here: await house.countyBySlug(county.slug),
        async actor(login) {
          const here = await house.countyBySlug(county.slug)
          const id = await house.services.pool.inCounty(here.county, async (tx) => {
            const { rows } = await sql<{ id: number }>`select id from auth_account where login = ${login}`.execute(tx)
            return rows[0]?.id
          })
          return id === undefined ? undefined : house.actorOf(here, id, -1)
        },
        progress: (what, done, total) =>
          house.loading.set(`${county.slug} ${what}`, { county: county.slug, what, done, total }),
        signal,
      })
    }
    for (const [key, entry] of house.loading) if (entry.county === county.slug) house.loading.delete(key)
  }
}

/** Prints where to log in and as whom. */
export async function announceDemo(house: House, url: string): Promise<void> {
  for (const county of await house.counties()) {
    if (!county.demo) continue
    process.stdout.write(`\n${county.parentName} ${county.name}\n`)
    process.stdout.write(`  电脑端 ${url}${county.slug}/console/\n  手机端 ${url}${county.slug}/m/\n`)
    for (const module of house.modules) {
      const offer = module.demoAccounts?.(county)
      if (!offer || offer.accounts.length === 0) continue
      process.stdout.write(`  演示账号（密码 ${offer.password}）：\n`)
      for (const { login, name, what } of offer.accounts)
        process.stdout.write(`    ${login.padEnd(20)} ${name}  ${what}\n`)
    }
  }
  process.stdout.write('\n演示数据在后台装入，登录页显示进度。按 Ctrl-C 停止。\n')
}
