import { getDefinition, listDefinitions } from '#platform/process/contract.ts'
import type { ProcessDefinition } from '#platform/process/definition.ts'
import { useApi } from '#ui/api/use-api.ts'

/** The published definition of a kind of case, for labels and the drawing. */
export function useDefinition(key: string): (ProcessDefinition & { id: number }) | undefined {
  const list = useApi(listDefinitions, {}, { staleTime: 300_000 })
  const versions = (list.data?.items ?? []).filter((d) => d.key === key && d.status !== 'draft')
  const newest = versions.sort((a, b) => b.version - a.version)[0]
  const one = useApi(getDefinition, { definitionId: newest?.id ?? 0 }, { enabled: Boolean(newest), staleTime: 300_000 })
  return one.data && newest ? { ...(one.data.body as unknown as ProcessDefinition), id: newest.id } : undefined
}
