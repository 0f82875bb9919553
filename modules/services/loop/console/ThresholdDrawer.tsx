import { useQueryClient } from '@tanstack/react-query'
import { useState } from 'react'
import { percent } from '#modules/services/loop/console/RecognitionHead.tsx'
import {
  previewRecognitionThreshold,
  setRecognitionThreshold,
} from '#modules/services/loop/recognition/recognition.contract.ts'
import { useApi } from '#ui/api/use-api.ts'
import { useText } from '#ui/i18n/TextProvider.tsx'
import { CommandDrawer } from '#ui/schema-form/CommandDrawer.tsx'

/** How sure a model has to be, with what that would do before it is set. */
export function ThresholdDrawer({ model, onClose }: { model: { id: number; threshold: number }; onClose: () => void }) {
  const { t } = useText()
  const queryClient = useQueryClient()
  const now = Math.round(model.threshold * 100)
  const [wanted, setWanted] = useState(now)
  return (
    <CommandDrawer
      route={setRecognitionThreshold}
      title={t('loop.recognition.setThreshold')}
      note={<p className="y-sm y-sub">{t('loop.recognition.thresholdNote', { now })}</p>}
      schema={{
        type: 'object',
        required: ['percent', 'reason'],
        properties: {
          percent: { type: 'integer', title: t('loop.recognition.thresholdField'), minimum: 0, maximum: 100 },
          reason: {
            type: 'string',
            format: 'multiline',
            title: t('loop.recognition.reason'),
            minLength: 4,
            maxLength: 500,
          },
        },
      }}
      given={{ percent: now }}
      onChange={({ percent: value }) => {
        if (typeof value === 'number' && value >= 0 && value <= 100) setWanted(value)
      }}
      extra={<Effect modelId={model.id} threshold={wanted / 100} />}
      fixed={{ modelId: model.id }}
      shape={({ percent: value, reason }) => ({ threshold: Number(value) / 100, reason })}
      onClose={onClose}
      onDone={() => {
        onClose()
        void queryClient.invalidateQueries()
      }}
    />
  )
}

function Effect({ modelId, threshold }: { modelId: number; threshold: number }) {
  const { t } = useText()
  const answer = useApi(previewRecognitionThreshold, { modelId, threshold })
  if (!answer.data) return null
  const { reports, heldOut } = answer.data
  return (
    <div className="y-card y-sm" aria-live="polite" style={{ display: 'grid', gap: 6 }}>
      <b>{t('loop.recognition.effect')}</b>
      {reports.count > 0 ? (
        <span>
          {t('loop.recognition.effectReports', {
            count: reports.count,
            now: reports.toPersonNow,
            after: reports.toPersonThen,
          })}
        </span>
      ) : (
        <span>{t('loop.recognition.effectNone')}</span>
      )}
      {reports.decidedAlone > 0 && (
        <span>{t('loop.recognition.effectRight', { count: reports.decidedAlone, right: reports.rightAlone })}</span>
      )}
      {heldOut && (
        <span className="y-sub">
          {t('loop.recognition.effectHeldOut', {
            threshold: percent(heldOut.threshold),
            person: percent(heldOut.toPerson),
            right: percent(heldOut.right),
          })}
        </span>
      )}
    </div>
  )
}
