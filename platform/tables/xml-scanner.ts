import { AppError } from '#platform/errors/app-error.ts'

export type XmlToken =
  | { kind: 'open'; name: string; attributes: string; empty: boolean }
  | { kind: 'close'; name: string }
  | { kind: 'text'; text: string }

const damaged = () => new AppError('tables.damaged', { status: 422 })
/** No honest tag or text of a sheet is longer. */
const longestToken = 4 * 1024 * 1024

/**
 * Reads XML piece by piece, a batch of tokens for every chunk, without name space prefixes. Document types are refused, so
 * no entity of the file's own is ever expanded.
 * @throws AppError tables.damaged
 */
export async function* scanXml(chunks: AsyncIterable<Uint8Array>): AsyncGenerator<XmlToken[]> {
  const decoder = new TextDecoder('utf-8', { fatal: true })
  const decode = (chunk?: Uint8Array) => {
    try {
      return chunk ? decoder.decode(chunk, { stream: true }) : decoder.decode()
    } catch {
      throw damaged()
    }
  }
  let rest = ''
  for await (const chunk of chunks) {
    rest += decode(chunk)
    const tokens: XmlToken[] = []
    rest = rest.slice(takeTokens(rest, tokens))
    if (rest.length > longestToken) throw damaged()
    yield tokens
  }
  const tokens: XmlToken[] = []
  rest += decode()
  if (rest.slice(takeTokens(rest, tokens)).trim() !== '') throw damaged()
  yield tokens
}

/** Adds the tokens that are complete and returns how far they reach. */
function takeTokens(source: string, tokens: XmlToken[]): number {
  let at = 0
  for (;;) {
    const open = source.indexOf('<', at)
    if (open === -1) return at
    if (open > at) tokens.push({ kind: 'text', text: unescapeXml(source.slice(at, open)) })
    at = open
    if (source.startsWith('<!--', at)) {
      const end = source.indexOf('-->', at + 4)
      if (end === -1) return at
      at = end + 3
    } else if (source.startsWith('<![CDATA[', at)) {
      const end = source.indexOf(']]>', at)
      if (end === -1) return at
      tokens.push({ kind: 'text', text: source.slice(at + 9, end) })
      at = end + 3
    } else if (source.startsWith('<?', at)) {
      const end = source.indexOf('?>', at)
      if (end === -1) return at
      at = end + 2
    } else if (source.startsWith('<!D', at)) {
      throw damaged()
    } else {
      const end = endOfTag(source, at)
      // The next characters may still make it a comment or a character section.
      if (end === -1 || source.startsWith('<!', at)) return at
      tokens.push(tag(source, at, end))
      at = end + 1
    }
  }
}

/** Attribute values may hold `>`. */
function endOfTag(source: string, start: number): number {
  const end = source.indexOf('>', start)
  if (end === -1) return -1
  const quote = source.slice(start, end).search(/["']/)
  if (quote === -1) return end
  let inside = ''
  for (let at = start + quote; at < source.length; at++) {
    const character = source[at]!
    if (inside !== '') {
      if (character === inside) inside = ''
    } else if (character === '"' || character === "'") inside = character
    else if (character === '>') return at
  }
  return -1
}

function tag(source: string, start: number, end: number): XmlToken {
  const closing = source[start + 1] === '/'
  const empty = !closing && source[end - 1] === '/'
  const inside = source.slice(start + (closing ? 2 : 1), empty ? end - 1 : end)
  const blank = inside.search(/\s/)
  const qualified = blank === -1 ? inside : inside.slice(0, blank)
  const name = qualified.slice(qualified.indexOf(':') + 1)
  if (closing) return { kind: 'close', name }
  return { kind: 'open', name, attributes: blank === -1 ? '' : inside.slice(blank), empty }
}

/** Value of one attribute by its local name. */
export function attribute(attributes: string, name: string): string | undefined {
  // Nearly every tag of a sheet is written in the plainest form; the search beats the expression by far.
  const plain = attributes.indexOf(` ${name}="`)
  if (plain !== -1) {
    const start = plain + name.length + 3
    return unescapeXml(attributes.slice(start, attributes.indexOf('"', start)))
  }
  if (!/[':\n\t]| =/.test(attributes)) return undefined
  for (const [, key, double, single] of attributes.matchAll(
    /\s(?:[\w.-]+:)?([\w.-]+)\s*=\s*(?:"([^"]*)"|'([^']*)')/g,
  )) {
    if (key === name) return unescapeXml(double ?? single ?? '')
  }
  return undefined
}

const named: Record<string, string> = { lt: '<', gt: '>', amp: '&', quot: '"', apos: "'" }

function unescapeXml(text: string): string {
  if (!text.includes('&')) return text
  return text.replace(/&(?:#(\d{1,7})|#x([0-9a-fA-F]{1,6})|(\w+));/g, (all, decimal, hex, name) => {
    if (name) return named[name] ?? all
    const code = decimal ? Number(decimal) : Number.parseInt(hex, 16)
    return code <= 0x10ffff ? String.fromCodePoint(code) : '\ufffd'
  })
}
