import { mkdtempSync, rmSync } from 'node:fs'
import { tmpdir } from 'node:os'
import { join } from 'node:path'
import { expect, it } from 'vitest'
import { runKills } from './kill-rounds.ts'

it('loses nothing and does nothing twice when server, database and both are killed under load', async () => {
  const dir = mkdtempSync(join(tmpdir(), 'yiti-kill-'))
  try {
    const report = await runKills({ dir }, { kills: 3, residents: 2, officials: 2 })
    expect(report.problems).toEqual([])
    expect(report.kills).toEqual({ server: 1, database: 1, both: 1 })
    expect(report.acknowledged).toBeGreaterThan(10)
    expect(report.repeated).toBeGreaterThan(0)
    expect(report.timersFired).toBeGreaterThan(0)
  } finally {
    rmSync(dir, { recursive: true, force: true })
  }
}, 600_000)
