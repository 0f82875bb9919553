import { useMemo } from 'react'
import { hourMinute, monthDay } from '#ui/clock/county-time.ts'
import { useNowEvery } from '#ui/clock/server-clock.ts'

/** Who looks, from which unit and when, laid faintly over pages with personal data; a photo of the screen tells on itself. */
export function WaterMark({ text }: { text: string }) {
  const now = useNowEvery(60_000)
  const image = useMemo(() => {
    const line = `${text} ${monthDay(now)} ${hourMinute(now)}`.replace(/&/g, '&amp;').replace(/</g, '&lt;')
    const svg = `<svg xmlns='http://www.w3.org/2000/svg' width='320' height='180'><text x='20' y='120' transform='rotate(-20 160 90)' font-size='15' font-family='sans-serif' fill='#808a96'>${line}</text></svg>`
    return `url("data:image/svg+xml,${encodeURIComponent(svg)}")`
  }, [text, now])
  return (
    <div
      aria-hidden="true"
      className="y-watermark"
      style={{
        position: 'absolute',
        inset: 0,
        pointerEvents: 'none',
        zIndex: 5,
        opacity: 0.09,
        backgroundSize: '320px 180px',
        backgroundImage: image,
      }}
    />
  )
}
