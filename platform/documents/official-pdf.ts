import type { Content, TDocumentDefinitions } from 'pdfmake/interfaces.js'
import {
  attachmentLines,
  type Block,
  cleanText,
  layOutBlocks,
  type OfficialDocument,
  titleLines,
} from './official-document.ts'
import { breakable, drawPdf, keepHeadings, lineHeightFor, millimetre, pageFrame, tableContent } from './pdf-engine.ts'

/*
 * Page of GB/T 9704-2012 (待核实: the standard was not read): A4, 天头 37 mm, 订口 28 mm, 版心 156 × 225 mm;
 * 正文 三号 (16 pt), 22 lines of 28 characters; 标题 二号 (22 pt); 页码 四号 (14 pt), right on odd and left on even pages.
 */
const page = { top: 37 * millimetre, left: 28 * millimetre, width: 156 * millimetre, height: 225 * millimetre }
const text = 16
const line = page.height / 22
const red = '#d0021b'
const a4 = { width: 595.28, height: 841.89 }
const right = a4.width - page.left - page.width
const bottom = a4.height - page.top - page.height

/** Draws an official document; runs in the PDF worker, see `renderPdf`. */
export async function drawOfficialPdf(document: OfficialDocument): Promise<Buffer> {
  const definition: TDocumentDefinitions = {
    pageMargins: [page.left, page.top, right, bottom],
    info: {
      title: cleanText(document.title),
      author: cleanText(document.issuer),
      ...(document.createdAt ? { creationDate: document.createdAt, modDate: document.createdAt } : {}),
    },
    defaultStyle: { font: 'text', fontSize: text, lineHeight: lineHeightFor(line, text) },
    content: [...head(document), ...body(document), ...foot(document)],
    pageBreakBefore: keepHeadings,
    footer: (current: number) =>
      pageFrame({
        text: `— ${current} —`,
        fontSize: 14,
        lineHeight: 1,
        alignment: current % 2 === 1 ? 'right' : 'left',
        margin: [page.left + 14, 7 * millimetre, right + 14, 0],
      }),
  }
  return drawPdf(definition)
}

function head(document: OfficialDocument): Content[] {
  const content: Content[] = []
  const marks = [document.secrecy, document.urgency].filter((mark) => mark !== undefined)
  for (const mark of marks) content.push({ text: cleanText(mark), font: 'strong' })
  if (document.letterhead) {
    const letterhead = cleanText(document.letterhead)
    // One line whatever its length; long names of towns and departments shrink.
    const size = Math.min(46, (page.width - 4) / Math.max(1, Array.from(letterhead).length))
    content.push({
      text: letterhead,
      font: 'strong',
      fontSize: size,
      color: red,
      alignment: 'center',
      lineHeight: 1,
      margin: [0, marks.length > 0 ? 4 : line * 0.8, 0, line * 0.6],
    })
    const number = cleanText(document.number ?? '')
    content.push(
      document.signedOffBy
        ? {
            columns: [
              { text: number, margin: [text, 0, 0, 0] },
              { text: `签发人：${cleanText(document.signedOffBy)}`, alignment: 'right', margin: [0, 0, text, 0] },
            ],
          }
        : { text: number, alignment: 'center' },
      rule(1.4, red, 2),
      { text: '', margin: [0, line, 0, 0] },
    )
  } else if (marks.length > 0) {
    content.push({ text: '', margin: [0, line / 2, 0, 0] })
  }
  content.push({
    text: titleLines(document.title, 18).join('\n'),
    font: 'strong',
    fontSize: 22,
    alignment: 'center',
    lineHeight: lineHeightFor(34, 22),
    margin: [text, 0, text, document.number && !document.letterhead ? 0 : line / 2],
  })
  if (document.number && !document.letterhead) {
    content.push({ text: cleanText(document.number), alignment: 'center', margin: [0, 0, 0, line / 2] })
  }
  return content
}

