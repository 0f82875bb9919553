import type { Context } from '#platform/command/context.ts'
import { findCase } from '#platform/process/case.store.ts'
import { actOnLoaded } from '#platform/process/engine.ts'
import { linkedTo } from '#platform/process/link.store.ts'

/** The flow's action that opens the linked case (重办). */
const REDO = 'redo'

/**
 * Opens the linked case that does a matter again after a call-back with a bad result. The case stays on the version of the flow
 * it began with: where that one knows no 重办, or its state allows none, nothing is opened and the result keeps the wish.
 * @returns id of the new case
 */
export async function openRedoAfterCallback(
  context: Context,
  caseId: number,
  reason: string,
): Promise<number | undefined> {
  const loaded = await findCase(context.tx, caseId, true)
  if (!loaded) return undefined
  const action = context.here.definitions.byId(loaded.case.definitionId).body.actions[REDO]
  if (!action?.from.includes(loaded.case.state)) return undefined
  const before = new Set(await linkedTo(context.tx, caseId, 'redo'))
  // Whoever calls back needs no right to take cases up: the rule does it.
  const byRule: Context = { ...context, actor: { kind: 'system', name: 'loop.callback' } }
  await actOnLoaded(byRule, loaded, { caseId, action: REDO, form: { reason } })
  return (await linkedTo(context.tx, caseId, 'redo')).find((id) => !before.has(id))
}
