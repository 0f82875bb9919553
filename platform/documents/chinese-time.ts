/** China has one zone without summer time: every date on paper is in it, wherever the server stands. */
const offset = 8 * 3_600_000

function shifted(at: Date): Date {
  return new Date(at.getTime() + offset)
}

const two = (value: number) => String(value).padStart(2, '0')

/** 2026年10月13日, without leading zeros, as official documents write it. */
export function chineseDate(at: Date): string {
  const local = shifted(at)
  return `${local.getUTCFullYear()}年${local.getUTCMonth() + 1}月${local.getUTCDate()}日`
}

/** 2026年10月13日17时30分 */
export function chineseDateTime(at: Date): string {
  const local = shifted(at)
  return `${chineseDate(at)}${local.getUTCHours()}时${two(local.getUTCMinutes())}分`
}

/** 2026-10-13 17:30:00, for tables. */
export function secondsStamp(at: Date): string {
  return shifted(at).toISOString().slice(0, 19).replace('T', ' ')
}

/** 23 秒, 16 分 41 秒, 2 小时 5 分, 3 天 4 小时: the two largest units. */
export function chineseDuration(seconds: number): string {
  const whole = Math.max(0, Math.round(seconds))
  const parts: [number, string][] = [
    [Math.floor(whole / 86_400), '天'],
    [Math.floor((whole % 86_400) / 3_600), '小时'],
    [Math.floor((whole % 3_600) / 60), '分'],
    [whole % 60, '秒'],
  ]
  const first = parts.findIndex(([value]) => value > 0)
  if (first === -1) return '0 秒'
  return parts
    .slice(first, first + 2)
    .filter(([value]) => value > 0)
    .map(([value, unit]) => `${value} ${unit}`)
    .join(' ')
}
