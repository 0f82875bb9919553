import type { ProcessDefinition } from '#platform/process/definition.ts'

type Params = Readonly<Record<string, string | number | boolean | null>>

/**
 * Values of a wording with the flow's own names in English beside them: `clock`, and `clock@en` for an English reader. Hops
 * and refusals hold the Chinese name, because it was the name at that moment; the case's version of the flow knows the other.
 */
export function withEnglishNames<P extends Params>(body: ProcessDefinition, params: P): P {
  const named = {
    clock: body.clocks,
    state: body.states,
    action: body.actions,
    did: body.actions,
  }
  const more: Record<string, string> = {}
  for (const [param, things] of Object.entries(named)) {
    const given = params[param]
    const found = Object.entries(things).find(([key, { name }]) => name['zh-CN'] === given || key === given)
    if (found) more[`${param}@en`] = found[1].name.en
  }
  return { ...params, ...more }
}
