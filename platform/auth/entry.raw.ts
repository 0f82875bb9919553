import { Type } from 'typebox'
import { route } from '#platform/contract/route.ts'
import type { RawHandler } from '#platform/http/raw-handler.ts'

export const getEntry = route({
  name: 'auth.get_entry',
  kind: 'query',
  method: 'GET',
  path: '/public/entry',
  audience: 'public',
  permission: null,
  why: 'what the log-in page shows; demo accounts only while they exist',
  summary: '登录页：县区、演示账号、装载进度',
  input: Type.Object({}),
  output: Type.Object({
    counties: Type.Array(
      Type.Object({ slug: Type.String(), name: Type.String(), parentName: Type.String(), demo: Type.Boolean() }),
    ),
    demo: Type.Union([
      Type.Object({
        password: Type.String(),
        accounts: Type.Array(Type.Object({ login: Type.String(), name: Type.String(), what: Type.String() })),
      }),
      Type.Null(),
    ]),
    loading: Type.Array(Type.Object({ what: Type.String(), done: Type.Integer(), total: Type.Integer() })),
  }),
})

export const getEntryHandler: RawHandler = {
  route: getEntry,
  async handle(house, { here }) {
    const counties = await house.counties()
    const offer = here.county.demo
      ? house.modules.flatMap((module) => module.demoAccounts?.(here.county) ?? [])[0]
      : undefined
    return {
      counties: counties.map(({ slug, name, parentName, demo }) => ({ slug, name, parentName, demo })),
      demo: offer ?? null,
      loading: [...house.loading.values()]
        .filter((entry) => entry.county === here.county.slug)
        .map(({ what, done, total }) => ({ what, done, total })),
    }
  },
}
