/** The department line (条线) that a text speaks of, with its confidence and the words that decided. */
export interface RecognisedLine {
  code: string
  name: string
  /** Calibrated, 0–1. */
  confidence: number
  words: string[]
  /** None of the known lines, or not sure enough: a person decides. */
  none: boolean
}

let recogniser: ((text: string) => RecognisedLine) | undefined

/** Puts the trained model to use; until then nothing is recognised. */
export function useLineRecogniser(recognise: (text: string) => RecognisedLine): void {
  recogniser = recognise
}

/** Undefined while no model is loaded. */
export function recogniseLine(text: string): RecognisedLine | undefined {
  return recogniser?.(text)
}
