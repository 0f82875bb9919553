import pg from 'pg'

const NO_SUCH_DATABASE = '3D000'
const EXISTS_ALREADY = new Set(['42P04', '23505'])

/**
 * Makes sure that the database named in `url` exists (UTF-8, byte order sorting, Unicode character classes).
 * Returns true when it was created. Needs the right to create databases only when it is missing.
 */
export async function ensureDatabase(url: string): Promise<boolean> {
  const name = decodeURIComponent(new URL(url).pathname.slice(1))
  if (!name) throw new Error('the database address names no database')
  try {
    await withClient(url, async () => {})
    return false
  } catch (error) {
    if ((error as { code?: string }).code !== NO_SUCH_DATABASE) throw error
  }
  const admin = new URL(url)
  admin.pathname = '/postgres'
  return withClient(admin.href, (client) => create(client, name))
}

async function create(client: pg.Client, name: string): Promise<boolean> {
  const { rows } = await client.query<{ version: number }>(
    `select current_setting('server_version_num')::int as version`,
  )
  const base = `create database ${pg.escapeIdentifier(name)} template template0 encoding 'UTF8'`
  // Version 17 brings rules of its own; before, the system's library gives the same order under one of two names.
  const variants =
    (rows[0]?.version ?? 0) >= 170_000
      ? [`${base} locale_provider builtin builtin_locale 'C.UTF-8' lc_collate 'C' lc_ctype 'C'`]
      : [`${base} lc_collate 'C.UTF-8' lc_ctype 'C.UTF-8'`, `${base} lc_collate 'C.utf8' lc_ctype 'C.utf8'`]
  let failure: unknown
  for (const statement of variants) {
    try {
      await client.query(statement)
      return true
    } catch (error) {
      if (EXISTS_ALREADY.has((error as { code?: string }).code ?? '')) return false
      failure = error
    }
  }
  throw failure
}

async function withClient<T>(url: string, work: (client: pg.Client) => Promise<T>): Promise<T> {
  const client = new pg.Client({ connectionString: url, connectionTimeoutMillis: 10_000 })
  client.on('error', () => {})
  await client.connect()
  try {
    return await work(client)
  } finally {
    await client.end()
  }
}
