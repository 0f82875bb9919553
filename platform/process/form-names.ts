import type { ProcessDefinition } from '#platform/process/definition.ts'
import type { Directory } from '#platform/process/directory.ts'

export interface NamedField {
  format?: string
  items?: { format?: string }
}

/** What a filled-in value stands for, so that nobody reads an id. */
export function nameOf(kind: string, value: unknown, directory: Directory): string | undefined {
  if (kind === 'unit' && typeof value === 'number') return directory.unit(value)?.name
  if (kind === 'account' && typeof value === 'number') return directory.accountName(value)
  if (kind === 'class' && typeof value === 'string') return directory.className(value)
  return undefined
}

/** Kind of thing that a field chooses among; one or several of it. */
export function kindOf(field: NamedField): string | undefined {
  const format = field.format ?? field.items?.format
  return format === 'units' ? 'unit' : format
}

/**
 * Names of the units, people and classes that forms of a flow hold.
 * @param filled each with the form that asked for it
 */
export function formNames(
  filled: readonly { schema: Record<string, unknown> | undefined; form: Record<string, unknown> | null }[],
  directory: Directory,
): Record<string, string> {
  const names: Record<string, string> = {}
  for (const { schema, form } of filled)
    for (const [key, field] of Object.entries((schema?.properties ?? {}) as Record<string, NamedField>)) {
      const kind = kindOf(field)
      const value = form?.[key]
      if (!kind || value === undefined) continue
      for (const one of Array.isArray(value) ? value : [value]) {
        const name = nameOf(kind, one, directory)
        if (name) names[`${kind}:${one}`] = name
      }
    }
  return names
}

/** The form that a hop was filled in with. */
export function formOfHop(body: ProcessDefinition, action: string): Record<string, unknown> | undefined {
  return action === 'start' ? body.start.form : body.actions[action]?.form
}
