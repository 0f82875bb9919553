import { mkdtempSync, rmSync } from 'node:fs'
import { tmpdir } from 'node:os'
import { join } from 'node:path'
import { expect, it } from 'vitest'
import { runOverdue } from './overdue.ts'

it('a backlog of overdue cases is told and escalated once per level by two workers, one killed in the middle', async () => {
  const dir = mkdtempSync(join(tmpdir(), 'yiti-overdue-'))
  try {
    const report = await runOverdue({ dir }, { cases: 1200 })
    expect(report.problems).toEqual([])
    expect(report.unassigned).toBe(400)
    expect(report.firedAtKill).toBeLessThan(report.timers)
    expect(report.notices).toBeGreaterThan(0)
  } finally {
    rmSync(dir, { recursive: true, force: true })
  }
}, 600_000)
