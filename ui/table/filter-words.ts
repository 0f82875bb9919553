/** A span of county days as a chip says it: one day once, an open end by a dash. */
export function spanWords(from: string, to: string): string {
  if (!from && !to) return ''
  if (from === to) return from
  return `${from}–${to}`
}

/** The choices that hold every word typed, in whatever order and case; those that begin with it first. */
export function matching<T extends { label: string }>(options: readonly T[], typed: string): T[] {
  const words = typed.trim().toLowerCase().split(/\s+/)
  const found = options.filter(({ label }) => words.every((word) => label.toLowerCase().includes(word)))
  const first = words[0] ?? ''
  const begins = ({ label }: T) => (label.toLowerCase().startsWith(first) ? 0 : 1)
  return found.sort((a, b) => begins(a) - begins(b))
}
