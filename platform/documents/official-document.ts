/** One fact of a two-column table: 名称, 内容. */
export interface Fact {
  label: string
  value: string
}

export interface TableColumn {
  title: string
  /** Share of the width relative to the other columns; 1 by default. */
  width?: number
  align?: 'left' | 'center' | 'right'
}

/** A part of the text. Line breaks inside a paragraph begin new paragraphs. */
export type Block =
  /** Numbered by itself (一、 （一） 1. （1）) unless `numbered` is false, so that optional parts never leave a gap. */
  | { type: 'heading'; level: 1 | 2 | 3 | 4; text: string; numbered?: boolean }
  | { type: 'paragraph'; text: string; align?: 'justify' | 'center' | 'right'; indent?: boolean; bold?: boolean }
  | { type: 'facts'; rows: Fact[] }
  | { type: 'table'; columns: TableColumn[]; rows: string[][]; caption?: string }
  | { type: 'pageBreak' }

/**
 * An official document (公文) before it is drawn: the same model becomes DOCX (to be edited, stamped, sent on) and PDF.
 * Dates are written out (2026年10月13日), see `chineseDate`.
 */
export interface OfficialDocument {
  title: string
  /** 发文机关标志: the red head, e.g. 苏州市吴中区数据局文件; plain letters and minutes have none. */
  letterhead?: string
  /** 发文字号, e.g. 吴数发〔2026〕12号. */
  number?: string
  /** 签发人; upward documents only. */
  signedOffBy?: string
  /** 密级和保密期限, e.g. 内部. */
  secrecy?: string
  /** 紧急程度, e.g. 特急. */
  urgency?: string
  /** 发文机关, for the file's properties. */
  issuer: string
  /** 主送机关 or the person written to, without the colon. */
  recipient?: string
  body: Block[]
  /** 附件说明: titles of what is attached. */
  attachments?: string[]
  /** 落款: who issues it, and when. */
  signature?: { issuers: string[]; date: string }
  /** 附注, e.g. 联系人 and telephone. */
  note?: string
  /** 抄送机关. */
  copies?: string[]
  /** 印发机关和印发日期. */
  printed?: { by: string; date: string }
  /** Moment for the file's properties; the clock of whoever renders it. */
  createdAt?: Date
}

const digits = ['零', '一', '二', '三', '四', '五', '六', '七', '八', '九']

/** 1 → 一, 12 → 十二, 20 → 二十, 101 → 一百零一; whole numbers from 0 to 999. */
export function chineseNumber(value: number): string {
  if (!Number.isInteger(value) || value < 0 || value > 999) throw new RangeError(`chineseNumber: ${value}`)
  if (value < 10) return digits[value]!
  const hundreds = Math.floor(value / 100)
  const tens = Math.floor((value % 100) / 10)
  const ones = value % 10
  const head = hundreds > 0 ? `${digits[hundreds]}百` : ''
  const middle =
    tens > 0 ? `${hundreds === 0 && tens === 1 ? '' : digits[tens]}十` : hundreds > 0 && ones > 0 ? '零' : ''
  return head + middle + (ones > 0 ? digits[ones] : '')
}

/** Text of every block as it is drawn: headings numbered, paragraphs split at line breaks, characters XML forbids removed. */
export function layOutBlocks(blocks: readonly Block[]): Block[] {
  const counters = [0, 0, 0, 0]
  return blocks.flatMap((block) => layOutBlock(block, counters))
}

function layOutBlock(block: Block, counters: number[]): Block[] {
  switch (block.type) {
    case 'heading': {
      const text = cleanText(block.text)
      if (block.numbered === false) return [{ ...block, text }]
      counters[block.level - 1]!++
      counters.fill(0, block.level)
      return [{ ...block, text: headingNumber(block.level, counters[block.level - 1]!) + text }]
    }
    case 'paragraph':
      return cleanText(block.text)
        .split(/\n+/)
        .map((text) => ({ ...block, text: text.trim() }))
        .filter((paragraph) => paragraph.text !== '')
    case 'facts':
      return [
        {
          ...block,
          rows: block.rows.map(({ label, value }) => ({ label: cleanText(label), value: cleanText(value) })),
        },
      ]
    case 'table':
      return [
        {
          ...block,
          columns: block.columns.map((column) => ({ ...column, title: cleanText(column.title) })),
          rows: block.rows.map((row) => block.columns.map((_, index) => cleanText(row[index] ?? ''))),
          ...(block.caption === undefined ? {} : { caption: cleanText(block.caption) }),
        },
      ]
    case 'pageBreak':
      return [block]
  }
}

/** 结构层次序数 of GB/T 9704 (待核实): 一、 （一） 1. （1） */
function headingNumber(level: 1 | 2 | 3 | 4, count: number): string {
  if (level === 1) return `${chineseNumber(count)}、`
  if (level === 2) return `（${chineseNumber(count)}）`
  return level === 3 ? `${count}. ` : `（${count}）`
}

const words = new Intl.Segmenter('zh-CN', { granularity: 'word' })

/**
 * A long title in lines of like length, broken between words only, so that no word is torn and no two characters are left
 * alone on the last line. Line ends written in the title stand as they are.
 */
export function titleLines(title: string, perLine: number): string[] {
  return cleanText(title)
    .split('\n')
    .flatMap((part) => {
      const length = Array.from(part).length
      const count = Math.ceil(length / perLine)
      const lines: string[] = []
      let line = ''
      let done = 0
      for (const { segment } of words.segment(part)) {
        const wanted = ((lines.length + 1) * length) / count
        const size = Array.from(segment).length
        const nearer = done + size / 2 > wanted || Array.from(line).length + size > perLine
        if (line !== '' && nearer && lines.length + 1 < count && !/^[\p{P}的了]/u.test(segment)) {
          lines.push(line)
          line = ''
        }
        line += segment
        done += size
      }
      return [...lines, line]
    })
}

/** The text of 附件说明: one is named, several are numbered. */
export function attachmentLines(titles: readonly string[]): string[] {
  return titles.length === 1
    ? [cleanText(titles[0]!)]
    : titles.map((title, index) => `${index + 1}. ${cleanText(title)}`)
}

/** Without the characters that break XML and mislead readers; tabs become blanks, line ends are \n. */
export function cleanText(text: string): string {
  return text
    .replace(/\r\n?/g, '\n')
    .replace(/\t/g, ' ')
    .replace(/[^\P{Cc}\n]|[\u202a-\u202e\u2066-\u2069\ufffe\uffff]/gu, '')
    .toWellFormed()
}
