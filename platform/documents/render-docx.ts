import {
  AlignmentType,
  BorderStyle,
  convertMillimetersToTwip,
  Document,
  Footer,
  type IParagraphOptions,
  type IRunOptions,
  LineRuleType,
  Packer,
  PageNumber,
  Paragraph,
  Tab,
  Table,
  TableCell,
  TableLayoutType,
  TableRow,
  TabStopType,
  TextRun,
  VerticalAlign,
  WidthType,
} from 'docx'
import {
  attachmentLines,
  type Block,
  cleanText,
  layOutBlocks,
  type OfficialDocument,
  type TableColumn,
  titleLines,
} from './official-document.ts'

/*
 * The page of official-pdf.ts in Word's units (twentieths of a point, half points): GB/T 9704-2012, 待核实.
 * Fonts are named, not embedded: offices have 仿宋, 黑体, 楷体 with Windows and 方正小标宋 with their editing software.
 */
const fonts = { title: '方正小标宋简体', text: '仿宋', strong: '黑体', second: '楷体', number: 'Times New Roman' }
const size = { title: 44, text: 32, small: 28, table: 24 }
const character = 320
const line = 579
const halfLine = 290
const width = convertMillimetersToTwip(156)
const red = 'D0021B'

const alignments = {
  justify: AlignmentType.BOTH,
  left: AlignmentType.LEFT,
  center: AlignmentType.CENTER,
  right: AlignmentType.RIGHT,
}

/** The document as DOCX, to be edited, stamped and sent on by other systems. */
export async function renderDocx(document: OfficialDocument): Promise<Buffer> {
  const file = new Document({
    title: cleanText(document.title),
    creator: cleanText(document.issuer),
    lastModifiedBy: cleanText(document.issuer),
    styles: {
      default: {
        document: {
          run: { size: size.text, font: face(fonts.text), language: { value: 'zh-CN', eastAsia: 'zh-CN' } },
          paragraph: { spacing: { line, lineRule: LineRuleType.EXACT, before: 0, after: 0 } },
        },
      },
    },
    evenAndOddHeaderAndFooters: true,
    sections: [
      {
        properties: {
          page: {
            size: { width: convertMillimetersToTwip(210), height: convertMillimetersToTwip(297) },
            margin: {
              top: convertMillimetersToTwip(37),
              left: convertMillimetersToTwip(28),
              right: convertMillimetersToTwip(26),
              bottom: convertMillimetersToTwip(35),
              footer: convertMillimetersToTwip(25),
            },
          },
        },
        footers: { default: pageNumber('right'), even: pageNumber('left') },
        children: [...head(document), ...body(document), ...foot(document)],
      },
    ],
  })
  return Packer.toBuffer(file)
}

function face(eastAsia: string) {
  return { ascii: fonts.number, hAnsi: fonts.number, cs: fonts.number, eastAsia, hint: 'eastAsia' as const }
}

function run(text: string, options: IRunOptions = {}): TextRun {
  return new TextRun({ text: cleanText(text), ...options })
}

function paragraph(text: string, options: IParagraphOptions = {}, runOptions: IRunOptions = {}): Paragraph {
  return new Paragraph({ ...options, children: [run(text, runOptions)] })
}

function blank(): Paragraph {
  return new Paragraph({})
}

