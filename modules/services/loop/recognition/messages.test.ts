import { describe, expect, it } from 'vitest'
import { collect, parseMessageTime, readAnswered, readAppeals, readLabelled, readTaxonomy } from './messages.ts'

describe('times of messages', () => {
  it('are read in every spelling of the files, as Shanghai time', () => {
    expect(parseMessageTime('2019/4/25 9:32:09')).toEqual(new Date('2019-04-25T09:32:09+08:00'))
    expect(parseMessageTime('2019/10/9')).toEqual(new Date('2019-10-09T00:00:00+08:00'))
    expect(parseMessageTime('2019-04-25 09:32')).toEqual(new Date('2019-04-25T09:32:00+08:00'))
    // spreadsheet: 43466 = 2019-01-01
    expect(parseMessageTime('43466')).toEqual(new Date('2019-01-01T00:00:00+08:00'))
    expect(parseMessageTime('43782.472465277802')).toEqual(new Date('2019-11-13T11:20:21+08:00'))
  })

  it('that do not exist are not made up', () => {
    for (const cell of ['', '昨天', '2019/2/30', '2019/13/1', '2019/1/1 25:00:00', '123', '0'])
      expect(parseMessageTime(cell)).toBeUndefined()
  })
})

describe('the messages that come with the product', () => {
  it('are all there, every time readable, originals kept', async () => {
    const appeals = await collect(readAppeals())
    expect(appeals).toHaveLength(4326)
    expect(appeals.flatMap(({ problems }) => problems)).toEqual([])
    expect(appeals.filter(({ original }) => /^\d{5}(\.\d+)?$/.test(original.time!))).toHaveLength(129)
    const times = appeals.map(({ time }) => time!.getTime())
    expect(new Date(Math.min(...times)).getFullYear()).toBeGreaterThanOrEqual(2010)
    expect(new Date(Math.max(...times)).getFullYear()).toBeLessThanOrEqual(2020)
    expect(new Set(appeals.map(({ id }) => id)).size).toBe(4326)
    expect(appeals.every(({ title, detail }) => title !== '' || detail !== '')).toBe(true)

    const answered = await collect(readAnswered())
    expect(answered).toHaveLength(2816)
    expect(answered.flatMap(({ problems }) => problems)).toEqual([])
    expect(answered.every(({ reply }) => reply !== '')).toBe(true)

    const labelled = await collect(readLabelled())
    expect(labelled).toHaveLength(5337)
    expect(new Set(labelled.map(({ label }) => label)).size).toBe(7)
    expect(await collect(readTaxonomy())).toHaveLength(517)
  })
})
