import { mkdtempSync, rmSync } from 'node:fs'
import { tmpdir } from 'node:os'
import { join } from 'node:path'
import { runOverdue } from '../faults/overdue.ts'

/** `npm run -s bench -- overdue [cases]`: 100,000 overdue cases by default; exit code 1 where anything was told twice or not at all. */
export async function run(args: string[]): Promise<void> {
  const dir = mkdtempSync(join(tmpdir(), 'yiti-overdue-'))
  const cases = Number(args[0] ?? 100_000)
  const report = await runOverdue({ dir }, { cases, say: (what) => process.stderr.write(`${what}\n`) })
  process.stdout.write(`${JSON.stringify(report, null, 2)}\n`)
  rmSync(dir, { recursive: true, force: true })
  if (report.problems.length > 0) process.exit(1)
}
