import { expect, it } from 'vitest'
import { logInAs } from '#platform/testing/log-in-as.ts'
import { withTestCounty } from '#platform/testing/test-county.ts'

it('the meta-schema is served whole: it accepts every flow that runs, and refuses what none may say', () =>
  withTestCounty(async (county) => {
    const clerk = await logInAs(county, 'md-zhou')
    const { $id: _served, ...schema } = await clerk.get('/process/meta-schema')
    const accepts = county.services.ajv.compile(schema)
    const { items } = await clerk.get('/process/definitions')
    expect(items.length).toBeGreaterThan(2)
    for (const { id } of items) {
      const { body } = await clerk.get(`/process/definitions/${id}`)
      expect(accepts(body), JSON.stringify(accepts.errors)).toBe(true)
      expect(accepts({ ...body, script: 'x' })).toBe(false)
    }
  }))
