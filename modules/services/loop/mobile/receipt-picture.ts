/** One line of the receipt: a small name and a large value. */
export interface ReceiptLine {
  label: string
  value: string
  large?: boolean
}

const WIDTH = 750
const PAD = 56

/** Number and code as a picture for the phone's album, in the look of the page; PNG. */
export async function receiptPicture(title: string, lines: readonly ReceiptLine[], foot: string): Promise<Blob | null> {
  const style = getComputedStyle(document.documentElement)
  const token = (name: string) => style.getPropertyValue(name).trim()
  const font = token('--y-font')
  const height = 210 + lines.reduce((sum, line) => sum + (line.large ? 150 : 110), 0) + 90
  const canvas = document.createElement('canvas')
  canvas.width = WIDTH
  canvas.height = height
  const pen = canvas.getContext('2d')
  if (!pen) return null
  const write = (text: string, y: number, size: number, color: string, bold = false) => {
    pen.fillStyle = color
    // A narrower letter rather than a cut word.
    for (let s = size; s > 14; s--) {
      pen.font = `${bold ? 700 : 400} ${s}px ${font}`
      if (pen.measureText(text).width <= WIDTH - PAD * 2) break
    }
    pen.fillText(text, PAD, y)
  }
  pen.fillStyle = '#ffffff'
  pen.fillRect(0, 0, WIDTH, height)
  pen.fillStyle = '#1a5cb0'
  pen.fillRect(0, 0, WIDTH, 14)
  write(title, 110, 40, '#17212e', true)
  let y = 170
  for (const line of lines) {
    write(line.label, y + 30, 26, '#44505f')
    write(line.value, y + (line.large ? 104 : 76), line.large ? 64 : 36, '#17212e', true)
    y += line.large ? 150 : 110
  }
  write(foot, height - 46, 24, '#647080')
  return new Promise((done) => canvas.toBlob(done, 'image/png'))
}
