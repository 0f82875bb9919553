import { useQueryClient } from '@tanstack/react-query'
import { useState } from 'react'
import { AbsenceDrawer } from '#modules/management/roster/console/AbsenceDrawer.tsx'
import { RosterHead } from '#modules/management/roster/console/RosterHead.tsx'
import { endAbsence, listAbsences, listPairs, nameBackup } from '#modules/management/roster/contract.ts'
import { useApi, useCommand } from '#ui/api/use-api.ts'
import { exactTime } from '#ui/clock/county-time.ts'
import { useText } from '#ui/i18n/TextProvider.tsx'
import { Icon } from '#ui/icon/Icon.tsx'
import { CommandDrawer } from '#ui/schema-form/CommandDrawer.tsx'
import { EmptyState } from '#ui/state/EmptyState.tsx'
import { ErrorState } from '#ui/state/ErrorState.tsx'
import { DataTable } from '#ui/table/DataTable.tsx'

/** Who is away and who stands in, and who stands in for which post. */
export default function AbsencesScreen() {
  const { t } = useText()
  const queryClient = useQueryClient()
  const absences = useApi(listAbsences, {})
  const pairs = useApi(listPairs, {})
  const [entering, setEntering] = useState(false)
  const [naming, setNaming] = useState<{ postId: number; title: string } | null>(null)
  const refresh = () => {
    setEntering(false)
    setNaming(null)
    for (const route of [listAbsences, listPairs]) void queryClient.invalidateQueries({ queryKey: [route.name] })
  }
  const end = useCommand(endAbsence, refresh)
  return (
    <>
      <RosterHead
        tools={
          <button type="button" className="y-btn sm" onClick={() => setEntering(true)}>
            <Icon name="plus" size="s" />
            {t('roster.absence.enter')}
          </button>
        }
      />
      {end.error && <ErrorState error={end.error} />}
      <DataTable
        name="roster.absences"
        tight
        columns={[
          { key: 'who', title: t('roster.absence.who'), fixed: true, width: 110, cell: (one) => one.person.name },
          { key: 'unit', title: t('roster.unit'), cell: (one) => one.unit },
          { key: 'kind', title: t('roster.absence.kind'), width: 90, cell: (one) => t(`roster.kind.${one.kind}`) },
          {
            key: 'time',
            title: t('roster.absence.time'),
            fixed: true,
            width: 290,
            cell: (one) => `${exactTime(one.since).slice(0, 16)} – ${exactTime(one.until).slice(0, 16)}`,
          },
          {
            key: 'covers',
            title: t('roster.absence.covers'),
            fixed: true,
            cell: (one) =>
              one.covers.map(({ post, person }) => `${post}：${person.name}`).join('、') || t('roster.absence.nobody'),
          },
          {
            key: 'act',
            title: t('ui.inbox.column.action'),
            width: 90,
            fixed: true,
            cell: (one) =>
              one.can.end && (
                <button type="button" className="y-btn sm" onClick={() => end.mutate({ absenceId: one.id })}>
                  {t('roster.absence.end')}
                </button>
              ),
          },
        ]}
        rows={absences.data?.items}
        rowKey={(one) => one.id}
        loading={absences.isLoading}
        error={absences.error ?? undefined}
        onRetry={() => void absences.refetch()}
        empty={<EmptyState tight icon="check" title={t('roster.absence.none')} />}
      />
      <div className="y-page">
        <h2 className="y-sec">{t('roster.pairs')}</h2>
      </div>
      <DataTable
        name="roster.pairs"
        tight
        columns={[
          { key: 'unit', title: t('roster.unit'), fixed: true, cell: (one) => one.unit.shortName },
          { key: 'post', title: t('roster.post'), fixed: true, width: 140, cell: (one) => one.post },
          {
            key: 'a',
            title: t('roster.a'),
            fixed: true,
            cell: (one) => one.holders.map(({ name }) => name).join('、'),
          },
          {
            key: 'b',
            title: t('roster.b'),
            fixed: true,
            cell: (one) => one.backup?.name ?? <span className="y-tag warm">{t('roster.noBackup')}</span>,
          },
          {
            key: 'act',
            title: t('ui.inbox.column.action'),
            width: 110,
            fixed: true,
            cell: (one) => (
              <button
                type="button"
                className="y-btn sm"
                onClick={() => setNaming({ postId: one.postId, title: `${one.unit.shortName}${one.post}` })}
              >
                {t('roster.nameBackup')}
              </button>
            ),
          },
        ]}
        rows={pairs.data?.items}
        rowKey={(one) => one.postId}
        loading={pairs.isLoading}
        error={pairs.error ?? undefined}
        onRetry={() => void pairs.refetch()}
      />
      {entering && <AbsenceDrawer keeper onClose={() => setEntering(false)} onDone={refresh} />}
      {naming && (
        <CommandDrawer
          route={nameBackup}
          title={t('roster.nameBackupOf', { post: naming.title })}
          submitLabel={t('roster.save')}
          note={<p className="y-sm y-sub">{t('roster.nameBackupNote')}</p>}
          schema={{
            type: 'object',
            required: ['accountId'],
            properties: { accountId: { type: 'integer', format: 'account', title: t('roster.b') } },
          }}
          fixed={{ postId: naming.postId }}
          onClose={() => setNaming(null)}
          onDone={refresh}
        />
      )}
    </>
  )
}