function head(document: OfficialDocument): Paragraph[] {
  const content: Paragraph[] = []
  for (const mark of [document.secrecy, document.urgency]) {
    if (mark !== undefined) content.push(paragraph(mark, {}, { font: face(fonts.strong) }))
  }
  if (document.letterhead) {
    const letters = Array.from(cleanText(document.letterhead)).length
    // One line whatever its length, in half points.
    const points = Math.min(46, Math.floor((width / 20 - 4) / Math.max(1, letters)))
    content.push(
      paragraph(
        document.letterhead,
        {
          alignment: AlignmentType.CENTER,
          spacing: { line: 240, lineRule: LineRuleType.AUTO, before: 360, after: 360 },
        },
        { font: face(fonts.title), size: points * 2, color: red },
      ),
      new Paragraph({
        alignment: document.signedOffBy ? AlignmentType.LEFT : AlignmentType.CENTER,
        indent: document.signedOffBy ? { left: character, right: character } : {},
        tabStops: [{ type: TabStopType.RIGHT, position: width - character }],
        border: { bottom: { style: BorderStyle.SINGLE, size: 12, color: red, space: 4 } },
        children: [
          run(document.number ?? ''),
          ...(document.signedOffBy
            ? [
                new TextRun({ children: [new Tab(), '签发人：'] }),
                run(document.signedOffBy, { font: face(fonts.second) }),
              ]
            : []),
        ],
      }),
      blank(),
    )
  }
  content.push(
    new Paragraph({
      alignment: AlignmentType.CENTER,
      spacing: {
        line: 680,
        lineRule: LineRuleType.EXACT,
        after: document.number && !document.letterhead ? 0 : halfLine,
      },
      children: titleLines(document.title, 19).map((text, index) =>
        run(text, { font: face(fonts.title), size: size.title, ...(index > 0 ? { break: 1 } : {}) }),
      ),
    }),
  )
  if (document.number && !document.letterhead) {
    content.push(
      paragraph(document.number, {
        alignment: AlignmentType.CENTER,
        spacing: { line, lineRule: LineRuleType.EXACT, after: halfLine },
      }),
    )
  }
  return content
}

function body(document: OfficialDocument): (Paragraph | Table)[] {
  const content: (Paragraph | Table)[] = []
  if (document.recipient) content.push(paragraph(`${document.recipient.replace(/[：:]$/, '')}：`))
  for (const block of layOutBlocks(document.body)) content.push(...blockContent(block))
  return content
}

function blockContent(block: Block): (Paragraph | Table)[] {
  const indent = { firstLine: character * 2 }
  switch (block.type) {
    case 'heading': {
      const font = block.level === 1 ? fonts.strong : block.level === 2 ? fonts.second : fonts.text
      return [paragraph(block.text, { indent, keepNext: true }, { font: face(font) })]
    }
    case 'paragraph': {
      const align = block.align ?? 'justify'
      return [
        paragraph(
          block.text,
          { alignment: alignments[align], indent: align === 'justify' && block.indent !== false ? indent : {} },
          { bold: block.bold === true },
        ),
      ]
    }
    case 'facts':
      return [
        table(
          [
            { title: '', width: 1 },
            { title: '', width: 3.6 },
          ],
          block.rows.map(({ label, value }) => [cell(label, 'center', { shaded: true }), cell(value, 'left')]),
        ),
        spacer(),
      ]
    case 'table':
      return [
        ...(block.caption === undefined
          ? []
          : [
              paragraph(
                block.caption,
                { alignment: AlignmentType.CENTER, keepNext: true },
                { size: size.table, bold: true },
              ),
            ]),
        table(
          block.columns,
          block.rows.map((row) => block.columns.map((column, index) => cell(row[index] ?? '', column.align ?? 'left'))),
          block.columns.map((column) => cell(column.title, 'center', { shaded: true, bold: true })),
        ),
        spacer(),
      ]
    case 'pageBreak':
      return [new Paragraph({ pageBreakBefore: true, spacing: { line: 20, lineRule: LineRuleType.EXACT } })]
  }
}

/** Word glues tables that touch; the gap is also the space below. */
function spacer(): Paragraph {
  return new Paragraph({ spacing: { line: 200, lineRule: LineRuleType.EXACT } })
}

interface Cell {
  text: string
  align: 'left' | 'center' | 'right'
  shaded?: boolean
  bold?: boolean
}

function cell(text: string, align: Cell['align'], options: { shaded?: boolean; bold?: boolean } = {}): Cell {
  return { text, align, ...options }
}

