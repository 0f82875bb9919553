// `npm test`: sets up, then type check, lint, unit and module tests, browser journeys. Ends with `N passed, N failed`;
// a skipped test counts as failed, since nobody looked. `npm test -- <filter…>` runs only the matching unit and module
// tests, `npm test -- --e2e <filter…>` only the matching journeys.
import { spawn, spawnSync } from 'node:child_process'
import { existsSync, mkdirSync, readFileSync, rmSync, writeFileSync } from 'node:fs'
import path from 'node:path'
import { pathToFileURL } from 'node:url'
import { findOnPath, orExplain, setUp } from './set-up.mjs'

/** Far above the twenty minutes a whole run may take: a hang must end, a slow machine may finish. */
const LIMIT_MS = 40 * 60_000

const began = performance.now()
const { root, node } = await orExplain(() => setUp())
const reports = path.join(root, 'var', 'test')
mkdirSync(reports, { recursive: true })
const bin = path.join(root, 'node_modules', '.bin')
const env = { ...process.env, PATH: `${bin}${path.delimiter}${process.env.PATH ?? ''}`, ...(await browserEnv()) }

const args = process.argv.slice(2)
const onlyJourneys = args.includes('--e2e')
const filters = args.filter((arg) => arg !== '--e2e')
const journeys = path.join(root, 'e2e', 'vitest.config.ts')

const results = []
if (args.length === 0) {
  const checks = [
    check('type check', 'tsc', ['-p', '.']),
    check('lint', 'biome', ['check', '.', '--diagnostic-level=error']),
  ]
  results.push(...(await Promise.all(checks)))
}
if (!onlyJourneys) results.push(await vitest('unit and module tests', 'unit', filters))
if (existsSync(journeys) && (onlyJourneys || args.length === 0)) {
  results.push(await vitest('browser journeys', 'e2e', ['--config', journeys, ...filters]))
}

const passed = results.reduce((sum, result) => sum + result.passed, 0)
const failures = results.flatMap((result) => result.failures)
const minutes = ((performance.now() - began) / 60_000).toFixed(1)
console.log('')
for (const result of results)
  console.log(`${result.name}: ${result.passed} passed, ${result.failures.length} failed (${result.seconds} s)`)
for (const failure of failures) console.log(`FAILED ${failure}`)
console.log(`${minutes} min`)
console.log(`${passed} passed, ${failures.length} failed`)
process.exitCode = failures.length > 0 ? 1 : 0

/** One check that passes or fails as a whole. */
async function check(name, program, programArgs) {
  const { code, output, seconds } = await run(path.join(bin, program), programArgs, false)
  if (code !== 0) console.log(`\n${output.trim()}\n`)
  return { name, seconds, passed: code === 0 ? 1 : 0, failures: code === 0 ? [] : [name] }
}

/** Runs vitest and counts every test by its own report, so that nothing is lost when vitest itself gives up. */
async function vitest(name, slug, vitestArgs) {
  const report = path.join(reports, `${slug}.json`)
  rmSync(report, { force: true })
  const script = path.join(root, 'node_modules', 'vitest', 'vitest.mjs')
  const reporters = ['--reporter=default', '--reporter=json', `--outputFile.json=${report}`]
  const { code, seconds } = await run(node, [script, 'run', ...reporters, ...vitestArgs], true)
  let files
  try {
    files = JSON.parse(readFileSync(report, 'utf8')).testResults
  } catch {
    return { name, seconds, passed: 0, failures: [`${name}: ended without a report (exit ${code})`] }
  }
  let passed = 0
  const failures = []
  for (const file of files) {
    const where = path.relative(root, file.name)
    const before = failures.length
    for (const test of file.assertionResults) {
      if (test.status === 'passed') passed++
      else failures.push(`${where} > ${test.fullName}${test.status === 'failed' ? '' : ` (${test.status}: not run)`}`)
    }
    // A file that did not load, or whose set-up broke, has no failed test of its own.
    if (file.status === 'failed' && failures.length === before) failures.push(`${where}: ${firstLine(file.message)}`)
  }
  if (code !== 0 && failures.length === 0) failures.push(`${name}: exit ${code} (an error outside of any test)`)
  if (passed === 0 && failures.length === 0) failures.push(`${name}: no test was found`)
  return { name, seconds, passed, failures }
}

