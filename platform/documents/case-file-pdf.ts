import type { Content, ContentColumns, ContentStack, TableCell, TDocumentDefinitions } from 'pdfmake/interfaces.js'
import sharp from 'sharp'
import type { CaseFile, CaseFilePhoto, CaseFileSection, CaseFileSignature, TraceStep } from './case-file.ts'
import { chineseDuration, secondsStamp } from './chinese-time.ts'
import { type Block, chineseNumber, cleanText, layOutBlocks } from './official-document.ts'
import { breakable, drawPdf, gridLayout, keepHeadings, lineHeightFor, pageFrame, tableContent } from './pdf-engine.ts'

const margin = { left: 64, right: 51, top: 62, bottom: 58 }
const width = 595.28 - margin.left - margin.right
const text = 11
const small = 9.5
const grey = '#5b6472'
const shade = '#f3f5f8'

/** Draws a case file; runs in the PDF worker, see `renderCaseFile`. */
export async function drawCaseFilePdf(file: CaseFile): Promise<Buffer> {
  const sections: Content[] = []
  for (const [index, section] of file.sections.entries()) {
    sections.push(...keptTogether(section, sectionHead(section, index), await sectionContent(section)))
  }
  const definition: TDocumentDefinitions = {
    pageMargins: [margin.left, margin.top, margin.right, margin.bottom],
    info: {
      title: `${cleanText(file.number)} ${cleanText(file.title)}`,
      author: cleanText(file.issuer),
      creationDate: file.printed.at,
      modDate: file.printed.at,
    },
    defaultStyle: { font: 'text', fontSize: text, lineHeight: lineHeightFor(17, text) },
    ...(file.watermark
      ? { watermark: { text: cleanText(file.watermark), font: 'text', fontSize: 26, opacity: 0.08, angle: -32 } }
      : {}),
    header: (current: number) => (current === 1 ? '' : pageFrame(pageHead(file))),
    footer: (current: number, pages: number) => (current === 1 ? '' : pageFrame(pageFoot(file, current, pages))),
    content: [...cover(file), contents(file), ...sections],
    pageBreakBefore: keepHeadings,
  }
  return drawPdf(definition)
}

function pageHead(file: CaseFile): ContentStack {
  return {
    margin: [margin.left, 30, margin.right, 0],
    fontSize: small,
    color: grey,
    lineHeight: 1,
    stack: [
      {
        columns: [
          { width: '*', text: `${cleanText(file.issuer)} · ${cleanText(file.kind)}` },
          { width: 'auto', text: cleanText(file.number) },
        ],
      },
      {
        canvas: [{ type: 'line', x1: 0, y1: 0, x2: width, y2: 0, lineWidth: 0.5, lineColor: '#b8bfca' }],
        margin: [0, 5, 0, 0],
      },
    ],
  }
}

function pageFoot(file: CaseFile, current: number, pages: number): ContentColumns {
  return {
    margin: [margin.left, 22, margin.right, 0],
    fontSize: small,
    color: grey,
    lineHeight: 1,
    columns: [
      { width: '*', text: `打印：${cleanText(file.printed.by)}　${secondsStamp(file.printed.at)}` },
      { width: 'auto', text: `第 ${current} 页　共 ${pages} 页` },
    ],
  }
}

function cover(file: CaseFile): Content[] {
  const letters = Array.from(cleanText(file.issuer)).length
  return [
    {
      text: file.secrecy ? cleanText(file.secrecy) : ' ',
      font: 'strong',
      fontSize: 14,
      alignment: 'right',
      margin: [0, 0, 0, 96],
    },
    {
      text: cleanText(file.issuer),
      fontSize: Math.min(20, (width - 20) / letters),
      alignment: 'center',
      margin: [0, 0, 0, 18],
    },
    {
      text: cleanText(file.kind),
      font: 'strong',
      fontSize: 32,
      alignment: 'center',
      characterSpacing: 4,
      lineHeight: 1.3,
      margin: [0, 0, 0, 60],
    },
    {
      layout: gridLayout,
      table: {
        widths: [96, '*'],
        body: [{ label: '案卷编号', value: file.number }, { label: '案件名称', value: file.title }, ...file.facts].map(
          ({ label, value }) => [
            { text: cleanText(label), fontSize: 13, alignment: 'center', fillColor: shade, margin: [0, 4, 0, 3] },
            { text: breakable(cleanText(value)), fontSize: 13, margin: [4, 4, 4, 3] },
          ],
        ),
      },
    },
    {
      text: `打印：${cleanText(file.printed.by)}　${secondsStamp(file.printed.at)}`,
      color: grey,
      alignment: 'center',
      margin: [0, 60, 0, 0],
    },
  ]
}

