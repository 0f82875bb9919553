/** 红橙黄蓝, worst first. */
export const severities = ['red', 'orange', 'yellow', 'blue'] as const
export type SeverityLevel = (typeof severities)[number]

/** 0 is worst; nothing known ranks last. */
export function severityRank(level: SeverityLevel | null | undefined): number {
  return level ? severities.indexOf(level) : severities.length
}
