import { getDefinition, listDefinitions } from '#platform/process/contract.ts'
import type { ProcessDefinition } from '#platform/process/definition.ts'
import { useApi } from '#ui/api/use-api.ts'

export type ShownDefinition = ProcessDefinition & { id: number }

/** One version of a flow. A case is shown with its own: what was filled in then is labelled as it was asked then. */
export function useDefinition(definitionId: number | undefined): ShownDefinition | undefined {
  const one = useApi(
    getDefinition,
    { definitionId: definitionId ?? 0 },
    { enabled: definitionId !== undefined, staleTime: 300_000 },
  )
  return one.data && one.data.id === definitionId
    ? { ...(one.data.body as unknown as ProcessDefinition), id: one.data.id }
    : undefined
}

/** The newest published version of a kind of case, for what speaks of all its cases. */
export function useNewestDefinition(key: string): ShownDefinition | undefined {
  const list = useApi(listDefinitions, {}, { staleTime: 300_000 })
  const versions = (list.data?.items ?? []).filter((d) => d.key === key && d.status !== 'draft')
  return useDefinition(versions.sort((a, b) => b.version - a.version)[0]?.id)
}
