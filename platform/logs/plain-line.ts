const CLOCK = new Intl.DateTimeFormat('zh-CN', {
  hour: '2-digit',
  minute: '2-digit',
  second: '2-digit',
  hourCycle: 'h23',
  timeZone: 'Asia/Shanghai',
})

/** One JSON log line for a person at a terminal: time, level when it is not plain information, message, fields. */
export function plainLine(line: string): string {
  let entry: Record<string, unknown>
  try {
    entry = JSON.parse(line)
  } catch {
    return line
  }
  const { time, level, msg, err, traceId: _traceId, ...fields } = entry
  const rest = Object.entries(fields).map(
    ([key, value]) => `${key}=${typeof value === 'string' ? value : JSON.stringify(value)}`,
  )
  const head = [CLOCK.format(new Date(String(time))), level === 'info' ? '' : String(level).toUpperCase(), msg, ...rest]
  const stack = (err as { stack?: string } | undefined)?.stack
  return `${head.filter(Boolean).join(' ')}\n${stack ? `${stack}\n` : ''}`
}