function table(columns: readonly TableColumn[], rows: Cell[][], header?: Cell[]): Table {
  const total = columns.reduce((sum, column) => sum + (column.width ?? 1), 0)
  const widths = columns.map((column) => Math.floor((width * (column.width ?? 1)) / total))
  const toRow = (cells: Cell[], tableHeader: boolean) =>
    new TableRow({
      tableHeader,
      cantSplit: true,
      children: cells.map(
        ({ text, align, shaded, bold }, index) =>
          new TableCell({
            width: { size: widths[index]!, type: WidthType.DXA },
            verticalAlign: VerticalAlign.CENTER,
            margins: { top: 40, bottom: 40, left: 90, right: 90 },
            ...(shaded ? { shading: { fill: 'F3F5F8' } } : {}),
            children: text
              .split('\n')
              .map((part) =>
                paragraph(
                  part,
                  { alignment: alignments[align], spacing: { line: 360, lineRule: LineRuleType.AT_LEAST } },
                  { size: size.table, bold: bold === true },
                ),
              ),
          }),
      ),
    })
  return new Table({
    layout: TableLayoutType.FIXED,
    width: { size: width, type: WidthType.DXA },
    columnWidths: widths,
    rows: [...(header ? [toRow(header, true)] : []), ...rows.map((cells) => toRow(cells, false))],
  })
}

function foot(document: OfficialDocument): (Paragraph | Table)[] {
  const content: (Paragraph | Table)[] = []
  const attachments = attachmentLines(document.attachments ?? [])
  for (const [index, title] of attachments.entries()) {
    if (index === 0) content.push(blank())
    content.push(
      paragraph(index === 0 ? `附件：${title}` : title, {
        indent: { left: character * 5, ...(index === 0 ? { hanging: character * 3 } : {}) },
      }),
    )
  }
  if (document.signature) content.push(...signature(document.signature))
  if (document.note) content.push(paragraph(`（${document.note}）`, { indent: { firstLine: character * 2 } }))
  if (document.copies?.length || document.printed) content.push(...imprint(document))
  return content
}

/** 成文日期 ends four characters from the right edge and the issuer is centred above it. */
function signature({ issuers, date }: NonNullable<OfficialDocument['signature']>): Paragraph[] {
  const longest = Math.max(...[...issuers, date].map(widthOf))
  const gap =
    widthOf(date) === longest ? 4 * character : Math.max(2 * character, 4 * character - (longest - widthOf(date)) / 2)
  const box = { left: Math.max(0, Math.round(width - gap - longest - 80)), right: Math.round(gap) }
  return [
    blank(),
    ...issuers.map((name) =>
      paragraph(name, { alignment: AlignmentType.CENTER, indent: box, keepNext: true, keepLines: true }),
    ),
    paragraph(date, { alignment: AlignmentType.CENTER, indent: box }),
  ]
}

function widthOf(written: string): number {
  let total = 0
  for (const letter of written) total += (letter.codePointAt(0)! < 0x2000 ? 0.5 : 1) * character
  return total
}

function imprint(document: OfficialDocument): Paragraph[] {
  const rows: Paragraph[] = [blank()]
  const thick = { style: BorderStyle.SINGLE, size: 8, color: '000000', space: 2 }
  const thin = { style: BorderStyle.SINGLE, size: 4, color: '000000', space: 2 }
  const spacing = { line: 460, lineRule: LineRuleType.EXACT }
  const copies = document.copies?.length
  if (copies) {
    rows.push(
      paragraph(
        `抄送：${document.copies!.join('，')}。`,
        {
          spacing,
          indent: { left: 280, right: 280 },
          keepNext: true,
          border: { top: thick, bottom: document.printed ? thin : thick },
        },
        { size: size.small },
      ),
    )
  }
  if (document.printed) {
    rows.push(
      new Paragraph({
        spacing,
        indent: { left: 280, right: 280 },
        tabStops: [{ type: TabStopType.RIGHT, position: width - 280 }],
        border: copies ? { bottom: thick } : { top: thick, bottom: thick },
        children: [
          run(document.printed.by, { size: size.small }),
          new TextRun({ children: [new Tab()] }),
          run(`${document.printed.date}印发`, { size: size.small }),
        ],
      }),
    )
  }
  return rows
}

function pageNumber(side: 'left' | 'right'): Footer {
  return new Footer({
    children: [
      new Paragraph({
        alignment: alignments[side],
        indent: { left: 280, right: 280 },
        children: [new TextRun({ children: ['— ', PageNumber.CURRENT, ' —'], size: size.small, font: face('宋体') })],
      }),
    ],
  })
}
