// Makes a fresh clone ready to run: dependencies, the pinned Node, the built web faces. Plain JavaScript without any
// dependency, because it runs on whatever Node (≥ 20) the machine has, before anything is installed.
import { spawn, spawnSync } from 'node:child_process'
import { createHash } from 'node:crypto'
import { existsSync, mkdirSync, readdirSync, readFileSync, rmSync, symlinkSync, writeFileSync } from 'node:fs'
import path from 'node:path'
import { fileURLToPath, pathToFileURL } from 'node:url'

export const root = path.resolve(path.dirname(fileURLToPath(import.meta.url)), '..')

const MIN_NODE = 20
const MIN_NPM = 10
/** The server itself runs TypeScript without a build, which this version brought. */
const RUN_NODE = 24
const FACES = ['console', 'mobile']

/** Something the person at the terminal can mend; shown without a stack. */
export class SetUpError extends Error {}

const say = (text) => process.stderr.write(`${text}\n`)

/**
 * Returns the Node that runs the server. With `faces: false` the web faces are not built.
 * Throws `SetUpError` with a message in Chinese and English.
 */
export async function setUp({ faces = true } = {}) {
  checkNode()
  await installPackages()
  const node = findRunNode()
  if (faces) await buildFaces(node)
  return { root, node }
}

/** Runs `work`; a `SetUpError` ends the process with its message. */
export async function orExplain(work) {
  try {
    return await work()
  } catch (error) {
    if (!(error instanceof SetUpError)) throw error
    say(`\n${error.message}`)
    process.exit(1)
  }
}

function checkNode() {
  const major = Number(process.versions.node.split('.')[0])
  if (major >= MIN_NODE) return
  throw new SetUpError(
    `需要 Node.js ${MIN_NODE} 或更高版本，当前是 ${process.versions.node}。\nNode.js ${MIN_NODE} or later is needed, this is ${process.versions.node}.`,
  )
}

// Packages

/** Runs `npm ci` when node_modules is missing or was made from another lock file. */
async function installPackages() {
  const lock = readFileSync(path.join(root, 'package-lock.json'), 'utf8')
  const wanted = hash([lock, readFileSync(path.join(root, 'package.json'), 'utf8'), process.platform, process.arch])
  const stamp = path.join(root, 'node_modules', '.yiti-stamp')
  if (read(stamp) === wanted) return
  if (!packagesMatch(lock)) {
    const npm = findNpm()
    say('正在安装依赖（首次约需一分钟） / installing dependencies…')
    // Dev packages build the faces, so NODE_ENV=production must not leave them out.
    const args = ['ci', '--include=dev', '--include=optional', '--no-audit', '--no-fund', '--loglevel=error']
    const { code, output } = await run(npm.file, [...npm.args, ...args], npm.env)
    if (code !== 0) {
      throw new SetUpError(
        `${firstLines(output, 16)}\n\n依赖安装失败，请按上面的提示处理后重试（多半是网络）。\n` +
          'Installing the dependencies failed: see above, most likely the network.',
      )
    }
  }
  writeFileSync(stamp, wanted)
}

/** Whether what is installed is what the lock file says, e.g. after `npm install` by hand. */
function packagesMatch(lock) {
  const installed = read(path.join(root, 'node_modules', '.package-lock.json'))
  if (!installed) return false
  const have = JSON.parse(installed).packages ?? {}
  return Object.entries(JSON.parse(lock).packages).every(([name, entry]) => {
    if (name === '' || entry.link) return true
    return have[name] ? have[name].version === entry.version : entry.optional === true
  })
}

function findNpm() {
  // The npm that started us, run by a Node that `npm ci` does not delete under its feet.
  const exec = process.env.npm_execpath
  const own = path.join(root, 'node_modules')
  const outside = (process.env.PATH ?? '').split(path.delimiter).filter((dir) => !path.resolve(dir).startsWith(own))
  const env = { ...process.env, PATH: outside.join(path.delimiter) }
  const node = findOnPath('node', env.PATH)
  const npm =
    exec?.endsWith('.js') && node
      ? { file: node, args: [exec], env }
      : { file: findOnPath('npm', env.PATH), args: [], env }
  const result =
    npm.file && spawnSync(npm.file, [...npm.args, '--version'], { encoding: 'utf8', env, shell: isWindows })
  const version = result?.stdout?.trim() ?? ''
  if (Number(version.split('.')[0]) >= MIN_NPM) return npm
  throw new SetUpError(
    `需要 npm ${MIN_NPM} 或更高版本，${version ? `当前是 ${version}` : '没有找到 npm'}。\nnpm ${MIN_NPM} or later is needed, ${version ? `this is ${version}` : 'none was found'}.`,
  )
}

// The pinned Node

