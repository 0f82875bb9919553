import { execFile } from 'node:child_process'
import { cpSync, mkdirSync, mkdtempSync, readFileSync, realpathSync, rmSync, symlinkSync, writeFileSync } from 'node:fs'
import { tmpdir } from 'node:os'
import { dirname, join } from 'node:path'
import { promisify } from 'node:util'
import { expect, inject, it } from 'vitest'
import { loadModules } from '#platform/module/load-modules.ts'
import { ROOT, sourceFiles } from './source-files.ts'

const run = promisify(execFile)

/** What a how-to tells to write: its fenced blocks that are headed by `file: path`. */
function filesOf(howTo: string): [path: string, text: string][] {
  const page = readFileSync(join(ROOT, 'docs/how-to', howTo), 'utf8')
  return [...page.matchAll(/^```\w+ file: (\S+)\n([\s\S]*?)^```$/gm)].map((match) => [match[1]!, match[2]!])
}

/** The sources in a folder of their own, with the packages of this one. */
function copyOfTheTree(): string {
  const folder = realpathSync(mkdtempSync(join(tmpdir(), 'yiti-how-to-')))
  for (const file of sourceFiles(['apps', 'docs', 'modules', 'platform', 'tools', 'ui'])) {
    mkdirSync(dirname(join(folder, file)), { recursive: true })
    cpSync(join(ROOT, file), join(folder, file))
  }
  for (const file of ['package.json', 'tsconfig.json', 'vitest.config.ts']) cpSync(join(ROOT, file), join(folder, file))
  symlinkSync(join(ROOT, 'node_modules'), join(folder, 'node_modules'))
  return folder
}

/** Runs Node in the copy; what it printed goes into the failure. */
async function node(folder: string, args: string[], mayFail = false): Promise<string> {
  try {
    const env = { ...process.env, DATABASE_URL: inject('serverUrl'), NO_COLOR: '1', VITEST: undefined }
    const { stdout } = await run(process.execPath, args, { cwd: folder, env, maxBuffer: 1 << 26 })
    return stdout
  } catch (error) {
    const { stdout, stderr } = error as { stdout: string; stderr: string }
    if (mayFail) return stdout
    throw new Error(`node ${args.join(' ')}\n${stdout}\n${stderr}`)
  }
}

const modulesIn = (folder: string) =>
  node(folder, [
    '--input-type=module',
    '-e',
    "const { loadModules } = await import('#platform/module/load-modules.ts')\nprocess.stdout.write((await loadModules()).map(({ name }) => name).join())",
  ])

it('add a module, add a flow: what the pages say works as it stands, and leaves nothing behind', async () => {
  const written = ['add-a-module.md', 'add-a-flow.md'].flatMap(filesOf)
  expect(written.length).toBeGreaterThan(12)
  const folder = copyOfTheTree()
  try {
    const known = (await loadModules()).map(({ name }) => name)
    for (const [path, text] of written) {
      expect(sourceFiles(['.'], undefined, folder)).not.toContain(path)
      mkdirSync(dirname(join(folder, path)), { recursive: true })
      writeFileSync(join(folder, path), text)
    }
    const tests = written.map(([path]) => path).filter((path) => path.endsWith('.test.ts'))
    expect(tests.length).toBe(2)
    const report = await node(folder, ['node_modules/vitest/vitest.mjs', 'run', '--reporter=default', ...tests])
    expect(report).toMatch(/Tests\s+2 passed \(2\)/)

    const added = (await modulesIn(folder)).split(',').filter((name) => !known.includes(name))
    // A flow is data and needs no module.
    expect(added).toEqual(['lost-items'])
    const compiler = ['node_modules/typescript/bin/tsc', '-p', '.', '--pretty', 'false']
    const complaints = (await node(folder, compiler, true)).split('\n')
    expect(complaints.filter((line) => written.some(([path]) => line.startsWith(path)))).toEqual([])

    for (const name of added) rmSync(join(folder, 'modules/services', name), { recursive: true })
    for (const [path] of written) rmSync(join(folder, path), { force: true })
    expect((await modulesIn(folder)).split(',')).toEqual(known)
  } finally {
    rmSync(folder, { recursive: true, force: true })
  }
}, 300_000)
