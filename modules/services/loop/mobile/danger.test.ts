import fc from 'fast-check'
import { describe, expect, it } from 'vitest'
import { dangerIn } from '../domain/report-text.ts'
import { dangerOf } from './danger.ts'

describe('danger in what is being written', () => {
  it('asks about a charging cable and names the words', () => {
    expect(dangerOf('二单元一楼有人从家里拉电线到楼道给电动车充电')).toEqual({
      numbers: ['119'],
      words: ['电线', '充电'],
      life: false,
    })
  })

  it('puts police and ambulance together where a life is at stake', () => {
    expect(dangerOf('楼上有人说不想活了')).toMatchObject({ numbers: ['110', '120'], life: true })
  })

  it('stays quiet for everyday matters', () => {
    const mundane = [
      '路灯不亮',
      '垃圾桶满了没人清',
      '火锅店油烟大',
      '水管爆了请抢修',
      '有人在楼道抽烟',
      '半夜偷倒垃圾',
      '充电桩坏了',
    ]
    for (const text of mundane) expect(dangerOf(text), text).toBeUndefined()
  })

  it('quotes only what was written', () => {
    fc.assert(
      fc.property(fc.array(fc.constantFrom('着火', '冒烟', '打架', '晕倒', '路灯', '跳楼', '，', '树')), (parts) => {
        const text = parts.join('')
        for (const word of dangerOf(text)?.words ?? []) expect(text).toContain(word)
      }),
    )
  })

  it('never says less than the server does', () => {
    fc.assert(
      fc.property(
        fc.array(
          fc.constantFrom('着火', '持刀', '昏迷', '自杀', '煤气泄漏', '路灯', '拉线', '充电', '电瓶', '发烫', '。'),
        ),
        (parts) => {
          const text = parts.join('')
          const said = dangerOf(text)?.numbers ?? []
          for (const number of dangerIn(text)) expect(said).toContain(number)
        },
      ),
    )
  })
})
