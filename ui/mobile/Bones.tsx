import { useText } from '#ui/i18n/TextProvider.tsx'

/** The shape of what is coming; after a while it also says that the network is slow. */
export function Bones({ heights, slow }: { heights: readonly number[]; slow?: boolean }) {
  const { t } = useText()
  return (
    <div className="m-bones" role="status" style={{ display: 'grid', gap: 12 }}>
      <span className="y-vh">{t('m.loading')}</span>
      {slow && <p className="m-note">{t('m.slow')}</p>}
      {heights.map((height, i) => (
        <div key={i} className="m-bone" style={{ height, borderRadius: 12 }} aria-hidden="true" />
      ))}
    </div>
  )
}
