// `npm start`: sets up, then runs the server with the demo until Ctrl-C. Arguments after `--` go to `yiti serve`
// instead of `--demo`. The server is a process group of its own, so that Ctrl-C reaches it once and through us, and it
// hears by the closing channel when we are killed.
import { spawn } from 'node:child_process'
import path from 'node:path'
import { orExplain, setUp } from './set-up.mjs'

/** A shutdown that takes longer is no shutdown. */
const LONGEST_STOP_MS = 75_000
/** The terminal and npm pass the same Ctrl-C on within moments; later ones are meant. */
const SAME_SIGNAL_MS = 1_000

const parent = process.ppid
const { root, node } = await orExplain(() => setUp())

const args = process.argv.length > 2 ? process.argv.slice(2) : ['--demo']
const server = spawn(node, [path.join(root, 'apps', 'server', 'yiti.ts'), 'serve', ...args], {
  cwd: root,
  stdio: ['ignore', 'inherit', 'inherit', 'ipc'],
  detached: process.platform !== 'win32',
})

let stopping
function stop(signal) {
  const now = performance.now()
  if (stopping !== undefined) {
    if (now - stopping > SAME_SIGNAL_MS) server.kill('SIGKILL')
    return
  }
  stopping = now
  server.kill(signal)
  setTimeout(() => server.kill('SIGKILL'), LONGEST_STOP_MS).unref()
}

for (const signal of ['SIGINT', 'SIGTERM', 'SIGHUP'])
  process.on(signal, () => stop(signal === 'SIGINT' ? 'SIGINT' : 'SIGTERM'))

// npm was killed: nobody is left who could pass a signal on to us.
if (process.env.npm_lifecycle_event && parent > 1) {
  setInterval(() => {
    if (process.ppid !== parent) stop('SIGTERM')
  }, 500).unref()
}

server.on('error', (error) => {
  process.stderr.write(`${error.message}\n`)
  process.exit(1)
})
server.on('exit', (code, signal) => process.exit(code ?? (signal === 'SIGKILL' ? 137 : 1)))
