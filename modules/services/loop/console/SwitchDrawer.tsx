import { useQueryClient } from '@tanstack/react-query'
import { type Task, useVersionName } from '#modules/services/loop/console/RecognitionHead.tsx'
import { switchRecognition } from '#modules/services/loop/recognition/recognition.contract.ts'
import { useText } from '#ui/i18n/TextProvider.tsx'
import { CommandDrawer } from '#ui/schema-form/CommandDrawer.tsx'

/** Puts another model in use: a person's decision, with a reason. */
export function SwitchDrawer({
  task,
  from,
  to,
  onClose,
}: {
  task: Task
  from: { id: number; version: number }
  to: { id: number; version: number }
  onClose: () => void
}) {
  const { t } = useText()
  const nameOf = useVersionName()
  const queryClient = useQueryClient()
  return (
    <CommandDrawer
      route={switchRecognition}
      title={t('loop.recognition.switch')}
      note={
        <p className="y-sm y-sub">
          {t('loop.recognition.switchNote', { from: nameOf(from.version, task), to: nameOf(to.version, task) })}
        </p>
      }
      schema={{
        type: 'object',
        required: ['reason'],
        properties: {
          reason: {
            type: 'string',
            format: 'multiline',
            title: t('loop.recognition.reason'),
            minLength: 4,
            maxLength: 500,
          },
        },
      }}
      fixed={{ modelId: to.id, fromId: from.id }}
      onClose={onClose}
      onDone={() => {
        onClose()
        void queryClient.invalidateQueries()
      }}
    />
  )
}
