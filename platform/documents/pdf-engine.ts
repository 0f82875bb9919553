import { createRequire } from 'node:module'
import { dirname, join } from 'node:path'
import pdfmake from 'pdfmake'
import type { Content, ContentTable, ContentText, TDocumentDefinitions } from 'pdfmake/interfaces.js'
import type { Block } from './official-document.ts'

const fontFolder = join(dirname(createRequire(import.meta.url).resolve('@embedpdf/fonts-sc')), '..', 'fonts')
const font = (weight: string) => join(fontFolder, `NotoSansHans-${weight}.otf`)

/**
 * The packaged fonts are sans serif; 仿宋 and 小标宋 may not be shipped. Each is embedded as the subset that is used.
 * `strong` carries headings, as 黑体 does on paper.
 */
pdfmake.setFonts({
  text: { normal: font('Regular'), bold: font('Medium'), italics: font('Regular'), bolditalics: font('Medium') },
  strong: { normal: font('Bold'), bold: font('Bold'), italics: font('Bold'), bolditalics: font('Bold') },
})
// A document is drawn from memory: text from outside can never make the server read a file or an address.
pdfmake.setUrlAccessPolicy(() => false)
pdfmake.setLocalAccessPolicy((path) => path.startsWith(fontFolder))

export const millimetre = 72 / 25.4
/** pdfmake's line height is a factor of the font's own; in the packaged fonts that is exactly the type size. */
export function lineHeightFor(points: number, fontSize: number): number {
  return points / fontSize
}

/** Draws a definition; the moment replaces the machine's clock in the file. */
export async function drawPdf(definition: TDocumentDefinitions): Promise<Buffer> {
  return pdfmake.createPdf({ pageSize: 'A4', compress: true, ...definition }).getBuffer() as Promise<Buffer>
}

/** Moves a heading to the next page when nothing of its text would stand under it; page heads and feet do not count. */
export const keepHeadings: TDocumentDefinitions['pageBreakBefore'] = (node, nodes) =>
  node.headlineLevel !== undefined && nodes.getFollowingNodesOnPage().every((next) => next.style === 'pageFrame')

/** Marks the head or foot of a page with all that is in it, so that it is not taken for text under a heading. */
export function pageFrame(content: Exclude<Content, string | readonly Content[]>): Content {
  for (const key of ['stack', 'columns']) {
    const inner = (content as unknown as Record<string, unknown>)[key]
    if (Array.isArray(inner)) for (const part of inner) pageFrame(part)
  }
  return Object.assign(content, { style: 'pageFrame' })
}

/** Thin rules all round, room to breathe: every table of every document. */
export const gridLayout = {
  hLineWidth: () => 0.5,
  vLineWidth: () => 0.5,
  hLineColor: () => '#333333',
  vLineColor: () => '#333333',
  paddingLeft: () => 5,
  paddingRight: () => 5,
  paddingTop: () => 5,
  paddingBottom: () => 2,
}

/** Facts and tables look the same in letters and case files; only the type size differs. */
export function tableContent(
  block: Extract<Block, { type: 'facts' | 'table' }>,
  fontSize: number,
  width: number,
): Content {
  const cell = { fontSize, lineHeight: lineHeightFor(fontSize * 1.35, fontSize) }
  if (block.type === 'facts') {
    return {
      layout: gridLayout,
      margin: [0, 4, 0, 10],
      table: {
        widths: [fontSize * 7.5, '*'],
        body: block.rows.map(({ label, value }) => [
          { text: label, ...cell, fillColor: '#f3f5f8', alignment: 'center' },
          { text: breakable(value), ...cell },
        ]),
      },
    }
  }
  const shares = block.columns.map((column) => column.width ?? 1)
  const total = shares.reduce((sum, share) => sum + share, 0)
  // Padding and rules are not part of a column's width.
  const free = width - block.columns.length * 10 - (block.columns.length + 1) * 0.5
  const table: ContentTable = {
    layout: gridLayout,
    margin: [0, 4, 0, 10],
    table: {
      headerRows: 1,
      keepWithHeaderRows: 1,
      dontBreakRows: true,
      widths: shares.map((share) => (free * share) / total),
      body: [
        block.columns.map((column) => ({
          text: column.title,
          ...cell,
          bold: true,
          alignment: 'center',
          fillColor: '#f3f5f8',
        })),
        ...block.rows.map((row) =>
          block.columns.map((column, index) => ({
            text: breakable(row[index] ?? ''),
            ...cell,
            alignment: column.align ?? 'left',
          })),
        ),
      ],
    },
  }
  if (block.caption === undefined) return table
  return { stack: [{ text: block.caption, fontSize, bold: true, alignment: 'center', margin: [0, 4, 0, 2] }, table] }
}

/**
 * Text in pieces: long codes and digests may break anywhere, or a justified line before one would be torn apart, and a
 * table cell would overflow.
 */
export function breakable(text: string): string | ContentText[] {
  const parts = text.split(/([A-Za-z0-9+/=_.-]{9,})/)
  if (parts.length === 1) return text
  return parts
    .map((part, index): ContentText => (index % 2 === 1 ? { text: part, wordBreak: 'break-all' } : { text: part }))
    .filter((part) => part.text !== '')
}