function firstLine(text) {
  return (text || 'failed').trim().split('\n')[0]
}

/** Runs a program as a group of its own, so that a hang can be ended with all its children. */
function run(file, programArgs, show) {
  const start = performance.now()
  return new Promise((resolve) => {
    const child = spawn(file, programArgs, {
      cwd: root,
      env,
      detached: process.platform !== 'win32',
      stdio: show ? ['ignore', 'inherit', 'inherit'] : ['ignore', 'pipe', 'pipe'],
      shell: process.platform === 'win32',
    })
    let output = ''
    for (const stream of [child.stdout, child.stderr]) {
      stream?.on('data', (chunk) => {
        output += chunk
      })
    }
    const end = (signal) => {
      try {
        process.kill(-child.pid, signal)
      } catch {
        child.kill(signal)
      }
    }
    const limit = setTimeout(
      () => {
        console.log(`\nstopped after ${LIMIT_MS / 60_000} minutes: ${path.basename(file)}`)
        end('SIGKILL')
      },
      Math.max(1_000, LIMIT_MS - (performance.now() - began)),
    )
    const interrupted = () => {
      end('SIGTERM')
      setTimeout(() => process.exit(130), 5_000).unref()
    }
    process.once('SIGINT', interrupted)
    process.once('SIGTERM', interrupted)
    const finish = (code, text) => {
      clearTimeout(limit)
      process.off('SIGINT', interrupted)
      process.off('SIGTERM', interrupted)
      resolve({ code, output: text, seconds: Math.round((performance.now() - start) / 1000) })
    }
    child.on('error', (error) => finish(1, error.message))
    child.on('close', (code) => finish(code ?? 1, output))
  })
}

/**
 * Where the journeys find a browser (CHROMIUM_PATH) and Chinese letters: the system's, else those of the packages.
 * Without a browser the journeys fail; they are never skipped.
 */
async function browserEnv() {
  const more = {}
  const system =
    process.env.CHROMIUM_PATH ?? ['/usr/bin/chromium', findOnPath('chromium')].find((file) => file && existsSync(file))
  const chromium = system ?? (await packagedChromium())
  if (chromium) more.CHROMIUM_PATH = chromium
  else console.log('no Chromium was found: the browser journeys will fail')
  if (!hasChineseFont()) {
    const fonts = path.join(root, 'node_modules', '@embedpdf', 'fonts-sc', 'fonts')
    const file = path.join(root, 'var', 'test', 'fonts.conf')
    writeFileSync(
      file,
      `<?xml version="1.0"?>\n<fontconfig><dir>${fonts}</dir><dir>/usr/share/fonts</dir><cachedir>${path.join(reports, 'font-cache')}</cachedir></fontconfig>\n`,
    )
    more.FONTCONFIG_FILE = file
  }
  return more
}

/** The Chromium of the npm package, with the libraries a bare system lacks. */
async function packagedChromium() {
  try {
    const { default: chromium } = await import('@sparticuz/chromium')
    const file = await chromium.executablePath()
    const works = () => spawnSync(file, ['--version'], { stdio: 'ignore' }).status === 0
    if (works()) return file
    const entry = path.join(root, 'node_modules', '@sparticuz', 'chromium')
    const { inflate } = await import(pathToFileURL(path.join(entry, 'build', 'esm', 'lambdafs.js')).href)
    const libraries = path.join(await inflate(path.join(entry, 'bin', 'al2023.tar.br')), 'lib')
    const wrapper = path.join(reports, 'chromium')
    writeFileSync(wrapper, `#!/bin/sh\nLD_LIBRARY_PATH='${libraries}' exec '${file}' "$@"\n`, { mode: 0o755 })
    return wrapper
  } catch (error) {
    console.log(`the packaged Chromium cannot be used: ${error.message}`)
    return undefined
  }
}

function hasChineseFont() {
  return ['/usr/share/fonts/truetype/wqy', '/usr/share/fonts/opentype/noto', '/usr/share/fonts/truetype/noto-cjk'].some(
    existsSync,
  )
}
