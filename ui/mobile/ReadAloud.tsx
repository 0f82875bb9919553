import { useText } from '#ui/i18n/TextProvider.tsx'
import { Icon } from '#ui/icon/Icon.tsx'
import { spokenText, useReading, useVoice } from '#ui/mobile/speech.ts'

/** Reads the page to the resident; only where the phone has a voice for the language. */
export function ReadAloud() {
  const { t, language } = useText()
  const voice = useVoice(language)
  const { reading, start, stop } = useReading(language)
  if (!voice) return null
  return (
    <button
      type="button"
      className="m-btn pill m-noprint"
      aria-pressed={reading}
      onClick={() => {
        const main = document.getElementById('main')
        if (reading || !main) stop()
        else start(`${document.querySelector('h1')?.textContent ?? ''}\n${spokenText(main)}`)
      }}
    >
      <Icon name={reading ? 'pause' : 'sound'} size="l" />
      {t(reading ? 'm.read.stop' : 'm.read.start')}
    </button>
  )
}
