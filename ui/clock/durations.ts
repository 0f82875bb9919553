import { DAY, HOUR, MINUTE } from '#ui/clock/county-time.ts'
import type { Language } from '#ui/i18n/catalogue.ts'

const two = (n: number) => String(n).padStart(2, '0')

/**
 * How long a hop took, to the second: `34秒`, `2分05秒`, `1时59分06秒`, `2日03时`.
 * From two days on the minutes no longer matter and are left out.
 */
export function durationText(ms: number, language: Language = 'zh-CN'): string {
  const s = Math.max(0, Math.floor(ms / 1000))
  const days = Math.floor(s / 86_400)
  const hours = Math.floor(s / 3600)
  const minutes = Math.floor(s / 60) % 60
  const seconds = s % 60
  if (language === 'en') {
    if (days >= 2) return `${days}d ${Math.floor((s % 86_400) / 3600)}h`
    if (hours > 0) return `${hours}h ${two(minutes)}m ${two(seconds)}s`
    return minutes > 0 ? `${minutes}m ${two(seconds)}s` : `${seconds}s`
  }
  if (days >= 2) return `${days}日${two(Math.floor((s % 86_400) / 3600))}时`
  if (hours > 0) return `${hours}时${two(minutes)}分${two(seconds)}秒`
  return minutes > 0 ? `${minutes}分${two(seconds)}秒` : `${seconds}秒`
}

/** `刚刚`, `5 分钟前`, `2 小时前`, `3 天前`; older things show their date instead (undefined). */
export function agoText(ms: number, language: Language = 'zh-CN'): string | undefined {
  if (ms < MINUTE) return language === 'en' ? 'just now' : '刚刚'
  if (ms < HOUR) {
    const n = Math.floor(ms / MINUTE)
    return language === 'en' ? `${n} min ago` : `${n} 分钟前`
  }
  if (ms < DAY) {
    const n = Math.floor(ms / HOUR)
    return language === 'en' ? `${n} h ago` : `${n} 小时前`
  }
  if (ms < 7 * DAY) {
    const n = Math.floor(ms / DAY)
    return language === 'en' ? `${n} d ago` : `${n} 天前`
  }
  return undefined
}