function contents(file: CaseFile): Content {
  return {
    stack: [
      {
        text: '卷内目录',
        font: 'strong',
        fontSize: 18,
        alignment: 'center',
        pageBreak: 'before',
        margin: [0, 8, 0, 14],
      },
      {
        layout: gridLayout,
        table: {
          headerRows: 1,
          widths: [44, '*', 90, 44],
          body: [
            ['序号', '材料名称', '数量', '页号'].map(headCell),
            ...file.sections.map((section, index): TableCell[] => [
              { text: `${index + 1}`, alignment: 'center' },
              { text: cleanText(section.title), linkToDestination: destination(index) },
              { text: quantity(section), alignment: 'center' },
              { pageReference: destination(index), alignment: 'center', text: '' } as unknown as TableCell,
            ]),
          ],
        },
      },
    ],
  }
}

function destination(index: number): string {
  return `section-${index + 1}`
}

function quantity(section: CaseFileSection): string {
  switch (section.kind) {
    case 'text':
      return '1 份'
    case 'trace':
      return `${section.steps.length} 步`
    case 'photos':
      return `${section.photos.length} 张`
    case 'signatures':
      return `${section.signatures.length} 人`
  }
}

function sectionHead(section: CaseFileSection, index: number): Content {
  return {
    text: `${chineseNumber(index + 1)}、${cleanText(section.title)}`,
    id: destination(index),
    font: 'strong',
    fontSize: 15,
    headlineLevel: 1,
    margin: [0, 18, 0, 8],
    // Signatures have a page of their own, as on paper. (The PDF library also loses a table inside a block that it moves to
    // the next page as a whole, so the two cannot be kept together that way.)
    ...(index === 0 || section.kind === 'signatures' ? { pageBreak: 'before' } : {}),
  }
}

/** The first picture never leaves its heading behind at the foot of a page. */
function keptTogether(section: CaseFileSection, head: Content, content: Content[]): Content[] {
  const [first, ...rest] = content
  return section.kind === 'photos' && first
    ? [{ unbreakable: true, stack: [head, first] }, ...rest]
    : [head, ...content]
}

async function sectionContent(section: CaseFileSection): Promise<Content[]> {
  switch (section.kind) {
    case 'text':
      return layOutBlocks(section.blocks).map(blockContent)
    case 'trace':
      return [trace(section.steps)]
    case 'photos':
      return photos(section.photos)
    case 'signatures':
      return [signatures(section.statement, section.signatures)]
  }
}

function blockContent(block: Block): Content {
  switch (block.type) {
    case 'heading':
      return { text: block.text, bold: true, fontSize: 12, headlineLevel: block.level, margin: [0, 6, 0, 2] }
    case 'paragraph': {
      const align = block.align ?? 'justify'
      return {
        text: breakable(block.text),
        alignment: align,
        leadingIndent: align === 'justify' && block.indent !== false ? text * 2 : 0,
        bold: block.bold === true,
        margin: [0, 0, 0, 3],
      }
    }
    case 'facts':
    case 'table':
      return tableContent(block, 10, width)
    case 'pageBreak':
      return { text: '', pageBreak: 'after' }
  }
}

function headCell(title: string): TableCell {
  return { text: title, bold: true, alignment: 'center', fillColor: shade }
}

function trace(steps: readonly TraceStep[]): Content {
  if (steps.length === 0) return { text: '无', color: grey }
  const cell = { fontSize: small, lineHeight: lineHeightFor(13, small) }
  return {
    layout: gridLayout,
    table: {
      headerRows: 1,
      keepWithHeaderRows: 1,
      dontBreakRows: true,
      widths: [20, 58, 52, 78, 52, '*'],
      body: [
        ['序', '时间', '环节', '经办', '用时', '说明'].map(
          (title) => ({ ...(headCell(title) as object), ...cell }) as TableCell,
        ),
        ...steps.map((step, index): TableCell[] => [
          { text: `${index + 1}`, alignment: 'center', ...cell },
          { text: secondsStamp(step.at).replace(' ', '\n'), alignment: 'center', ...cell },
          { text: cleanText(step.action), bold: true, alignment: 'center', ...cell },
          { text: [cleanText(step.actor), { text: `\n${cleanText(step.unit)}`, color: grey }], ...cell },
          { text: step.seconds === undefined ? '—' : chineseDuration(step.seconds), alignment: 'center', ...cell },
          { text: breakable(cleanText(step.note ?? '')), ...cell },
        ]),
      ],
    },
  }
}

