import { readFileSync } from 'node:fs'
import { basename, dirname, join } from 'node:path'
import { describe, expect, it } from 'vitest'
import { readMigrations } from '#platform/db/migrate.ts'
import { loadModules } from '#platform/module/load-modules.ts'
import { withTestCounty } from '#platform/testing/test-county.ts'
import { DATA_DICTIONARY, describeColumns, REGENERATE, writeDictionary } from '../generate-data-dictionary.ts'
import { ROOT, sourceFiles } from './source-files.ts'

const migrationsOf = async () => readMigrations((await loadModules()).map(({ layer, name }) => `${layer}/${name}`))

describe('database', () => {
  it('every table and column says what it is, and the data dictionary is up to date', () =>
    withTestCounty(async ({ inCounty }) => {
      const columns = await inCounty(describeColumns)
      expect(columns.length).toBeGreaterThan(200)
      const silent = columns.flatMap(({ table, tableComment, column, comment }) => [
        ...(tableComment ? [] : [`${table} has no comment`]),
        ...(comment ? [] : [`${table}.${column} has no comment`]),
      ])
      expect([...new Set(silent)]).toEqual([])
      const dictionary = writeDictionary(columns, await migrationsOf())
      expect(
        readFileSync(join(ROOT, DATA_DICTIONARY), 'utf8') === dictionary,
        `tables changed: run ${REGENERATE}, read the difference, commit ${DATA_DICTIONARY}`,
      ).toBe(true)
    }))

  it('migrations are numbered without a gap, so that new ones only come after, and all of them are run', async () => {
    const files = sourceFiles(['platform', 'modules'], /\.sql$/)
    const folders = Map.groupBy(files, (file) => dirname(file))
    for (const [folder, names] of folders) {
      expect(basename(folder)).toBe('migrations')
      const wrong = names
        .map((file) => basename(file))
        .filter((name, index) => !new RegExp(`^${String(index + 1).padStart(4, '0')}-[a-z0-9-]+\\.sql$`).test(name))
      expect([folder, wrong]).toEqual([folder, []])
    }
    const run = (await migrationsOf()).map(({ name }) => join(dirname(name), 'migrations', basename(name)))
    expect(run.sort()).toEqual(files)
  })

  it('there are no triggers, which a sharded county could not have', async () => {
    const found = (await migrationsOf()).filter(({ text }) =>
      /\bcreate\s+(or\s+replace\s+)?(constraint\s+)?trigger\b/i.test(text),
    )
    expect(found.map(({ name }) => name)).toEqual([])
  })
})
