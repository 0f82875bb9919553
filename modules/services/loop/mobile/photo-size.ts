/** What the phone does with a photo before sending it. */
export type PhotoPlan = { redraw: false } | { redraw: true; width: number; height: number }

/** Long side that still shows a number plate or a crack, at a tenth of a camera's bytes. */
export const LONG_SIDE = 2048
export const JPEG_QUALITY = 0.82
/** Below this a photo costs little even on a poor network and is sent as it is. */
const SMALL_BYTES = 700 * 1024
const SENDABLE = new Set(['image/jpeg', 'image/png', 'image/webp'])

/**
 * Whether a photo is drawn smaller before it is sent, and how large. Nothing is ever enlarged; a small file in a format
 * that the server takes is left as it is.
 */
export function photoPlan(photo: { type: string; bytes: number; width: number; height: number }): PhotoPlan {
  const long = Math.max(photo.width, photo.height)
  const scale = Math.min(1, LONG_SIDE / long)
  if (SENDABLE.has(photo.type) && photo.bytes <= SMALL_BYTES && scale === 1) return { redraw: false }
  return {
    redraw: true,
    width: Math.max(1, Math.round(photo.width * scale)),
    height: Math.max(1, Math.round(photo.height * scale)),
  }
}

/** Whether drawing anew was worth it: a drawing heavier than the file it came from is thrown away. */
export function keepOriginal(
  originalType: string,
  originalBytes: number,
  drawnBytes: number,
  scaled: boolean,
): boolean {
  return SENDABLE.has(originalType) && !scaled && drawnBytes >= originalBytes
}
