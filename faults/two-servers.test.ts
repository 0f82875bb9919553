import { randomUUID } from 'node:crypto'
import { mkdtempSync, rmSync } from 'node:fs'
import { tmpdir } from 'node:os'
import { join } from 'node:path'
import { setTimeout as sleep } from 'node:timers/promises'
import pg from 'pg'
import { expect, inject, it } from 'vitest'
import { withDatabase } from '#platform/testing/test-database.ts'
import { freePort, makeInstallation, type ServerProcess, startServer } from './installation.ts'
import { Load } from './load.ts'
import { drain, prove } from './proof.ts'

it('two servers on one database do every timer, job and command once', async () => {
  const dir = mkdtempSync(join(tmpdir(), 'yiti-two-'))
  const database = `yiti_test_${process.ppid}_${randomUUID().slice(0, 8)}`
  const databaseUrl = withDatabase(inject('serverUrl'), database)
  const installation = { dir, databaseUrl }
  const servers: ServerProcess[] = []
  try {
    await makeInstallation(installation)
    for (let n = 0; n < 2; n++) servers.push(startServer(installation, await freePort()))
    await Promise.all(servers.map((server) => server.ready()))
    const load = new Load(servers.map((server) => server.url))
    await load.logIn()
    load.start({ residents: 2, officials: 2 })
    await sleep(8000)
    await load.stop()
    expect(await drain(databaseUrl)).toEqual([])
    const proof = await prove(databaseUrl, load.acknowledged)
    expect([...proof.problems, ...load.wrong]).toEqual([])
    expect(proof.timersFired).toBeGreaterThan(0)
    expect(proof.notices).toBeGreaterThan(0)
  } finally {
    await Promise.all(servers.map((server) => server.stop()))
    const admin = new pg.Client({ connectionString: inject('serverUrl') })
    await admin.connect()
    await admin.query(`drop database if exists ${database} with (force)`)
    await admin.end()
    rmSync(dir, { recursive: true, force: true })
  }
}, 600_000)
