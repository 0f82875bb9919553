import type { Fault } from '#modules/foundation/grid/domain/plan.ts'

type Say = (key: string, params?: Record<string, string | number>) => string

/** A fault in a sentence: what is wrong, with whom, how much. */
export function faultWords(t: Say, fault: Pick<Fault, 'kind' | 'params'>): string {
  const { area, least, ...rest } = fault.params
  const metres = (value: string | number | undefined) =>
    value === undefined ? '' : Number(value).toLocaleString('en-US')
  return t(`grid.fault.${fault.kind}`, { ...rest, area: metres(area), least: metres(least) })
}
