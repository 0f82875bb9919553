import { readFileSync, statSync } from 'node:fs'
import { join } from 'node:path'
import { expect, it } from 'vitest'
import { withTestCounty } from '#platform/testing/test-county.ts'

it('the figures ask for the token of this installation, also from the same machine', () =>
  withTestCounty(async (county) => {
    const app = await county.app()
    const ask = (headers: Record<string, string>) =>
      app.inject({ method: 'GET', url: '/metrics', remoteAddress: '127.0.0.1', headers })
    expect((await ask({})).statusCode).toBe(404)
    expect((await ask({ authorization: 'Bearer guess' })).statusCode).toBe(404)
    const file = join(county.varDir, 'metrics.token')
    expect(statSync(file).mode & 0o077).toBe(0)
    const answer = await ask({ authorization: `Bearer ${readFileSync(file, 'utf8').trim()}` })
    expect(answer.statusCode).toBe(200)
    expect(answer.body).toContain('yiti_request_seconds')
  }))
