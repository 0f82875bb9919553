import pg from 'pg'
import { describe, expect, it } from 'vitest'
import type { CaseState } from '#platform/process/case.store.ts'
import { indexCase } from '#platform/search/case-index.ts'
import { withTestCounty } from '#platform/testing/test-county.ts'
import { RARE_SHARE, wordShares, wordSharesOf, wordWeight } from './word-shares.ts'

describe('shares of words', () => {
  it('of letters anywhere: what stands in every other letter weighs less than what stands in few', () => {
    const shares = wordShares()
    expect(shares.of('请问')).toBeGreaterThan(shares.of('路灯'))
    expect(shares.of('路灯')).toBeGreaterThan(RARE_SHARE)
    expect(shares.of('香溪')).toBe(RARE_SHARE)
    expect(wordWeight(shares.of('香溪'))).toBeGreaterThan(wordWeight(shares.of('路灯')))
    expect(wordShares(new Map([['香溪', 0.2]])).of('香溪')).toBe(0.2)
  })

  it('of a county are those of its own cases, as the application may read them, and are read again after a while', async () => {
    await withTestCounty(async (county) => {
      await county.asSystem(async (context) => {
        for (let id = 1; id <= 120; id++)
          await indexCase(
            context.tx,
            { id, number: `X-${id}`, title: id % 3 === 0 ? '香溪' : `第${id}`, placeText: null } as CaseState,
            '',
            [],
          )
        expect((await wordSharesOf(context)).of('香溪')).toBe(RARE_SHARE)
      })
      const owner = new pg.Client({ connectionString: county.databaseUrl })
      await owner.connect()
      await owner.query('analyze county_test.search_document')
      await owner.end()
      const read = () => county.asSystem(async (context) => (await wordSharesOf(context)).of('香溪'))
      expect(await read()).toBe(RARE_SHARE)
      county.clock.advance(11 * 60_000)
      expect(await read()).toBeCloseTo(1 / 3, 1)
    })
  })
})
