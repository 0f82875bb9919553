import { readdirSync } from 'node:fs'
import { join } from 'node:path'
import { pathToFileURL } from 'node:url'

/** `npm run -s bench -- <name> [arguments]`: every bench prints JSON, the last line is the result. */
const [name, ...args] = process.argv.slice(2)
const known = readdirSync(import.meta.dirname)
  .filter((file) => file.endsWith('.bench.ts'))
  .map((file) => file.slice(0, -'.bench.ts'.length))
if (!name || !known.includes(name)) {
  process.stderr.write(`npm run -s bench -- ${known.join(' | ')} [arguments]\n`)
  process.exit(2)
}
const { run } = (await import(pathToFileURL(join(import.meta.dirname, `${name}.bench.ts`)).href)) as {
  run(args: string[]): Promise<void>
}
await run(args)
process.exit(0)
