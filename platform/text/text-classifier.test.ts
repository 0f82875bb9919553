import fc from 'fast-check'
import { describe, expect, it } from 'vitest'
import { calibrationError, fitCalibration, probabilities } from './calibration.ts'
import { type LabelledText, TextClassifier, trainTextClassifier } from './text-classifier.ts'
import { eachFeature, featureText, prepare, titled } from './text-features.ts'

/** A small made-up world: three matters, each told in several ways. */
const MATTERS: Record<string, string[]> = {
  噪音: ['烧烤店半夜噪音扰民', '工地施工噪音影响睡觉', '广场舞音响噪音太大', '酒吧凌晨噪音不断', '装修噪音从早到晚'],
  停水: ['小区停水三天没人管', '自来水水压太低经常停水', '停水没有提前通知', '水管爆裂导致停水', '高层住户夏天总停水'],
  欠薪: ['工厂拖欠工资三个月', '包工头不发工资', '老板跑路工资没结', '公司克扣工资', '年底工资还没发'],
}
const TAILS = ['，请处理', '，找过物业没用', '，希望尽快解决', '，已经很久了', '，打电话也没人接', '，住在三楼']
const examples: LabelledText[] = Object.entries(MATTERS).flatMap(([label, openings]) =>
  openings.flatMap((opening) => TAILS.map((tail) => ({ label, ...titled(opening + tail) }))),
)
const model = trainTextClassifier(examples, {
  source: 'made up',
  trainedAt: new Date('2026-09-30T01:00:00Z'),
  outside: ['土地征收补偿', '户口迁移手续', '低保申请条件'].map((text) => titled(text)),
})

describe('features', () => {
  it('carry no names of masked places and no numbers', () => {
    expect(featureText('Ａ7县星沙镇 2019年')).toBe('县星沙镇 0年')
  })

  it('do not cross punctuation, and lie where they say', () => {
    const prepared = prepare({ title: '', text: '停水。三天' })
    const runs: string[] = []
    eachFeature(prepared, (kind, _key, from, to) => {
      if (kind === 1) runs.push(prepared.body.text.slice(from, to))
    })
    expect(runs).toEqual(['停', '停水', '水', '三', '三天', '天'])
  })

  it('take the first sentence as title where there is none', () => {
    expect(titled('路灯坏了。晚上很黑。').title).toBe('路灯坏了')
    expect(titled('路灯坏了。晚上很黑。', '报修').title).toBe('报修')
  })
})

describe('text classifier', () => {
  it('recognises what it has learned, with the words that decided', () => {
    const found = model.classifyWithWords(titled('饭店半夜噪音扰民，孩子没法睡'))
    expect(found.label).toBe('噪音')
    expect(found.words[0]).toBe('噪音')
    expect(found.none).toBe(false)
    expect(found.confidence).toBeGreaterThan(0.6)
    expect(found.ranked.reduce((sum, { confidence }) => sum + confidence, 0)).toBeCloseTo(1)
  })

  it('says none of these to what it has never seen', () => {
    expect(model.classify(titled('身份证过期了去哪里补办')).none).toBe(true)
    expect(model.classify(titled('')).none).toBe(true)
  })

  it('is the same after a trip through its file', () => {
    const again = TextClassifier.fromFile(model.toFile())
    expect(again.card).toEqual(model.card)
    expect(again.card.trainedAt).toBe('2026-09-30T01:00:00.000Z')
    for (const text of ['又停水了', '工资什么时候发', '今天天气不错']) {
      const [before, after] = [model.classify(titled(text)), again.classify(titled(text))]
      expect(after.label).toBe(before.label)
      expect(after.none).toBe(before.none)
      expect(after.confidence).toBeCloseTo(before.confidence, 2)
    }
  })

  it('is the same again when trained again', () => {
    const again = trainTextClassifier(examples, {
      outside: ['土地征收补偿', '户口迁移手续', '低保申请条件'].map((text) => titled(text)),
    })
    const text = titled('自来水好几天没有了')
    expect(again.classify(text)).toEqual(model.classify(text))
  })

  it('keeps its answers when pruned to the features that matter', () => {
    const small = model.pruned(200)
    expect(small.features).toBe(200)
    for (const { label, ...text } of examples) expect(small.classify(text).label).toBe(label)
  })

  it('takes any text', () => {
    fc.assert(
      fc.property(
        fc.string({ unit: 'binary', maxLength: 300 }),
        fc.string({ unit: 'binary', maxLength: 40 }),
        (text, title) => {
          const { confidence, words } = model.classifyWithWords(titled(text, title))
          expect(confidence).toBeGreaterThan(1 / 3 - 1e-9)
          expect(words.length).toBeLessThanOrEqual(5)
        },
      ),
    )
    const long = model.classify(titled('停水'.repeat(500_000)))
    expect(long.label).toBe('停水')
  })

  it('refuses a file of something else and a single class', () => {
    expect(() => TextClassifier.fromFile(Buffer.from('no'))).toThrow()
    expect(() => trainTextClassifier(examples.filter(({ label }) => label === '噪音'))).toThrow()
  })
})

describe('calibration', () => {
  it('finds how sure scores may be', () => {
    // Of every ten with the higher score for class 0, seven are of class 0.
    const scores = Array.from({ length: 1000 }, () => Float64Array.of(1, -1))
    const labels = scores.map((_, i) => (i % 10 < 7 ? 0 : 1))
    const calibration = fitCalibration(scores, labels)
    const chance = probabilities(calibration, scores[0]!)
    expect(chance[0]).toBeCloseTo(0.7, 3)
    expect(
      calibrationError(
        scores.map(() => chance[0]!),
        labels.map((label) => label === 0),
      ),
    ).toBeLessThan(0.001)
  })
})
