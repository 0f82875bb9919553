import type { RouteInput } from '#platform/contract/route.ts'
import type { listCases } from '#platform/process/contract.ts'
import { DAY, dayStart } from '#ui/clock/county-time.ts'
import type { Language } from '#ui/i18n/catalogue.ts'

type Filters = Omit<RouteInput<typeof listCases>, 'cursor' | 'limit' | 'count'>

const DAY_SHAPE = /^\d{4}-\d{2}-\d{2}$/
const yes = (value: string | undefined) => (value ? value === 'yes' : undefined)
const number = (value: string | undefined) => (value && /^\d{1,15}$/.test(value) ? Number(value) : undefined)

/** A county day in the address as an instant; `after` that many days. What is no day is left out. */
function instantOf(day: string | undefined, after: number): string | undefined {
  if (!day || !DAY_SHAPE.test(day)) return undefined
  const at = dayStart(day) + after * DAY
  return Number.isNaN(at) ? undefined : new Date(at).toISOString()
}

/** The list's conditions as the address has them: days of the county, both ends included. */
export function caseFilters(values: Readonly<Record<string, string>>): Filters {
  const to = instantOf(values.to, 1)
  const found = {
    q: values.q || undefined,
    definition: values.definition || undefined,
    town: values.town || undefined,
    village: values.village || undefined,
    source: values.source || undefined,
    phase: values.phase || undefined,
    state: values.state || undefined,
    line: values.line || undefined,
    unit: number(values.unit),
    classCode: values.classCode || undefined,
    severity: number(values.severity),
    open: yes(values.open),
    overdue: yes(values.overdue),
    from: instantOf(values.from, 0),
    // The last moment of the day: the interface counts its end in.
    to: to && new Date(Date.parse(to) - 1).toISOString(),
    undelivered: values.undelivered === 'yes' ? true : undefined,
  }
  return Object.fromEntries(Object.entries(found).filter(([, value]) => value !== undefined)) as Filters
}

interface Flow {
  key: string
  version: number
  states: readonly { key: string; name: Record<Language, string> }[]
}

/** States of one flow, or of all of them; one that several flows have is one choice with all its names. */
export function stateChoices(flows: readonly Flow[], flow: string | undefined, language: Language) {
  const names = new Map<string, Set<string>>()
  const newestFirst = [...flows].sort((a, b) => b.version - a.version)
  const named = new Set<string>()
  for (const { key, states } of newestFirst) {
    if (flow && key !== flow) continue
    for (const state of states) {
      // An older version's name of a state that the newest one still has is not said twice.
      if (named.has(`${key}/${state.key}`)) continue
      named.add(`${key}/${state.key}`)
      names.set(state.key, (names.get(state.key) ?? new Set()).add(state.name[language]))
    }
  }
  return [...names].map(([value, all]) => ({ value, label: [...all].join(' / ') }))
}
