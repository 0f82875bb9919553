/** What somebody has begun to fill in, kept on this device until it is sent, thrown away, or the person logs out. */
const PREFIX = 'yiti.draft.'
const KEEP_MS = 14 * 86_400_000

export interface Draft {
  at: number
  values: Record<string, unknown>
}

export function loadDraft(key: string): Draft | undefined {
  try {
    const raw = localStorage.getItem(PREFIX + key)
    if (!raw) return undefined
    const draft = JSON.parse(raw) as Draft
    if (Date.now() - draft.at > KEEP_MS) {
      localStorage.removeItem(PREFIX + key)
      return undefined
    }
    return draft
  } catch {
    return undefined
  }
}

export function saveDraft(key: string, values: Record<string, unknown>): void {
  try {
    if (Object.keys(values).length === 0) localStorage.removeItem(PREFIX + key)
    else localStorage.setItem(PREFIX + key, JSON.stringify({ at: Date.now(), values } satisfies Draft))
  } catch {
    // A full or forbidden store only means that nothing is kept.
  }
}

export function dropDraft(key: string): void {
  saveDraft(key, {})
}

/** At log-out: a shared desk must not show the next person what the last one typed. */
export function dropAllDrafts(): void {
  try {
    for (const key of Object.keys(localStorage)) if (key.startsWith(PREFIX)) localStorage.removeItem(key)
  } catch {
    // Nothing is kept, nothing is to be dropped.
  }
}
