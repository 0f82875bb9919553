/** `npm run -s faults [-- kills]`: twenty kills by default; prints one JSON object, exit code 1 where anything is wrong. */
import { mkdtempSync, rmSync } from 'node:fs'
import { tmpdir } from 'node:os'
import { join } from 'node:path'
import { runKills } from './kill-rounds.ts'

const kills = Number(process.argv[2] ?? 20)
const dir = mkdtempSync(join(tmpdir(), 'yiti-faults-'))
const report = await runKills(
  { dir },
  { kills, residents: 4, officials: 3, say: (what) => process.stderr.write(`${what}\n`) },
)
process.stdout.write(`${JSON.stringify(report, null, 2)}\n`)
if (report.problems.length === 0) rmSync(dir, { recursive: true, force: true })
else process.stderr.write(`kept for looking: ${dir}\n`)
process.exit(report.problems.length === 0 ? 0 : 1)
