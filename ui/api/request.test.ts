import { describe, expect, it } from 'vitest'
import { readBase } from '#ui/api/base.ts'
import { buildRequest, errorFrom } from '#ui/api/request.ts'

describe('building a request', () => {
  it('puts names of the path there and the rest in the query', () => {
    expect(
      buildRequest(
        { kind: 'query', method: 'GET', path: '/cases/:id/files' },
        { id: 7, q: '飞线 充电', open: false, x: undefined },
      ),
    ).toEqual({ url: '/cases/7/files?q=%E9%A3%9E%E7%BA%BF+%E5%85%85%E7%94%B5&open=false', body: undefined })
  })

  it('puts the rest of a command in the body', () => {
    expect(
      buildRequest(
        { kind: 'command', method: 'POST', path: '/cases/:id/actions/:action' },
        { id: 7, action: 'sign', version: 3, form: { a: 1 } },
      ),
    ).toEqual({ url: '/cases/7/actions/sign', body: '{"version":3,"form":{"a":1}}' })
  })

  it('lets no value break out of the path', () => {
    expect(buildRequest({ kind: 'query', method: 'GET', path: '/files/:id' }, { id: '../me?x' }).url).toBe(
      '/files/..%2Fme%3Fx',
    )
  })
})

describe('errors', () => {
  it('keeps code, fields and trace id', () => {
    const error = errorFrom(422, {
      code: 'process.form_invalid',
      message: '请改正',
      fields: [{ path: '/reason', code: 'form.required' }],
      traceId: 't1',
    })
    expect(error).toMatchObject({ code: 'process.form_invalid', status: 422, message: '请改正', traceId: 't1' })
    expect(error.fields).toHaveLength(1)
  })

  it('has a code even when the answer is no JSON of ours', () => {
    expect(errorFrom(502, undefined).code).toBe('http.502')
  })
})

describe('where the page lives', () => {
  it.each([
    ['/wuzhong/console/cases/1', undefined, { slug: 'wuzhong', prefix: '/wuzhong' }],
    ['/wuzhong/console/', 'wuzhong', { slug: 'wuzhong', prefix: '/wuzhong' }],
    ['/console/cases', 'wuzhong', { slug: 'wuzhong', prefix: '' }],
  ])('%s', (path, meta, expected) => {
    expect(readBase(path, meta)).toEqual(expected)
  })
})
