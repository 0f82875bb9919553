import { useState } from 'react'
import { changeSetting, getSetting } from '#modules/services/consultation/contract.ts'
import { useApi } from '#ui/api/use-api.ts'
import { exactTime } from '#ui/clock/county-time.ts'
import { useText } from '#ui/i18n/TextProvider.tsx'
import { CommandDrawer } from '#ui/schema-form/CommandDrawer.tsx'
import { ErrorState } from '#ui/state/ErrorState.tsx'
import { TextSkeleton } from '#ui/state/Skeletons.tsx'

/** From how many repeats on an alert opens by itself. */
export default function SettingScreen() {
  const { t } = useText()
  const answer = useApi(getSetting, {})
  const [changing, setChanging] = useState(false)
  if (answer.error && !answer.data)
    return <ErrorState page error={answer.error} onRetry={() => void answer.refetch()} />
  const { data } = answer
  const number = (key: 'repeats' | 'days' | 'metres', minimum: number, maximum: number) => ({
    type: 'integer' as const,
    title: t(`consultation.setting.${key}`),
    minimum,
    maximum,
  })
  return (
    <div className="y-page" style={{ maxWidth: 960 }}>
      <h1 style={{ fontSize: 24, lineHeight: '36px', fontWeight: 700, marginBottom: 4 }}>
        {t('consultation.setting.title')}
      </h1>
      <p className="y-sm y-sub" style={{ marginBottom: 16 }}>
        {t('consultation.setting.note')}
      </p>
      {data ? (
        <>
          <p style={{ marginBottom: 4 }}>
            {t('consultation.setting.now', { repeats: data.repeats, days: data.days, metres: data.metres })}
          </p>
          <p className="y-sm y-sub" style={{ marginBottom: 16 }}>
            {data.changedAt
              ? t('consultation.setting.changed', { name: data.changedByName ?? '', at: exactTime(data.changedAt) })
              : t('consultation.setting.unchanged')}
          </p>
          <button type="button" className="y-btn primary" onClick={() => setChanging(true)}>
            {t('consultation.setting.change')}
          </button>
          {changing && (
            <CommandDrawer
              route={changeSetting}
              title={t('consultation.setting.change')}
              submitLabel={t('consultation.setting.save')}
              schema={{
                type: 'object',
                required: ['repeats', 'days', 'metres'],
                properties: {
                  repeats: number('repeats', 2, 20),
                  days: number('days', 1, 365),
                  metres: number('metres', 0, 5000),
                },
              }}
              given={{ repeats: data.repeats, days: data.days, metres: data.metres }}
              fixed={{}}
              onClose={() => setChanging(false)}
              onDone={() => {
                setChanging(false)
                void answer.refetch()
              }}
            />
          )}
        </>
      ) : (
        <TextSkeleton lines={3} />
      )}
    </div>
  )
}
