/** One thing that experts score. */
export interface Criterion {
  key: string
  name: string
}

export interface Average {
  mean: number
  lowest: number
  highest: number
  /** Highest less lowest: how far the experts lie apart. */
  spread: number
}

export interface Averages {
  criteria: (Criterion & Average)[]
  /** Of each expert's own mean over all criteria. */
  total: Average
  experts: number
}

/** To one decimal, halves up; the small addend undoes what binary fractions lose (85.05 is stored as a little less). */
function round(value: number): number {
  return Math.round((value + 1e-9) * 10) / 10
}

function averageOf(values: readonly number[]): Average {
  const [lowest, highest] = [round(Math.min(...values)), round(Math.max(...values))]
  return {
    mean: round(values.reduce((sum, value) => sum + value, 0) / values.length),
    lowest,
    highest,
    // Of the rounded ends, so that what stands on paper adds up.
    spread: round(highest - lowest),
  }
}

/** The criteria of a scoring form: its numbers, in order; a range in brackets after the title is left out. */
export function criteriaOf(form: Record<string, unknown> | undefined): Criterion[] {
  const fields = (form?.properties ?? {}) as Record<string, { type?: string; title?: string }>
  return Object.entries(fields)
    .filter(([, field]) => field.type === 'number' || field.type === 'integer')
    .map(([key, field]) => ({ key, name: (field.title ?? key).replace(/（.*）$/, '') }))
}

/** Mean, lowest, highest and spread for each criterion and in all, to one decimal. Every form has every criterion. */
export function averageScores(criteria: readonly Criterion[], forms: readonly Record<string, unknown>[]): Averages {
  const scores = forms.map((form) => criteria.map(({ key }) => Number(form[key])))
  return {
    criteria: criteria.map((criterion, index) => ({ ...criterion, ...averageOf(scores.map((row) => row[index]!)) })),
    total: averageOf(scores.map((row) => row.reduce((sum, value) => sum + value, 0) / criteria.length)),
    experts: forms.length,
  }
}
