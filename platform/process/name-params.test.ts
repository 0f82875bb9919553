import { expect, it } from 'vitest'
import type { ProcessDefinition } from '#platform/process/definition.ts'
import { withEnglishNames } from '#platform/process/name-params.ts'

const name = (zh: string, en: string) => ({ name: { 'zh-CN': zh, en } })
const body = {
  clocks: { handle: name('处置', 'Handling') },
  states: { handling: name('处置', 'Being handled') },
  actions: { sendBack: name('退单', 'Send back') },
} as unknown as ProcessDefinition

it('names of the flow get their English beside them, each by what it is the name of; other values are left alone', () => {
  expect(withEnglishNames(body, { clock: '处置', level: 2 })).toEqual({
    clock: '处置',
    'clock@en': 'Handling',
    level: 2,
  })
  expect(withEnglishNames(body, { state: '处置', action: '退单', did: '退单' })).toEqual({
    state: '处置',
    'state@en': 'Being handled',
    action: '退单',
    'action@en': 'Send back',
    did: '退单',
    'did@en': 'Send back',
  })
  expect(withEnglishNames(body, { clock: 'handle' })['clock@en' as 'clock']).toBe('Handling')
  expect(withEnglishNames(body, { clock: '没有', unit: '处置' })).toEqual({ clock: '没有', unit: '处置' })
})
