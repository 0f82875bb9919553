import { mkdirSync, mkdtempSync, readFileSync, realpathSync, rmSync, symlinkSync, writeFileSync } from 'node:fs'
import { tmpdir } from 'node:os'
import { dirname, join } from 'node:path'
import { describe, expect, it } from 'vitest'
import { BOUNDARIES } from './boundary-rules.ts'
import { cruiseImports } from './cruise-imports.ts'
import { fetchesIn } from './fetches-in.ts'
import { ROOT, sourceFiles } from './source-files.ts'

/** Files that break each boundary, and one that breaks none. */
const PLANTED: Record<string, Record<string, string>> = {
  'platform-stands-alone': {
    'platform/clock/planted.ts': "import { routes } from '#modules/services/a/contract.ts'\nexport const x = routes",
  },
  'ui-knows-no-domain': {
    'ui/case/Planted.tsx':
      "import { routes } from '#modules/services/a/contract.ts'\nexport const X = () => <p>{routes}</p>",
  },
  'ui-pure-rooms-only': {
    'ui/case/Stored.tsx': "import { save } from '#platform/files/file.store.ts'\nexport const X = () => <p>{save}</p>",
  },
  'ui-parts-take-data': {
    'ui/table/Fetching.tsx': "import { call } from '#ui/api/client.ts'\nexport const X = () => <p>{call}</p>",
  },
  'modules-by-their-door': {
    'modules/services/b/server/planted.store.ts':
      "export async function load() {\n  return (await import('#modules/services/a/server/a.store.ts')).rows\n}",
  },
  'foundation-is-lowest': {
    'modules/foundation/c/planted.ts':
      "import type { Routes } from '#modules/services/a/contract.ts'\nexport type X = Routes",
  },
  'management-below-services': {
    'modules/management/d/planted.ts': "export { routes } from '#modules/services/a/contract.ts'",
  },
  'modules-know-no-app': {
    'modules/services/b/console/Planted.tsx':
      "import { App } from '#apps/console/App.tsx'\nexport const X = () => <App />",
  },
  'apps-hold-no-domain': {
    'apps/server/planted.ts': "import { rows } from '#modules/services/a/server/a.store.ts'\nexport const x = rows",
  },
  'pages-reach-no-server': {
    'modules/services/a/mobile/Planted.tsx':
      "import { rows } from '../server/a.store.ts'\nexport const X = () => <p>{rows}</p>",
  },
  'no-circles': {
    'modules/services/b/one.ts': "import { two } from './two.ts'\nexport const one = () => two",
    'modules/services/b/two.ts': "import { one } from './one.ts'\nexport const two = () => one",
  },
}

const SOUND: Record<string, string> = {
  'platform/files/file.store.ts': 'export const save = 1',
  'modules/services/a/contract.ts': 'export const routes = 1\nexport type Routes = number',
  'modules/services/a/server/a.store.ts': 'export const rows = 1',
  'modules/services/b/server/sound.store.ts':
    "import { routes } from '#modules/services/a/contract.ts'\nimport { save } from '#platform/files/file.store.ts'\nexport const x = [routes, save]",
  'ui/api/client.ts': 'export const call = 1',
  'apps/console/App.tsx': 'export const App = () => <p>1</p>',
}

function withFolder<T>(files: Record<string, string>, work: (folder: string) => T): T {
  const folder = realpathSync(mkdtempSync(join(tmpdir(), 'yiti-boundaries-')))
  const done = () => rmSync(folder, { recursive: true, force: true })
  for (const [name, text] of Object.entries(files)) {
    mkdirSync(dirname(join(folder, name)), { recursive: true })
    writeFileSync(join(folder, name), text)
  }
  const { imports, type } = JSON.parse(readFileSync(join(ROOT, 'package.json'), 'utf8'))
  writeFileSync(join(folder, 'package.json'), JSON.stringify({ name: 'planted', type, imports }))
  symlinkSync(join(ROOT, 'node_modules'), join(folder, 'node_modules'))
  const result = work(folder)
  if (result instanceof Promise) return result.finally(done) as T
  done()
  return result
}

describe('boundaries', () => {
  it('hold in the whole tree', async () => {
    const { files, violations } = await cruiseImports(ROOT)
    expect(files).toBeGreaterThan(400)
    const lines = violations.map(({ rule, from, to }) => {
      const comment = BOUNDARIES.find(({ name }) => name === rule)?.comment
      return `${from} imports ${to}: ${comment}`
    })
    expect(lines).toEqual([])
  })

  it('each is noticed when it is broken, and nothing else is', () =>
    withFolder({ ...SOUND, ...Object.assign({}, ...Object.values(PLANTED)) }, async (folder) => {
      expect(Object.keys(PLANTED).sort()).toEqual(BOUNDARIES.map(({ name }) => name).sort())
      const { violations } = await cruiseImports(folder)
      for (const [rule, files] of Object.entries(PLANTED))
        expect([rule, violations.some((found) => found.rule === rule && found.from in files)]).toEqual([rule, true])
      const planted = Object.assign({}, ...Object.values(PLANTED))
      expect(violations.filter(({ from }) => !(from in planted))).toEqual([])
    }))

  it('screen parts take data and never fetch it', () => {
    const found = sourceFiles(['ui'])
      .filter((file) => !/^ui\/(api|testing)\/|\.test\.tsx?$/.test(file))
      .flatMap((file) => fetchesIn(file, readFileSync(join(ROOT, file), 'utf8')))
    expect(found).toEqual([])
    const planted =
      'export function Planted() {\n  void fetch("/x")\n  useQuery({})\n  new EventSource("/y")\n  return null\n}\n'
    expect(fetchesIn('ui/case/Planted.tsx', planted)).toHaveLength(3)
    expect(fetchesIn('ui/case/Sound.tsx', 'props.onFetch(1)\nprefetch(2)\n')).toEqual([])
  })
})
