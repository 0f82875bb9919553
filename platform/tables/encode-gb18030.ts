/** Code units of GB18030 by character; made of the decoder, since there is no encoder beside it. */
let table: Map<string, Buffer> | undefined

function codes(): Map<string, Buffer> {
  if (table) return table
  table = new Map()
  const decoder = new TextDecoder('gb18030')
  const keep = (bytes: number[]) => {
    const text = decoder.decode(Uint8Array.from(bytes))
    if (text.length === 1 && text !== '\ufffd' && !table!.has(text)) table!.set(text, Buffer.from(bytes))
  }
  for (let lead = 0x81; lead <= 0xfe; lead++)
    for (let trail = 0x40; trail <= 0xfe; trail++) if (trail !== 0x7f) keep([lead, trail])
  return table
}

/** Text in GB18030, as Chinese Excel opens CSV files. Every character has a code: the rare ones take four bytes. */
export function encodeGb18030(text: string): Buffer {
  const known = codes()
  const parts: Buffer[] = []
  let plain = ''
  const flush = () => {
    if (plain) parts.push(Buffer.from(plain, 'latin1'))
    plain = ''
  }
  for (const character of text) {
    const code = character.codePointAt(0)!
    if (code < 0x80) {
      plain += character
      continue
    }
    flush()
    parts.push(known.get(character) ?? fourBytes(code))
  }
  flush()
  return Buffer.concat(parts)
}

const rare = new Map<number, Buffer>()

/** Beyond the basic plane by rule; in it, the few that have no two bytes are looked for among the four-byte codes. */
function fourBytes(code: number): Buffer {
  if (code >= 0x10000) return bytesOf(189_000 + code - 0x10000)
  if (rare.size === 0) {
    const decoder = new TextDecoder('gb18030')
    for (let linear = 0; linear < 39_420; linear++) {
      const bytes = bytesOf(linear)
      const text = decoder.decode(bytes)
      if (text.length === 1 && text !== '\ufffd') rare.set(text.charCodeAt(0), bytes)
    }
  }
  return rare.get(code) ?? Buffer.from('?')
}

function bytesOf(linear: number): Buffer {
  return Buffer.from([
    0x81 + Math.floor(linear / 12_600),
    0x30 + (Math.floor(linear / 1260) % 10),
    0x81 + (Math.floor(linear / 10) % 126),
    0x30 + (linear % 10),
  ])
}
