import { existsSync, readdirSync, readFileSync } from 'node:fs'
import { join } from 'node:path'
import { afterAll, beforeAll, describe, expect, it } from 'vitest'
import { allRoutes } from '#platform/http/server.ts'
import type { House } from '#platform/module/house.ts'
import { loadModules } from '#platform/module/load-modules.ts'
import { checkDefinition } from '#platform/process/check-definition.ts'
import { withTestCounty } from '#platform/testing/test-county.ts'
import { houseWithoutDatabase, OPENAPI, REGENERATE, writeOpenApi } from '../generate-openapi.ts'
import { ROOT, sourceFiles } from './source-files.ts'

const read = (file: string) => readFileSync(join(ROOT, file), 'utf8')

/** Every module's folder, e.g. `services/loop`. */
const moduleFolders = readdirSync(join(ROOT, 'modules'), { withFileTypes: true })
  .filter((entry) => entry.isDirectory())
  .flatMap(({ name: layer }) =>
    readdirSync(join(ROOT, 'modules', layer), { withFileTypes: true })
      .filter((entry) => entry.isDirectory())
      .map(({ name }) => `${layer}/${name}`),
  )
  .sort()

let house: House
beforeAll(async () => {
  house = await houseWithoutDatabase()
})
afterAll(() => house.close())

describe('modules are found', () => {
  it('by the server, each folder', async () => {
    const found = (await loadModules()).map(({ layer, name }) => `${layer}/${name}`)
    expect(found.sort()).toEqual(moduleFolders)
  })

  it.each([
    ['console', 'console'],
    ['mobile', 'mobile'],
  ])('by the built pages of %s, each screen', (face, folder) => {
    const assets = join(ROOT, 'dist', face, 'assets')
    expect(existsSync(assets), `the pages of ${face} are not built: npm start or npm test builds them`).toBe(true)
    const built = readdirSync(assets)
      .filter((name) => name.endsWith('.js'))
      .map((name) => readFileSync(join(assets, name), 'utf8'))
      .join('\n')
    const routes = moduleFolders
      .map((module) => `modules/${module}/${folder}/routes.tsx`)
      .filter((file) => existsSync(join(ROOT, file)))
    expect(routes.length).toBeGreaterThan(0)
    const missing = routes.flatMap((file) => {
      const paths = [...read(file).matchAll(/\bpath: '([^']+)'/g)].map((match) => match[1]!)
      expect(paths, file).not.toEqual([])
      return paths
        .filter((path) => !['"', "'", '`'].some((quote) => built.includes(quote + path + quote)))
        .map((path) => `${file} ${path}`)
    })
    expect(missing, `not in dist/${face}: built before they were written?`).toEqual([])
  })
})

describe('routes', () => {
  it('each says who may knock and what for, or why nothing is asked', () => {
    const routes = allRoutes(house)
    expect(routes.length).toBeGreaterThan(50)
    for (const route of routes) {
      expect([route.name, route.audience]).toEqual([route.name, expect.stringMatching(/^(public|staff)$/)])
      expect([route.name, route.permission ?? route.why]).toEqual([route.name, expect.stringMatching(/./)])
      if (route.permission)
        expect([route.name, house.services.permissions.has(route.permission)]).toEqual([route.name, true])
      if (route.audience === 'public') expect([route.name, route.permission]).toEqual([route.name, null])
      expect(route.name).toMatch(/^[a-z_]+\.[a-z_]+$/)
      expect(route.summary).toMatch(/\p{Script=Han}/u)
    }
    expect(new Set(routes.map(({ name }) => name)).size).toBe(routes.length)
    expect(new Set(routes.map(({ method, path }) => `${method} ${path}`)).size).toBe(routes.length)
  })

  it('are described as they are served', async () => {
    const served = await writeOpenApi()
    expect(
      read(OPENAPI) === served,
      `the API changed: run ${REGENERATE}, read the difference as a caller would, commit ${OPENAPI}`,
    ).toBe(true)
  })

  it('hand their description to everybody', () =>
    withTestCounty(async (county) => {
      const answer = await (await county.app()).inject({ url: '/test/api/v1/openapi.json' })
      expect([answer.statusCode, answer.headers['content-type']]).toEqual([200, 'application/json; charset=utf-8'])
      expect(Object.keys(answer.json().paths).length).toBeGreaterThan(50)
    }))
})

describe('permissions', () => {
  it('have wording in both languages', () => {
    const silent = [...house.services.permissions].flatMap((name) =>
      (['zh-CN', 'en'] as const)
        .filter((locale) => !house.wording.has(locale, `permission.${name}`))
        .map((locale) => `${locale} permission.${name}`),
    )
    expect(silent).toEqual([])
  })

  it('that screens and grants name exist', () => {
    const known = house.services.permissions
    const named = [
      ...sourceFiles(['modules', 'apps'], /routes\.tsx?$/).flatMap((file) =>
        [...read(file).matchAll(/\bpermission: (?:'[^']+'|\[[^\]]+\])/g)].flatMap((match) =>
          [...match[0].matchAll(/'([^']+)'/g)].map((name) => name[1]!),
        ),
      ),
      ...(
        JSON.parse(read('modules/foundation/org/seed/grants-wuzhong.json')) as { grants: { permissions: string[] }[] }
      ).grants.flatMap(({ permissions }) => permissions),
    ]
    expect(named.length).toBeGreaterThan(20)
    expect([...new Set(named)].filter((name) => !known.has(name) && !name.endsWith('.*'))).toEqual([])
  })
})

describe('flows', () => {
  it('that are shipped pass their checks against the real organisation', () =>
    withTestCounty(async (county) => {
      const { directory } = await county.here()
      const { ajv, effects, permissions } = county.services
      const definitions = county.house.modules.flatMap((module) => module.definitions ?? [])
      expect(definitions.length).toBeGreaterThan(1)
      const findings = definitions.flatMap((definition) =>
        checkDefinition(definition, {
          ajv,
          effects: new Set(effects.keys()),
          permissions,
          roles: directory.roles(),
          directory,
        }).map((finding) => ({ flow: definition.key, ...finding })),
      )
      expect(findings.filter(({ level }) => level === 'error')).toEqual([])
    }))

  it('lie in process/ and are registered by their module', () => {
    const shipped = house.modules.flatMap((module) => module.definitions ?? []).map(({ key }) => key)
    const files = sourceFiles(['modules'], /\.process\.json$/).map(
      (file) => (JSON.parse(read(file)) as { key: string }).key,
    )
    expect(files.sort()).toEqual(shipped.sort())
  })
})
