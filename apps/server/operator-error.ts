/** Something the person at the terminal has to mend; shown as its text alone, Chinese first. */
export class OperatorError extends Error {
  constructor(zh: string, en: string) {
    super(`${zh}\n${en}`)
    this.name = 'OperatorError'
  }
}
