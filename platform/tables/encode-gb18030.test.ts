import fc from 'fast-check'
import { expect, it } from 'vitest'
import { encodeGb18030 } from './encode-gb18030.ts'

it('is read back as it was written, whatever the characters', () => {
  const text = '吴中区，木渎镇“香溪”①㐀𠮷 abc\r\n'
  expect(encodeGb18030('姓名').toString('hex')).toBe('d0d5c3fb')
  expect(new TextDecoder('gb18030').decode(encodeGb18030(text))).toBe(text)
  fc.assert(
    fc.property(fc.string({ unit: 'binary', maxLength: 40 }), (any) => {
      // What the decoder itself cannot tell apart (a few code points of private use) is left out.
      const written = any.replace(/[\ue000-\uf8ff\ufffd\ufeff\u0080]/g, '')
      expect(new TextDecoder('gb18030').decode(encodeGb18030(written))).toBe(written)
    }),
  )
})
