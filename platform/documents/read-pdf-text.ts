import { inflateSync } from 'node:zlib'

/**
 * The text of every page of a PDF that this room drew, as a reader's search and copy would find it: codes are turned
 * into characters by the ToUnicode tables, so wrong tables or missing glyphs show. For tests; not a general PDF reader.
 */
export function readPdfText(pdf: Buffer): string[] {
  const objects = new Map<number, { head: string; stream?: Buffer }>()
  const source = pdf.toString('latin1')
  for (const match of source.matchAll(/(?:^|\n)(\d+) 0 obj\n([\s\S]*?)(?:\nstream\n|\nendobj)/g)) {
    const head = match[2]!
    const start = match.index + match[0].length
    if (!match[0].endsWith('stream\n')) objects.set(Number(match[1]), { head })
    else {
      const raw = pdf.subarray(start, source.indexOf('\nendstream', start))
      objects.set(Number(match[1]), { head, stream: head.includes('/FlateDecode') ? inflateSync(raw) : raw })
    }
  }
  const reference = (head: string, key: string) => {
    const found = new RegExp(`/${key} \\[?(\\d+) 0 R`).exec(head)
    return found ? objects.get(Number(found[1])) : undefined
  }
  const fonts = new Map<string, Map<number, string>>()
  for (const { head } of objects.values()) {
    for (const [, name, id] of head.matchAll(/\/(F\d+) (\d+) 0 R/g)) {
      const table = reference(objects.get(Number(id))?.head ?? '', 'ToUnicode')?.stream
      if (table) fonts.set(name!, readToUnicode(table.toString('latin1')))
    }
  }
  return [...objects.values()]
    .filter(({ head }) => /\/Type \/Page\n/.test(head))
    .map(({ head }) => pageText(reference(head, 'Contents')?.stream?.toString('latin1') ?? '', fonts))
}

function pageText(content: string, fonts: Map<string, Map<number, string>>): string {
  let font: Map<number, string> | undefined
  let text = ''
  for (const [, name, array] of content.matchAll(/\/(F\d+) [\d.]+ Tf|\[((?:<[0-9a-f]*>|[-\d. ])*)\] TJ/g)) {
    if (name) font = fonts.get(name)
    else {
      for (const [, hex] of (array ?? '').matchAll(/<([0-9a-f]*)>/g)) {
        for (let at = 0; at < hex!.length; at += 4) {
          text += font?.get(Number.parseInt(hex!.slice(at, at + 4), 16)) ?? '\ufffd'
        }
      }
    }
  }
  return text
}

function readToUnicode(table: string): Map<number, string> {
  const characters = new Map<number, string>()
  const decode = (hex: string) => Buffer.from(hex, 'hex').swap16().toString('utf16le')
  for (const [, from, , list] of table.matchAll(/<([0-9a-f]+)> <([0-9a-f]+)> \[([^\]]*)\]/g)) {
    let code = Number.parseInt(from!, 16)
    for (const [, hex] of list!.matchAll(/<([0-9a-f ]*)>/g)) characters.set(code++, decode(hex!.replaceAll(' ', '')))
  }
  return characters
}
