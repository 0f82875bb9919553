#!/usr/bin/env node
import { parseArgs } from 'node:util'
import { ConfigError, loadConfig } from '#platform/config/config.ts'
import { COMMANDS } from './cli.ts'

/** `yiti <command>`: everything an operator does from a shell. */
const [name, ...rest] = process.argv.slice(2)
const command = name === undefined ? undefined : COMMANDS[name]
if (!command) {
  const lines = Object.entries(COMMANDS).map(
    ([key, { usage, summary }]) => `  yiti ${`${key} ${usage}`.padEnd(58)} ${summary}`,
  )
  process.stdout.write(`一体 Yiti\n\n${lines.join('\n')}\n`)
  process.exit(name === undefined || name === 'help' || name === '--help' ? 0 : 2)
}
try {
  const { values, positionals } = parseArgs({
    args: rest,
    options: command.options,
    allowPositionals: true,
    strict: true,
  })
  const flags = values as Record<string, string | boolean | undefined>
  const config = loadConfig(process.env, {
    ...(flags.demo ? { demo: true } : {}),
    ...(flags.port ? { port: Number(flags.port) } : {}),
    ...(flags.host ? { host: String(flags.host) } : {}),
  })
  const code = await command.run(config, flags, positionals)
  if (code !== undefined) process.exit(code)
} catch (error) {
  const known = error instanceof ConfigError || (error as { code?: string }).code?.startsWith('ERR_PARSE_ARGS')
  process.stderr.write(`${known ? (error as Error).message : ((error as Error).stack ?? String(error))}\n`)
  process.exit(known ? 2 : 1)
}
