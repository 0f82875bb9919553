import type { Due } from '#ui/clock/due.ts'
import type { SeverityLevel } from '#ui/severity/severity.ts'

/** One thing somebody has to do, whatever domain it comes from. */
export interface InboxItem {
  id: string
  caseId: number
  title: string
  /** Second line: number, class, what matters. */
  note: string
  severity?: SeverityLevel | null
  /** 我要做的, e.g. 立案. */
  task: string
  since: string
  source: string
  /** 在谁手里: a unit, or 本岗. */
  holder: string
  due?: Due | null
  /** The limit in words, e.g. 2 工作时. */
  limit?: string | null
  action?: { key: string; label: string } | null
  /** Items with the same kind may be done together; none means one by one. */
  bulkKind?: string | null
}
