import fc from 'fast-check'
import { describe, expect, it } from 'vitest'
import { evaluateLabels, nearDuplicateGroups, stratifiedFolds } from './evaluation.ts'

describe('evaluation', () => {
  it('computes F1 by hand', () => {
    const found = evaluateLabels(['a', 'a', 'a', 'b', 'b', 'c'], ['a', 'a', 'b', 'b', 'c', 'a'])
    // a: 2 of 3 said, 2 of 3 are → 2/3; b: 1 of 2, 1 of 2 → 1/2; c: none right → 0
    expect(found.perClass.a).toEqual({ precision: 0.6667, recall: 0.6667, f1: 0.6667, count: 3 })
    expect(found.perClass.b!.f1).toBe(0.5)
    expect(found.perClass.c!.f1).toBe(0)
    expect(found.macroF1).toBe(0.3889)
    expect(found.accuracy).toBe(0.5)
  })

  it('refuses to evaluate nothing', () => {
    expect(() => evaluateLabels([], [])).toThrow()
    expect(() => evaluateLabels(['a'], [])).toThrow()
  })
})

describe('folds', () => {
  it('keep class shares even and groups together', () => {
    fc.assert(
      fc.property(
        fc.array(fc.record({ label: fc.constantFrom('a', 'b', 'c'), group: fc.nat(40) }), { minLength: 1 }),
        fc.nat(),
        (rows, seed) => {
          // a group takes the label of its first member
          const first = new Map<number, string>()
          for (const { label, group } of rows) if (!first.has(group)) first.set(group, label)
          const labels = rows.map(({ group }) => first.get(group)!)
          const fold = stratifiedFolds(
            labels,
            5,
            seed,
            rows.map(({ group }) => group),
          )
          const foldOf = new Map<number, number>()
          rows.forEach(({ group }, i) => {
            expect(foldOf.get(group) ?? fold[i]).toBe(fold[i])
            foldOf.set(group, fold[i]!)
          })
          for (const label of ['a', 'b', 'c']) {
            const counts = [0, 0, 0, 0, 0]
            for (const [group, own] of first) if (own === label) counts[foldOf.get(group)!]!++
            expect(Math.max(...counts) - Math.min(...counts)).toBeLessThanOrEqual(1)
          }
        },
      ),
    )
  })
})

describe('near copies', () => {
  const base = '小区楼下的烧烤店每天营业到凌晨两点，油烟直接排到住户窗前，多次反映无人处理，请有关部门尽快解决。'

  it('are found with a few words changed, or inside a longer text', () => {
    const groups = nearDuplicateGroups([
      base,
      '医院挂号排队时间太长，建议增加窗口，老人不会用手机预约，希望保留人工服务。',
      base.replace('两点', '三点'),
      `领导您好。${base}谢谢领导。另外小区电梯经常停运。`,
    ])
    expect(groups[2]).toBe(groups[0])
    expect(groups[3]).toBe(groups[0])
    expect(groups[1]).not.toBe(groups[0])
  })

  it('do not join empty texts', () => {
    expect(new Set(nearDuplicateGroups(['', '', '短'])).size).toBe(3)
  })
})
