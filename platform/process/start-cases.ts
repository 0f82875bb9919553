import type { Context } from '#platform/command/context.ts'
import type { CaseState } from '#platform/process/case.store.ts'
import { insertCases, insertFirstHops, takeNumbers } from '#platform/process/case-batch.store.ts'
import { type PreparedStart, prepareStart, recordStart, type StartInput } from '#platform/process/engine.ts'
import { indexCases } from '#platform/search/case-index.ts'

/** A case that is to be opened with others: judged, not yet written. */
export interface ReadyStart {
  input: Omit<StartInput, 'link'>
  prepared: PreparedStart
}

/** Judges one case of a batch by the rules of `startCase`; what is refused here keeps nobody else from being opened. */
export async function readyStart(context: Context, input: Omit<StartInput, 'link'>): Promise<ReadyStart> {
  return { input, prepared: await prepareStart(context, input) }
}

/**
 * Opens many cases in a few statements: the same rows as `startCase` would leave for each of them, one after the other
 * (start-cases.test.ts compares them table by table). All of them or, where one cannot be written, none.
 * @returns the cases in the order given
 */
export async function startCases(context: Context, starts: readonly ReadyStart[]): Promise<CaseState[]> {
  if (starts.length === 0) return []
  const { tx } = context
  const hops = starts.map(({ prepared }) => prepared.hop)
  const amounts = new Map<string, number>()
  for (const { prepared } of starts) amounts.set(prepared.prefix, (amounts.get(prepared.prefix) ?? 0) + 1)
  const last = await takeNumbers(tx, amounts)
  for (const { prepared } of starts) {
    const next = last.get(prepared.prefix)! + 1
    last.set(prepared.prefix, next)
    prepared.hop.case.number = `${prepared.prefix}${String(next).padStart(4, '0')}`
  }
  await insertCases(tx, hops)
  await insertFirstHops(tx, hops)
  await indexCases(
    tx,
    starts.map(({ input, prepared }) => ({
      state: prepared.hop.case,
      text: input.searchText ?? '',
      personTokens: input.personTokens ?? [],
    })),
  )
  for (const { prepared } of starts) recordStart(context, prepared)
  return hops.map((hop) => hop.case)
}
