import { randomInt } from 'node:crypto'

/** Letters and figures that nobody mixes up when a password is read out or copied from paper. */
const LETTERS = 'abcdefghjkmnpqrstuvwxyz'
const CAPITALS = 'ABCDEFGHJKLMNPQRSTUVWXYZ'
const FIGURES = '23456789'
const ALL = LETTERS + CAPITALS + FIGURES
const GROUPS = 4
const GROUP = 4

/** A one-time password to be handed over: four groups of four, about 93 bits, with letters of both cases and figures. */
export function drawInitialPassword(draw: (below: number) => number = (below) => randomInt(below)): string {
  for (;;) {
    const groups = Array.from({ length: GROUPS }, () =>
      Array.from({ length: GROUP }, () => ALL[draw(ALL.length)]).join(''),
    )
    const text = groups.join('-')
    if (/[a-z]/.test(text) && /[A-Z]/.test(text) && /[0-9]/.test(text)) return text
  }
}