/** Node 24 from the packages, else this one, else the one on the path. */
export function findRunNode() {
  const packaged = path.join(root, 'node_modules', '.bin', isWindows ? 'node.cmd' : 'node')
  linkPackagedNode(packaged)
  for (const file of [packaged, process.execPath, findOnPath('node')]) {
    if (!file || !existsSync(file)) continue
    const result = spawnSync(file, ['--version'], { encoding: 'utf8', shell: file.endsWith('.cmd') })
    if (result.status === 0 && Number(/^v(\d+)/.exec(result.stdout)?.[1]) >= RUN_NODE) return file
  }
  throw new SetUpError(
    `这台机器没有可用的 Node.js ${RUN_NODE}（自带的不适用于 ${process.platform}-${process.arch}），请安装后重试。\n` +
      `Node.js ${RUN_NODE} is needed; the packaged one does not run on ${process.platform}-${process.arch}: install it and try again.`,
  )
}

/** npm 10 installs the packaged Node without the link that lets `npm run` find it. */
function linkPackagedNode(link) {
  const binary = path.join(root, 'node_modules', `node-${process.platform}-${process.arch}`, 'bin', 'node')
  if (isWindows || existsSync(link) || !existsSync(binary)) return
  rmSync(link, { force: true })
  mkdirSync(path.dirname(link), { recursive: true })
  symlinkSync(path.relative(path.dirname(link), binary), link)
}

// Web faces

/** Builds what changed since the last build, the faces side by side. */
async function buildFaces(node) {
  const sources = FACES.filter((face) => existsSync(path.join(root, 'apps', face, 'vite.config.ts'))).map((face) => ({
    face,
    wanted: sourceHash(face),
    stamp: path.join(root, 'dist', face, '.yiti-stamp'),
  }))
  const stale = sources.filter(({ wanted, stamp }) => read(stamp) !== wanted)
  if (stale.length === 0) return
  say('正在生成网页 / building the web pages…')
  const vite = path.join(root, 'node_modules', 'vite', 'bin', 'vite.js')
  await Promise.all(
    stale.map(async ({ face, wanted, stamp }) => {
      rmSync(stamp, { force: true })
      const out = path.join(root, 'dist', face)
      const config = path.join(root, 'apps', face, 'vite.config.ts')
      const args = ['build', path.join(root, 'apps', face), '--config', config, '--outDir', out, '--emptyOutDir']
      const { code, output } = await run(node, [vite, ...args, '--logLevel', 'warn'])
      if (code !== 0) {
        throw new SetUpError(`${output.trim()}\n\n网页 ${face} 生成失败。\nBuilding the web pages of ${face} failed.`)
      }
      mkdirSync(out, { recursive: true })
      writeFileSync(stamp, wanted)
    }),
  )
}

/** Everything a page can import; what only the server reads does not make the pages stale. */
function sourceHash(face) {
  const digest = createHash('sha256')
  const serverOnly = /^(server|migrations|seed|data|testing|embedded|node_modules)$/
  const ignored = /\.(test\.tsx?|sql|md|(command|query|store|policy|handler)\.ts)$/
  const walk = (dir) => {
    for (const entry of readdirSync(dir, { withFileTypes: true }).sort((a, b) => (a.name < b.name ? -1 : 1))) {
      const file = path.join(dir, entry.name)
      if (entry.isDirectory()) {
        if (!serverOnly.test(entry.name)) walk(file)
      } else if (!ignored.test(entry.name)) {
        digest
          .update(`${path.relative(root, file)}\0`)
          .update(readFileSync(file))
          .update('\0')
      }
    }
  }
  for (const dir of [`apps/${face}`, 'ui', 'modules', 'platform']) {
    if (existsSync(path.join(root, dir))) walk(path.join(root, dir))
  }
  for (const file of ['package-lock.json', 'package.json', 'tsconfig.json']) {
    digest.update(readFileSync(path.join(root, file)))
  }
  return digest.digest('hex')
}

// Small tools

const isWindows = process.platform === 'win32'

function read(file) {
  try {
    return readFileSync(file, 'utf8')
  } catch {
    return undefined
  }
}

function hash(parts) {
  return createHash('sha256').update(parts.join('\0')).digest('hex')
}

/** npm follows the reason with its whole usage text. */
function firstLines(text, count) {
  return text.trim().split('\n').slice(0, count).join('\n')
}

export function findOnPath(name, searchPath = process.env.PATH ?? '') {
  const names = isWindows ? [`${name}.exe`, `${name}.cmd`] : [name]
  const dirs = searchPath.split(path.delimiter)
  return dirs.flatMap((dir) => names.map((file) => path.join(dir, file))).find((file) => existsSync(file))
}

/** Runs a program in the clone; its output is kept and shown only by who wants it. */
function run(file, args, env = process.env) {
  return new Promise((resolve) => {
    const child = spawn(file, args, { cwd: root, env, stdio: ['ignore', 'pipe', 'pipe'], shell: file.endsWith('.cmd') })
    let output = ''
    child.stdout.on('data', (chunk) => {
      output += chunk
    })
    child.stderr.on('data', (chunk) => {
      output += chunk
    })
    child.on('error', (error) => resolve({ code: 1, output: error.message }))
    child.on('close', (code) => resolve({ code: code ?? 1, output }))
  })
}

if (import.meta.url === pathToFileURL(process.argv[1] ?? '').href) await orExplain(() => setUp())
