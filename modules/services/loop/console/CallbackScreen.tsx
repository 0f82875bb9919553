import { useQueryClient } from '@tanstack/react-query'
import { useState } from 'react'
import { Link, useSearchParams } from 'react-router'
import { getReporter, listCallbacks, recordCallback } from '#modules/services/loop/contract.ts'
import type { RouteOutput } from '#platform/contract/route.ts'
import { call } from '#ui/api/client.ts'
import { useApiPages } from '#ui/api/use-api.ts'
import { exactTime } from '#ui/clock/county-time.ts'
import { useText } from '#ui/i18n/TextProvider.tsx'
import { CommandDrawer } from '#ui/schema-form/CommandDrawer.tsx'
import { EmptyState } from '#ui/state/EmptyState.tsx'
import { DataTable } from '#ui/table/DataTable.tsx'

type Callback = RouteOutput<typeof listCallbacks>['items'][number]

const OUTCOMES = ['answered', 'no_answer', 'busy', 'wrong_number', 'refused'] as const
const LEVELS = [5, 4, 3, 2, 1] as const

/** Calls to those whose cases have ended: one result per case, by somebody who did not handle it. */
export default function CallbackScreen() {
  const { t, language } = useText()
  const queryClient = useQueryClient()
  const [params] = useSearchParams()
  const done = params.get('show') === 'done'
  const list = useApiPages(listCallbacks, { ...(done ? { done: true } : {}) })
  const [calling, setCalling] = useState<{ row: Callback; phone: string | null; name: string | null }>()
  const rows = list.data?.pages.flatMap((page) => page.items)
  const open = list.data?.pages[0]?.open
  function refresh() {
    setCalling(undefined)
    void queryClient.invalidateQueries({ queryKey: [listCallbacks.name] })
  }
  /** The number is shown for this call and the look is on record. */
  async function begin(row: Callback) {
    const who = await call(getReporter, { id: row.case.id, purpose: t('loop.callback.purpose') }).catch(() => undefined)
    setCalling({ row, phone: who?.phone ?? null, name: who?.name ?? null })
  }
  return (
    <>
      <div className="y-pagehead">
        <h1>{t('loop.callback.nav')}</h1>
        <nav className="y-tabs y-grow" aria-label={t('loop.callback.nav')}>
          <Link to="/loop/callbacks" className={done ? '' : 'on'} aria-current={done ? undefined : 'page'}>
            {t('loop.callback.open')}
            {open !== undefined && <b>{open}</b>}
          </Link>
          <Link to="/loop/callbacks?show=done" className={done ? 'on' : ''} aria-current={done ? 'page' : undefined}>
            {t('loop.callback.done')}
          </Link>
        </nav>
      </div>
      <DataTable
        name="loop.callbacks"
        columns={[
          {
            key: 'case',
            title: t('loop.callback.case'),
            fixed: true,
            cell: (r) => (
              <>
                <Link className="t" to={`/cases/${r.case.id}`}>
                  {r.case.title}
                </Link>
                <span className="n">
                  {[r.case.number, r.case.villageName ?? r.case.townName, r.case.unit?.name]
                    .filter(Boolean)
                    .join(' · ')}
                </span>
              </>
            ),
          },
          {
            key: 'reason',
            title: t('loop.callback.reason'),
            width: 130,
            cell: (r) => t(`loop.callback.reason.${r.reason}`),
          },
          {
            key: 'tries',
            title: t('loop.callback.tries'),
            width: 170,
            cell: (r) => (
              <>
                {t('loop.callback.triesOf', { tries: r.tries, most: r.mostTries })}
                {!done && r.tries > 0 && (
                  <span className="n">{t('loop.callback.notBefore', { at: exactTime(r.notBefore).slice(5, 16) })}</span>
                )}
              </>
            ),
          },
          ...(done
            ? [
                {
                  key: 'result',
                  title: t('loop.callback.result'),
                  width: 240,
                  fixed: true,
                  cell: (r: Callback) =>
                    r.state === 'unreached' ? (
                      t('loop.callback.unreached')
                    ) : (
                      <>
                        {t(r.solved ? 'loop.callback.solved' : 'loop.callback.unsolved')}
                        {' · '}
                        {t(`loop.callback.level.${r.satisfied}`)}
                        {r.words && <span className="n">{r.words}</span>}
                        {r.redoCaseId && (
                          <Link className="y-xs" to={`/cases/${r.redoCaseId}`}>
                            {t('loop.callback.redo')}
                          </Link>
                        )}
                      </>
                    ),
                },
                { key: 'at', title: t('loop.callback.at'), width: 150, cell: (r: Callback) => exactTime(r.doneAt!) },
              ]
            : [
                {
                  key: 'act',
                  title: t('ui.inbox.column.action'),
                  width: 150,
                  fixed: true,
                  cell: (r: Callback) =>
                    r.can.call ? (
                      <button type="button" className="y-btn sm" onClick={() => void begin(r)}>
                        {t('loop.callback.call')}
                      </button>
                    ) : (
                      <span className="y-xs y-muted">{t('loop.callback.own')}</span>
                    ),
                },
              ]),
        ]}
        rows={rows}
        rowKey={(r) => r.id}
        loading={list.isLoading}
        error={list.error ?? undefined}
        onRetry={() => void list.refetch()}
        more={list.hasNextPage}
        loadingMore={list.isFetchingNextPage}
        onMore={() => void list.fetchNextPage()}
        empty={<EmptyState icon="check" title={t(done ? 'loop.callback.noneDone' : 'loop.callback.none')} />}
      />
      {calling && (
        <CommandDrawer
          route={recordCallback}
          title={t('loop.callback.call')}
          submitLabel={t('loop.callback.save')}
          note={
            <div className="y-sm y-sub" style={{ marginBottom: 12 }}>
              <p className="y-b">{calling.row.case.title}</p>
              <p>
                {[calling.row.case.number, calling.row.case.stateName[language], calling.name]
                  .filter(Boolean)
                  .join(' · ')}
              </p>
              <p style={{ fontSize: 20, lineHeight: '32px' }}>{calling.phone ?? t('loop.callback.noPhone')}</p>
              <p className="y-xs">{t('loop.callback.logged')}</p>
            </div>
          }
          schema={{
            type: 'object',
            required: ['outcome'],
            properties: {
              outcome: {
                type: 'string',
                title: t('loop.callback.outcome'),
                enum: [...OUTCOMES],
                'x-names': OUTCOMES.map((o) => t(`loop.callback.outcome.${o}`)),
                'x-order': 0,
              },
              solved: { type: 'boolean', title: t('loop.callback.isSolved'), 'x-order': 1 },
              satisfied: {
                type: 'integer',
                title: t('loop.callback.satisfied'),
                enum: [...LEVELS],
                'x-names': LEVELS.map((level) => t(`loop.callback.level.${level}`)),
                'x-order': 2,
              },
              words: {
                type: 'string',
                format: 'multiline',
                title: t('loop.callback.words'),
                description: t('loop.callback.wordsHelp'),
                maxLength: 1000,
                'x-order': 3,
              },
            },
          }}
          fixed={{ id: calling.row.id }}
          draftKey={`loop.callback.${calling.row.id}`}
          onClose={() => setCalling(undefined)}
          onDone={refresh}
        />
      )}
    </>
  )
}
