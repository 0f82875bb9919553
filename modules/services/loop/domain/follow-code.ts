import { randomInt } from 'node:crypto'

/** Without letters and digits that are mistaken for each other when read out. */
const ALPHABET = '23456789ABCDEFGHJKMNPQRSTUVWXYZ'
const LENGTH = 8

/** A new follow-up code (查询码): 31^8 possibilities, guessed only against the rate limit. */
export function newFollowCode(): string {
  return Array.from({ length: LENGTH }, () => ALPHABET[randomInt(ALPHABET.length)]).join('')
}

/** What a person typed, as it is compared: spaces and hyphens fall away, case does not matter. */
export function normaliseFollowCode(typed: string): string {
  return typed.normalize('NFKC').toUpperCase().replace(/[\s-]/g, '')
}
