import { describe, expect, it } from 'vitest'
import { timeOfDay } from '#ui/schema-form/HoursField.tsx'

describe('a time of day as one types it', () => {
  it.each([
    ['9', '09:00'],
    ['930', '09:30'],
    ['9:30', '09:30'],
    ['13：30', '13:30'],
    [' 17.30 ', '17:30'],
    ['25:00', '25:00'],
    ['12:75', '12:75'],
    ['早上', '早上'],
  ])('%s → %s', (typed, read) => expect(timeOfDay(typed)).toBe(read))
})
