import { expect, it } from 'vitest'
import { getPublicFaceQuery } from '#modules/foundation/org/server/get-public-face.query.ts'
import { withOrgCounty } from '#modules/foundation/org/server/org-test-county.ts'
import { runQuery } from '#platform/command/command.ts'
import type { CountyServices } from '#platform/command/services.ts'

it('the residents’ pages say whose they are: as set, else the data bureau; not filed unless a number is set', () =>
  withOrgCounty(async (county) => {
    const here = await county.here()
    const ask = (settings: Record<string, unknown>) =>
      runQuery(
        county.services,
        { ...here, county: { ...here.county, settings } } as CountyServices,
        getPublicFaceQuery,
        { actor: { kind: 'public', secret: 'visitor' }, input: {}, request: { traceId: 'test', address: null } },
      )
    const bureau = here.directory.unitAt(here.county.regionPrefix, 'data')!.name
    expect(await ask({})).toEqual({
      sponsor: bureau,
      filingNumber: null,
      complaintPhone: '12345',
      demo: here.county.demo,
    })
    const publicFace = {
      sponsor: '吴中区人民政府办公室',
      filingNumber: '苏ICP备00000000号（演示）',
      complaintPhone: '0512-12345',
    }
    expect(await ask({ publicFace })).toMatchObject(publicFace)
  }))