function body(document: OfficialDocument): Content[] {
  const content: Content[] = []
  if (document.recipient) content.push({ text: `${cleanText(document.recipient).replace(/[：:]$/, '')}：` })
  for (const block of layOutBlocks(document.body)) content.push(blockContent(block))
  return content
}

function blockContent(block: Block): Content {
  switch (block.type) {
    case 'heading':
      return {
        text: block.text,
        leadingIndent: text * 2,
        ...(block.level === 1 ? { font: 'strong' } : { bold: block.level === 2 }),
        headlineLevel: block.level,
      }
    case 'paragraph':
      return {
        text: breakable(block.text),
        alignment: block.align ?? 'justify',
        leadingIndent: (block.align ?? 'justify') === 'justify' && block.indent !== false ? text * 2 : 0,
        bold: block.bold === true,
      }
    case 'facts':
    case 'table':
      return tableContent(block, 12, page.width)
    case 'pageBreak':
      return { text: '', pageBreak: 'after' }
  }
}

function foot(document: OfficialDocument): Content[] {
  const content: Content[] = []
  const attachments = attachmentLines(document.attachments ?? [])
  for (const [index, title] of attachments.entries()) {
    content.push({
      columns: [
        { width: text * 5, text: index === 0 ? '附件：' : '', margin: [text * 2, 0, 0, 0] },
        { width: '*', text: title },
      ],
      ...(index === 0 ? { margin: [0, line, 0, 0] } : {}),
    })
  }
  if (document.signature) content.push(signature(document.signature))
  if (document.note) content.push({ text: `（${cleanText(document.note)}）`, leadingIndent: text * 2 })
  if (document.copies?.length || document.printed) content.push(imprint(document))
  return content
}

/** 成文日期 ends four characters from the right edge, the issuer is centred above it; the two never part. */
function signature({ issuers, date }: NonNullable<OfficialDocument['signature']>): Content {
  const names = issuers.map(cleanText)
  const longest = Math.max(widthOf(date), ...names.map(widthOf))
  // The wider of the two decides: a long issuer moves up to two characters from the edge.
  const gap = widthOf(date) === longest ? 4 * text : Math.max(2 * text, 4 * text - (longest - widthOf(date)) / 2)
  const block = Math.min(longest + 2, page.width - gap)
  return {
    unbreakable: true,
    margin: [page.width - gap - block, line * 1.5, gap, 0],
    stack: [
      ...names.map((name): Content => ({ text: name, alignment: 'center' })),
      { text: date, alignment: 'center' },
    ],
  }
}

/** Full-width characters count one type size, digits and Latin letters a little over half. */
function widthOf(written: string): number {
  let width = 0
  for (const character of written) width += (character.codePointAt(0)! < 0x2000 ? 0.56 : 1) * text
  return width
}

/** 版记: who also receives it, who printed it and when, between rules. */
function imprint(document: OfficialDocument): Content {
  const small = { fontSize: 14, lineHeight: lineHeightFor(23, 14) }
  const stack: Content[] = [rule(1, '#000000', 0)]
  if (document.copies?.length) {
    stack.push({ text: `抄送：${document.copies.map(cleanText).join('，')}。`, ...small, margin: [14, 5, 14, 0] })
  }
  if (document.printed) {
    if (document.copies?.length) stack.push(rule(0.5, '#000000', 0))
    stack.push({
      columns: [
        { width: '*', text: cleanText(document.printed.by), ...small },
        { width: 'auto', text: `${document.printed.date}印发`, ...small },
      ],
      margin: [14, 5, 14, 0],
    })
  }
  stack.push(rule(1, '#000000', 0))
  return { unbreakable: true, margin: [0, line * 1.5, 0, 0], stack }
}

function rule(lineWidth: number, lineColor: string, space: number): Content {
  return {
    canvas: [{ type: 'line', x1: 0, y1: 0, x2: page.width, y2: 0, lineWidth, lineColor }],
    margin: [0, space, 0, space],
  }
}
