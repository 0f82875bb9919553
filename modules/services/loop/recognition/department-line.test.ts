import { mkdtempSync, rmSync, writeFileSync } from 'node:fs'
import { tmpdir } from 'node:os'
import { join } from 'node:path'
import { stringify } from 'csv-stringify/sync'
import { afterAll, describe, expect, it } from 'vitest'
import { stratifiedFolds } from '#platform/text/evaluation.ts'
import lines from '../data/department-lines.json' with { type: 'json' }
import { loadDepartmentLineModel } from './department-line-model.ts'
import { evaluateMessages } from './evaluate-messages.ts'
import { collect, type LabelledMessage, readLabelled } from './messages.ts'
import { recogniseLine } from './recognise-line.ts'

const folder = mkdtempSync(join(tmpdir(), 'yiti-messages-'))
afterAll(() => rmSync(folder, { recursive: true, force: true }))

const write = (name: string, messages: LabelledMessage[]) => {
  const file = join(folder, name)
  writeFileSync(file, stringify(messages, { header: true, columns: ['label', 'title', 'detail'] }))
  return file
}

describe('evaluation of messages', () => {
  it('learns from a third of the messages and is measured on messages it has not seen', async () => {
    const messages = await collect(readLabelled())
    const fold = stratifiedFolds(
      messages.map(({ label }) => label),
      6,
      7,
    )
    const train = write(
      'train.csv',
      messages.filter((_, i) => fold[i]! < 2),
    )
    const test = write(
      'test.csv',
      messages.filter((_, i) => fold[i] === 5),
    )
    const found = await evaluateMessages({ train, test })
    expect(found.macroF1).toBeGreaterThan(0.85)
    expect(Object.keys(found.perClass).sort()).toEqual(Object.keys(lines).sort())
    expect(found.trainMessages + found.testMessages).toBeLessThan(messages.length)
    expect(found.calibrationError).toBeLessThan(0.06)
  }, 300_000)

  it('names a file that has not the columns', async () => {
    const file = join(folder, 'wrong.csv')
    writeFileSync(file, 'a,b\n1,2\n')
    await expect(evaluateMessages({ train: file, test: file })).rejects.toThrow('wrong.csv')
    await expect(evaluateMessages({ train: join(folder, 'absent.csv'), test: file })).rejects.toThrow('ENOENT')
  })
})

describe('the model that comes with the product', () => {
  it.each([
    ['小区楼下烧烤店油烟大，夜里排烟管直接对着住户窗户，空气污染严重', 'environment'],
    ['出租车司机拒载，打表不打，多收费', 'transport'],
    ['学校违规补课乱收费，老师让学生到家里补习', 'education-culture-sports'],
    ['公司拖欠农民工工资半年，劳动监察一直没有结果', 'labour-social-security'],
    ['乡镇卫生院的医生态度恶劣，开错了药', 'health-family-planning'],
    ['景区门票涨价，导游强制购物', 'commerce-tourism'],
    ['小区物业不作为，绿化带被占用停车，路灯不亮', 'urban-construction'],
  ])('%s', (text, code) => {
    const found = recogniseLine(text)!
    expect(found.code).toBe(code)
    expect(found.none).toBe(false)
    expect(found.words.length).toBeGreaterThan(0)
    for (const word of found.words) expect(text).toContain(word)
  })

  it('turns away what belongs to none of its lines', () => {
    expect(recogniseLine('户口本丢了，派出所怎么补办户口簿')!.none).toBe(true)
    expect(recogniseLine('你好')).toBeNull()
  })

  it('knows where it comes from', () => {
    const { card } = loadDepartmentLineModel()
    expect(card.source).toMatch(/^[0-9a-f]{64}$/)
    expect(card.examples).toBe(5337)
    expect(card.crossValidation.macroF1).toBeGreaterThan(0.9)
  })
})
