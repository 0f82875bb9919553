import { useEffect, useState } from 'react'
import { useText } from '#ui/i18n/TextProvider.tsx'
import { Icon } from '#ui/icon/Icon.tsx'
import { Sheet } from '#ui/mobile/Sheet.tsx'
import { groupCode, type KeptReport } from '../kept-reports.ts'
import { receiptPicture } from '../receipt-picture.ts'

/** Number and code as a picture: shown, so that a long press saves it even where downloads are closed. */
export function SaveReceipt({ report, when }: { report: KeptReport; when: string | undefined }) {
  const { t } = useText()
  const [picture, setPicture] = useState<string>()
  useEffect(() => () => (picture ? URL.revokeObjectURL(picture) : undefined), [picture])
  return (
    <>
      <button
        type="button"
        className="m-btn soft"
        onClick={async () => {
          const blob = await receiptPicture(
            t('loop.m.receipt.title'),
            [
              { label: t('loop.m.number'), value: report.number },
              { label: t('loop.m.code'), value: groupCode(report.followCode), large: true },
              ...(when ? [{ label: t('loop.m.receipt.by'), value: when }] : []),
            ],
            t('loop.m.receipt.foot'),
          )
          if (blob) setPicture(URL.createObjectURL(blob))
        }}
      >
        <Icon name="download" />
        {t('loop.m.receipt')}
      </button>
      {picture && (
        <Sheet title={t('loop.m.receipt')} onClose={() => setPicture(undefined)}>
          <p className="m-note" style={{ marginBottom: 10 }}>
            {t('loop.m.receipt.how')}
          </p>
          <img
            src={picture}
            alt={t('loop.m.copy.text', { number: report.number, code: report.followCode })}
            style={{ width: '100%', borderRadius: 12, boxShadow: 'inset 0 0 0 1px var(--y-line)' }}
          />
          <a className="m-btn pri wide" style={{ marginTop: 12 }} href={picture} download={`${report.number}.png`}>
            <Icon name="download" />
            {t('loop.m.receipt.download')}
          </a>
        </Sheet>
      )}
    </>
  )
}