const photoWidth = (width - 14) / 2
const photoHeight = 176

/** Two beside each other, each with what is known of it; a pair never breaks over pages. */
async function photos(pictures: readonly CaseFilePhoto[]): Promise<Content[]> {
  if (pictures.length === 0) return [{ text: '无', color: grey }]
  const drawn: Content[] = []
  for (const picture of pictures) drawn.push(await photo(picture))
  const rows: Content[] = []
  for (let index = 0; index < drawn.length; index += 2) {
    rows.push({
      ...(index > 0 ? { unbreakable: true } : {}),
      margin: [0, 0, 0, 12],
      columnGap: 14,
      columns: [
        { width: photoWidth, stack: [drawn[index]!] },
        { width: photoWidth, stack: index + 1 < drawn.length ? [drawn[index + 1]!] : [] },
      ],
    })
  }
  return rows
}

async function photo(picture: CaseFilePhoto): Promise<Content> {
  // Every stored kind becomes JPEG of a printable size: the PDF library knows JPEG and PNG only.
  const jpeg = await sharp(picture.content)
    .resize({ width: 1400, height: 1400, fit: 'inside', withoutEnlargement: true })
    .flatten({ background: '#ffffff' })
    .jpeg({ quality: 80 })
    .toBuffer()
  const known = [
    picture.takenAt ? `拍摄：${secondsStamp(picture.takenAt)}` : '',
    picture.place ? `地点：${cleanText(picture.place)}` : '',
  ]
  return {
    stack: [
      { image: dataUrl(jpeg, 'jpeg'), fit: [photoWidth, photoHeight], alignment: 'center' },
      { text: cleanText(picture.caption), bold: true, fontSize: 10, alignment: 'center', margin: [0, 4, 0, 0] },
      ...known
        .filter(Boolean)
        .map((line): Content => ({ text: line, fontSize: 8.5, color: grey, alignment: 'center', lineHeight: 1.2 })),
      ...(picture.sha256
        ? [
            {
              text: `SHA-256 ${picture.sha256.slice(0, 32)}\n${picture.sha256.slice(32)}`,
              fontSize: 6,
              color: grey,
              alignment: 'center' as const,
              lineHeight: 1.2,
            },
          ]
        : []),
    ],
  }
}

function signatures(statement: string | undefined, people: readonly CaseFileSignature[]): Content {
  return {
    stack: [
      ...(statement
        ? [
            {
              text: cleanText(statement),
              leadingIndent: text * 2,
              alignment: 'justify' as const,
              margin: [0, 0, 0, 8] as [number, number, number, number],
            },
          ]
        : []),
      {
        layout: gridLayout,
        table: {
          headerRows: 1,
          keepWithHeaderRows: 1,
          dontBreakRows: true,
          widths: [84, 70, '*', 90, 96],
          heights: (row: number) => (row === 0 ? 16 : 34),
          body: [
            ['身份', '姓名', '单位', '签名', '时间'].map(headCell),
            ...people.map((person): TableCell[] => [
              middle(cleanText(person.role)),
              middle(cleanText(person.name)),
              middle(cleanText(person.unit)),
              person.picture
                ? { image: dataUrl(person.picture, 'png'), fit: [78, 30], alignment: 'center' }
                : { text: '' },
              middle(person.at ? secondsStamp(person.at).replace(' ', '\n') : ''),
            ]),
          ],
        },
      },
    ],
  }
}

function middle(value: string): TableCell {
  return { text: value, fontSize: 10, lineHeight: 1.3, alignment: 'center', verticalAlignment: 'middle' } as TableCell
}

function dataUrl(picture: Uint8Array, type: 'jpeg' | 'png'): string {
  return `data:image/${type};base64,${Buffer.from(picture).toString('base64')}`
}
