import fc from 'fast-check'
import { describe, expect, it } from 'vitest'
import { looksLikeChat, readChat } from './chat-text.ts'

const BODY = '香溪花苑3幢楼道有人拉电线充电'

describe('a pasted chat', () => {
  it.each([
    ['WeChat on the desk', `李阿姨:\n${BODY}\n\n网格员小王:\n收到`],
    ['WeChat with times', `李阿姨 2026/9/30 16:20:05\n${BODY}\n网格员小王 2026/9/30 16:21\n收到`],
    ['WeChat on the phone', `————— 2026-9-30 —————\n\n李阿姨  16:20\n\n${BODY}\n\n网格员小王  16:21\n\n收到`],
    ['QQ', `2026-09-30 16:20:05 李阿姨(10001)\n${BODY}\n2026-09-30 16:21:00 网格员小王(10002)\n收到`],
    ['DingTalk', `李阿姨 昨天 16:20\n${BODY}\n网格员小王 下午 4:21\n收到`],
    ['lines that begin with a name', `李阿姨：${BODY}\n网格员小王：收到`],
  ])('of %s is read as who said what', (_what, pasted) => {
    expect(looksLikeChat(pasted)).toBe(true)
    const chat = readChat(pasted)
    expect(chat.messages.map(({ name, text }) => [name, text])).toEqual([
      ['李阿姨', BODY],
      ['网格员小王', '收到'],
    ])
    expect(chat.text).toBe(`${BODY}\n收到`)
  })

  it('gives up nicknames, mentions and numbers, and counts what did not come along', () => {
    const chat = readChat(
      '李阿姨 16:20\n@网格员小王 你来看看，打我电话 138-1234-5678\n[图片]\n[图片]\n网格员小王 16:21\n李阿姨家楼下？',
    )
    expect(chat.text).toBe('你来看看，打我电话\n某某家楼下？')
    expect(chat.phones).toEqual(['13812345678'])
    expect(chat.attachments).toBe(2)
  })

  it('is not any text', () => {
    expect(looksLikeChat('小区门口路灯不亮，已经三天了')).toBe(false)
    expect(looksLikeChat('地点：香溪花苑3幢\n时间：昨天晚上')).toBe(false)
    expect(readChat('小区门口路灯不亮\n已经三天了').text).toBe('小区门口路灯不亮\n已经三天了')
  })

  const name = fc.stringMatching(/^[赵钱孙李周吴郑王]{1}[甲乙丙丁戊己庚辛]{1,3}$/)
  const body = fc.string({
    unit: fc.constantFrom(...'楼道里有人充电拉线很危险请来看一下'),
    minLength: 1,
    maxLength: 20,
  })
  const phone = fc.integer({ min: 0, max: 99_999_999 }).map((n) => `139${String(n).padStart(8, '0')}`)
  const message = fc.record({ name, body, phone: fc.option(phone, { nil: undefined }) })

  it('keeps every word that was said, in order, and never a name or a number', () => {
    const head = fc.constantFrom<(name: string) => string>(
      (who) => `${who}:`,
      (who) => `${who} 2026/9/30 16:20:05`,
      (who) => `${who}  16:20`,
      (who) => `2026-09-30 16:20:05 ${who}(10001)`,
    )
    fc.assert(
      fc.property(fc.array(message, { minLength: 1, maxLength: 8 }), head, (said, headed) => {
        const pasted = said.map((m) => `${headed(m.name)}\n${m.body}${m.phone ?? ''}\n`).join('\n')
        const chat = readChat(pasted)
        expect(chat.messages.map((m) => m.name)).toEqual(said.map((m) => m.name))
        expect(chat.text).toBe(said.map((m) => m.body).join('\n'))
        for (const each of said) {
          expect(chat.text).not.toContain(each.name)
          if (each.phone) expect(chat.phones).toContain(each.phone)
        }
      }),
    )
  })

  it('takes any text without failing and leaves no number in it', () => {
    fc.assert(
      fc.property(fc.string({ maxLength: 300 }), phone, (text, number) => {
        const chat = readChat(`${text} ${number}`)
        expect(chat.text).not.toContain(number)
      }),
    )
  })
})
