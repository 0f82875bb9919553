/** What somebody pasted out of a chat, read as messages; the text of a report made of it names nobody. */

export interface ChatMessage {
  name: string
  /** As it stood in the chat, e.g. `16:20`, `昨天 16:20`, `2026/9/30 16:20:05`; null where none stood. */
  at: string | null
  text: string
  /** Pictures, voices and files that a paste does not bring along. */
  attachments: number
}

export interface ReadChat {
  messages: ChatMessage[]
  /** Bodies in order, one line each, without nicknames and telephone numbers. */
  text: string
  /** Telephone numbers that stood in it, each once. */
  phones: string[]
  attachments: number
}

const DAY =
  '(?:\\d{4}[-/.年]\\d{1,2}[-/.月]\\d{1,2}日?|\\d{1,2}[-/月]\\d{1,2}日?|今天|昨天|前天|星期[一二三四五六日天]|周[一二三四五六日天])'
const TIME = '(?:(?:上午|下午|晚上|凌晨|中午)\\s?)?\\d{1,2}:\\d{2}(?::\\d{2})?'
const NAME = '[^\\n:：]{1,24}?'
/** 李阿姨 2026/9/30 16:20:05 */
const NAME_THEN_TIME = new RegExp(`^(${NAME})[ \\t\\u3000]+((?:${DAY}[ \\t]*)?${TIME})[:：]?$`, 'u')
/** 2026-09-30 16:20:05 李阿姨(10001) */
const TIME_THEN_NAME = new RegExp(
  `^((?:${DAY}[ \\t]*)${TIME})[ \\t\\u3000]+(${NAME})(?:\\(\\d+\\)|<[^>]*>)?[:：]?$`,
  'u',
)
/** 李阿姨: on a line of its own. */
const NAME_ALONE = /^([^\n:：，。！？,.!?、；;]{1,24})[:：]$/u
/** 李阿姨：楼道里有人充电 */
const NAME_INLINE = /^([^\n:：，。！？,.!?、；;\d\s][^\n:：，。！？,.!?、；;\s]{0,11})[:：]\s*(\S.*)$/u
const RULE = /^[—–\-=─\s]{2,}.*[—–\-=─\s]{2,}$|^[—–\-=─]{3,}$/u
const ATTACHMENT = /\[(?:图片|照片|视频|语音|文件|位置|动画表情|表情|链接|Photo|Image|Video|Voice|File)[^\]]*\]/gu
const PHONE = /(?<!\d)(?:\+?86[- ]?)?1[3-9]\d[- ]?\d{4}[- ]?\d{4}(?!\d)|(?<!\d)0\d{2,3}-?\d{7,8}(?!\d)/gu
/** Stands where somebody was named. */
const SOMEBODY = '某某'

/** Words before a colon that are no names: a report may hold them. */
const NOT_A_NAME =
  /^(地点|地址|时间|情况|问题|电话|联系电话|联系人|姓名|编号|要求|诉求|原因|备注|注|https?|内容|事由|标题)$/u

interface Head {
  name: string
  at: string | null
  rest: string
}

function headOf(line: string, inline: boolean): Head | undefined {
  const named = NAME_THEN_TIME.exec(line)
  if (named) return { name: named[1]!.trim(), at: named[2]!, rest: '' }
  const timed = TIME_THEN_NAME.exec(line)
  if (timed) return { name: timed[2]!.trim(), at: timed[1]!, rest: '' }
  const alone = NAME_ALONE.exec(line)
  if (alone && !NOT_A_NAME.test(alone[1]!.trim())) return { name: alone[1]!.trim(), at: null, rest: '' }
  const spoken = inline ? NAME_INLINE.exec(line) : null
  return spoken && !NOT_A_NAME.test(spoken[1]!) ? { name: spoken[1]!, at: null, rest: spoken[2]! } : undefined
}

/** Heads with a time, or a name alone on its line, at least one; or two lines that begin with a name. */
export function looksLikeChat(text: string): boolean {
  const lines = text.split(/\r?\n/).map((line) => line.trim())
  const heads = lines.filter((line) => headOf(line, false)).length
  const spoken = lines.filter((line) => headOf(line, true)).length
  return (heads >= 1 && lines.filter(Boolean).length > 1) || spoken >= 2
}

/**
 * Reads a pasted chat (WeChat on the desk or phone, QQ, DingTalk). Text before the first name belongs to nobody and is kept.
 * No nickname and no telephone number is left in `text`.
 */
export function readChat(pasted: string): ReadChat {
  const lines = pasted
    .replaceAll(/[\u200b\ufeff]/g, '')
    .split(/\r?\n/)
    .map((line) => line.trim())
  // Lines that begin with a name count only where nothing better tells who speaks.
  const inline = !lines.some((line) => headOf(line, false))
  const messages: ChatMessage[] = []
  const bodies: string[][] = []
  for (const line of lines) {
    if (line === '' || RULE.test(line)) continue
    const head = headOf(line, inline)
    if (head) {
      messages.push({ name: head.name, at: head.at, text: '', attachments: 0 })
      bodies.push(head.rest ? [head.rest] : [])
    } else {
      if (messages.length === 0) {
        messages.push({ name: '', at: null, text: '', attachments: 0 })
        bodies.push([])
      }
      bodies.at(-1)!.push(line)
    }
  }
  const phones = new Set<string>()
  const names = [...new Set(messages.map(({ name }) => name).filter(Boolean))].sort((a, b) => b.length - a.length)
  for (const [index, message] of messages.entries()) {
    const body = bodies[index]!.join('\n')
    message.attachments = [...body.matchAll(ATTACHMENT)].length
    for (const [number] of body.matchAll(PHONE)) phones.add(number.replaceAll(/[- ]/g, '').replace(/^\+?86(?=1)/, ''))
    message.text = nameless(body.replaceAll(ATTACHMENT, ''), names)
  }
  return {
    messages,
    text: textOf(messages),
    phones: [...phones],
    attachments: messages.reduce((sum, message) => sum + message.attachments, 0),
  }
}

/** The text of the messages that were kept. */
export function textOf(messages: readonly ChatMessage[]): string {
  return messages
    .map(({ text }) => text)
    .filter(Boolean)
    .join('\n')
}

function nameless(text: string, names: readonly string[]): string {
  let plain = text.replaceAll(PHONE, '').replaceAll(/@[^\s@，。！？:：]{1,24}[\s\u2005]?/gu, '')
  for (const name of names) plain = plain.replaceAll(name, SOMEBODY)
  return plain
    .split('\n')
    .map((line) => line.replaceAll(/[ \t\u2005]+/g, ' ').trim())
    .filter(Boolean)
    .join('\n')
}
