import { type SeverityLevel, severities } from '#ui/severity/severity.ts'

/** The server counts 1 red to 4 blue, 0 for none. */
export function severityOf(n: number): SeverityLevel | null {
  return severities[n - 1] ?? null
}
