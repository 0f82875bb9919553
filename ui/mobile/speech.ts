import { useEffect, useState, useSyncExternalStore } from 'react'
import type { Language } from '#ui/i18n/catalogue.ts'

const LONGEST = 120

/** Pieces short enough for every phone's voice, cut at the ends of sentences; a longer sentence is cut at commas. */
export function speechPieces(text: string): string[] {
  const pieces: string[] = []
  for (const line of text.split(/\n+/)) {
    let piece = ''
    for (const part of line.trim().split(/(?<=[。！？!?；;，,：:])/)) {
      if (piece && piece.length + part.length > LONGEST) {
        pieces.push(piece)
        piece = ''
      }
      piece += part
      if (/[。！？!?]$/.test(part)) {
        pieces.push(piece)
        piece = ''
      }
    }
    if (piece) pieces.push(piece)
  }
  return pieces.map((piece) => piece.trim()).filter((piece) => /[\p{L}\p{N}]/u.test(piece))
}

/** What a listener needs of a screen: its words in order, without what only helps the eye. */
export function spokenText(root: HTMLElement): string {
  const copy = root.cloneNode(true) as HTMLElement
  for (const silent of copy.querySelectorAll('[aria-hidden="true"], [data-silent], .y-vh, script, style'))
    silent.remove()
  const lines: string[] = []
  for (const block of copy.querySelectorAll('h1, h2, h3, p, li, label, legend, a, button, dt, dd')) {
    if (block.parentElement?.closest('li, label, a, button, p')) continue
    const text = (block as HTMLElement).textContent?.replace(/\s+/g, ' ').trim()
    if (text) lines.push(text)
  }
  return lines.join('\n')
}

const voiceFor = (language: Language) =>
  speechSynthesis.getVoices().find((voice) =>
    voice.lang
      .replace('_', '-')
      .toLowerCase()
      .startsWith(language === 'en' ? 'en' : 'zh'),
  )

function subscribeVoices(listener: () => void) {
  if (!('speechSynthesis' in globalThis)) return () => {}
  speechSynthesis.addEventListener?.('voiceschanged', listener)
  return () => speechSynthesis.removeEventListener?.('voiceschanged', listener)
}

/** Whether this phone has a voice for the language. */
export function useVoice(language: Language): boolean {
  return useSyncExternalStore(
    subscribeVoices,
    () => 'speechSynthesis' in globalThis && voiceFor(language) !== undefined,
  )
}

/** Reads a screen aloud, a piece at a time; leaving the screen ends it. */
export function useReading(language: Language): { reading: boolean; start: (text: string) => void; stop: () => void } {
  const [reading, setReading] = useState(false)
  useEffect(() => () => globalThis.speechSynthesis?.cancel(), [])
  return {
    reading,
    stop: () => {
      speechSynthesis.cancel()
      setReading(false)
    },
    start: (text) => {
      speechSynthesis.cancel()
      const pieces = speechPieces(text)
      if (pieces.length === 0) return
      setReading(true)
      for (const [i, piece] of pieces.entries()) {
        const words = new SpeechSynthesisUtterance(piece)
        words.lang = language
        words.rate = 0.9
        const voice = voiceFor(language)
        if (voice) words.voice = voice
        if (i === pieces.length - 1) words.onend = () => setReading(false)
        words.onerror = () => setReading(false)
        speechSynthesis.speak(words)
      }
    },
  }
}
