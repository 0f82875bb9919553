/** What somebody chose for a list, kept on this device: which columns, which named filters. */
export interface SavedFilter {
  name: string
  values: Record<string, string>
}

export interface TableMemory {
  hidden?: string[]
  filters?: SavedFilter[]
}

const PREFIX = 'yiti.table.'

export function recall(key: string): TableMemory {
  try {
    return JSON.parse(localStorage.getItem(PREFIX + key) ?? '{}') as TableMemory
  } catch {
    return {}
  }
}

export function remember(key: string, memory: TableMemory): void {
  try {
    localStorage.setItem(PREFIX + key, JSON.stringify(memory))
  } catch {
    // The choice is then good for this visit only.
  }
}

/** Adds a named filter; the same name replaces. */
export function withFilter(memory: TableMemory, filter: SavedFilter): TableMemory {
  return { ...memory, filters: [...(memory.filters ?? []).filter((f) => f.name !== filter.name), filter] }
}

export function withoutFilter(memory: TableMemory, name: string): TableMemory {
  return { ...memory, filters: (memory.filters ?? []).filter((f) => f.name !== name) }
}

/** Whether two filters say the same; blanks do not count. */
export function sameFilter(a: Record<string, string | undefined>, b: Record<string, string | undefined>): boolean {
  const keys = new Set([...Object.keys(a), ...Object.keys(b)])
  return [...keys].every((key) => (a[key] || '') === (b[key] || ''))
}
