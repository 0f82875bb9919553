#!/usr/bin/env node
import { parseArgs } from 'node:util'
import { ConfigError, loadConfig } from '#platform/config/config.ts'
import { AppError } from '#platform/errors/app-error.ts'
import { loadWording } from '#platform/i18n/wording.ts'
import { COMMANDS } from './cli.ts'
import { OperatorError } from './operator-error.ts'

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
  const badUsage = error instanceof ConfigError || (error as { code?: string }).code?.startsWith('ERR_PARSE_ARGS')
  process.stderr.write(`${badUsage || error instanceof OperatorError ? (error as Error).message : worded(error)}\n`)
  process.exit(badUsage ? 2 : 1)
}

/** What the person at the terminal reads: wording where there is one, else everything there is. */
function worded(error: unknown): string {
  if (error instanceof AppError) {
    const wording = loadWording()
    const key = `errors.${error.code}`
    return `${wording.say('zh-CN', key, error.params)}\n${wording.say('en', key, error.params)}`
  }
  return (error as Error).stack ?? String(error)
}
