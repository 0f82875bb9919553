import { useQueryClient } from '@tanstack/react-query'
import { lazy, Suspense, useMemo, useState } from 'react'
import { useNavigate, useSearchParams } from 'react-router'
import { listInbox } from '#platform/process/contract.ts'
import { base } from '#ui/api/base.ts'
import { useApiPages } from '#ui/api/use-api.ts'
import { clockText, wallTime, weekdayText } from '#ui/clock/county-time.ts'
import { useNow } from '#ui/clock/server-clock.ts'
import { useText } from '#ui/i18n/TextProvider.tsx'
import { Icon } from '#ui/icon/Icon.tsx'
import { DeadlineBand } from '#ui/inbox/DeadlineBand.tsx'
import { InboxTable } from '#ui/inbox/InboxTable.tsx'
import type { InboxItem } from '#ui/inbox/inbox-item.ts'
import { Menu } from '#ui/menu/Menu.tsx'
import { severities } from '#ui/severity/severity.ts'
import { useSession } from '#ui/shell/session.ts'
import { EmptyState } from '#ui/state/EmptyState.tsx'
import { ErrorState } from '#ui/state/ErrorState.tsx'
import { RowSkeletons } from '#ui/state/Skeletons.tsx'
import { type ServerInboxItem, toInboxItem } from './case-view.ts'

const BulkDialog = lazy(() => import('./BulkDialog.tsx'))

const sources = ['resident', 'doorplate', 'grid', 'hotline', 'window', 'import'] as const

/** 待办: what must I do now? */
export default function InboxScreen() {
  const text = useText()
  const { t, language } = text
  const { me, calendar } = useSession()
  const navigate = useNavigate()
  const queryClient = useQueryClient()
  const [params, setParams] = useSearchParams()
  const [selected, setSelected] = useState<ReadonlySet<string>>(new Set())
  const [jump, setJump] = useState<{ day: string; at: number }>()
  const [bulk, setBulk] = useState<ServerInboxItem[]>()

  const definition = params.get('definition') ?? undefined
  const source = params.get('source') ?? undefined
  const severity = params.get('severity') ? Number(params.get('severity')) : undefined
  const answer = useApiPages(listInbox, { definition, source, severity, limit: 200 }, { every: 30_000 })
  const rows = useMemo(() => answer.data?.pages.flatMap((page) => page.items) ?? [], [answer.data])
  const myUnits = useMemo(() => new Set(me.posts.map((p) => p.unitId)), [me])
  const items = useMemo(() => rows.map((row) => toInboxItem(row, text, myUnits)), [rows, text, myUnits])
  const byId = useMemo(() => new Map(rows.map((row) => [String(row.id), row])), [rows])
  const band = useMemo(
    () => items.flatMap((item) => (item.due ? [{ at: item.due.at, severity: item.severity ?? null }] : [])),
    [items],
  )
  const first = answer.data?.pages[0]
  const byDefinition = first?.byDefinition ?? []
  const totals = useMemo(() => Object.fromEntries((first?.byDue ?? []).map((d) => [d.key, d.count])), [first])
  const allCount = byDefinition.reduce((sum, d) => sum + d.count, 0)

  const set = (key: string, value: string | undefined) => {
    const next = new URLSearchParams(params)
    if (value) next.set(key, value)
    else next.delete(key)
    setSelected(new Set())
    setParams(next, { replace: true })
  }
  const href = (item: InboxItem) => `${base().prefix}/console/cases/${item.caseId}`
  const open = (item: InboxItem) => navigate(`/cases/${item.caseId}`)
  const filtered = Boolean(source || severity !== undefined)

  return (
    <>
      <div className="y-pagehead">
        <h1>{t('console.nav.inbox')}</h1>
        <nav className="y-tabs y-grow" aria-label={t('console.inbox.kinds')}>
          <button
            type="button"
            className={definition ? '' : 'on'}
            aria-current={definition ? undefined : 'page'}
            onClick={() => set('definition', undefined)}
          >
            {t('ui.table.all')} <b>{allCount.toLocaleString('en-US')}</b>
          </button>
          {byDefinition.map((d) => (
            <button
              type="button"
              key={d.key}
              className={definition === d.key ? 'on' : ''}
              aria-current={definition === d.key ? 'page' : undefined}
              onClick={() => set('definition', d.key)}
            >
              {d.name[language]} <b>{d.count.toLocaleString('en-US')}</b>
            </button>
          ))}
        </nav>
        <PageClock year={wallTime(Date.now()).year} />
      </div>
      <div style={{ padding: '12px 24px 0' }}>
        <DeadlineBand items={band} calendar={calendar} onJump={(day) => setJump({ day, at: performance.now() })} />
      </div>
      <div className="y-inbox-filters">
        <Menu
          label={t('ui.inbox.column.severity')}
          worded
          className={severity ? 'y-chip on' : 'y-chip'}
          button={
            <>
              {t('ui.inbox.column.severity')}{' '}
              <b>{severity ? t(`ui.severity.${severities[severity - 1]}`) : t('ui.table.all')}</b>{' '}
              <Icon name="down" size="s" />
            </>
          }
          entries={[
            { key: '', label: t('ui.table.all'), checked: !severity, onPick: () => set('severity', undefined) },
            ...severities.map((level, i) => ({
              key: level,
              label: t(`ui.severity.${level}`),
              checked: severity === i + 1,
              onPick: () => set('severity', String(i + 1)),
            })),
          ]}
        />
        <Menu
          label={t('ui.inbox.column.source')}
          worded
          className={source ? 'y-chip on' : 'y-chip'}
          button={
            <>
              {t('ui.inbox.column.source')} <b>{source ? t(`source.${source}`) : t('ui.table.all')}</b>{' '}
              <Icon name="down" size="s" />
            </>
          }
          entries={[
            { key: '', label: t('ui.table.all'), checked: !source, onPick: () => set('source', undefined) },
            ...sources.map((s) => ({
              key: s,
              label: t(`source.${s}`),
              checked: source === s,
              onPick: () => set('source', s),
            })),
          ]}
        />
        <span className="y-grow" />
        <span className="y-xs y-muted y-nowrap">{t('console.inbox.order')}</span>
      </div>
      {answer.error && !first ? (
        <ErrorState error={answer.error} onRetry={() => void answer.refetch()} />
      ) : !first ? (
        <div style={{ padding: '0 24px' }}>
          <RowSkeletons rows={10} />
        </div>
      ) : (
        <InboxTable
          items={items}
          calendar={calendar}
          totals={totals}
          selected={selected}
          onSelect={setSelected}
          onOpen={open}
          onAct={(item) => navigate(`/cases/${item.caseId}?do=${item.action?.key ?? ''}`)}
          hrefOf={href}
          more={answer.hasNextPage}
          onMore={() => {
            if (answer.hasNextPage && !answer.isFetchingNextPage) void answer.fetchNextPage()
          }}
          jumpTo={jump}
          empty={
            <EmptyState
              icon="check"
              title={t(filtered ? 'ui.table.noneFound' : 'console.inbox.empty')}
              actions={
                filtered && (
                  <button type="button" className="y-btn" onClick={() => setParams({}, { replace: true })}>
                    {t('ui.table.clear')}
                  </button>
                )
              }
            >
              {filtered ? t('ui.table.noneFoundHint') : t('console.inbox.emptyHint')}
            </EmptyState>
          }
          bulk={(chosen) => (
            <BulkBar chosen={chosen} onBulk={() => setBulk(chosen.flatMap((c) => byId.get(c.id) ?? []))} />
          )}
        />
      )}
      {bulk && (
        <Suspense fallback={null}>
          <BulkDialog
            items={bulk}
            onClose={(done) => {
              setBulk(undefined)
              if (done) {
                setSelected(new Set())
                void queryClient.invalidateQueries({ queryKey: [listInbox.name] })
              }
            }}
          />
        </Suspense>
      )}
    </>
  )
}

function PageClock({ year }: { year: number }) {
  const now = useNow()
  const { t, language } = useText()
  return (
    <span className="y-sub y-sm y-nowrap">
      {weekdayText(now, language)} <b className="y-b">{clockText(now)}</b> · {t('console.inbox.calendar', { year })}
    </span>
  )
}

/** Things of one kind may be done together; anything else is done one by one, and the bar says why. */
function BulkBar({ chosen, onBulk }: { chosen: InboxItem[]; onBulk: () => void }) {
  const { t } = useText()
  const kinds = new Set(chosen.map((c) => c.bulkKind ?? ''))
  const same = kinds.size === 1 && !kinds.has('')
  const action = chosen[0]?.action?.label ?? ''
  return (
    <>
      <span className="note y-nowrap">
        {same
          ? t('console.bulk.same', { action })
          : kinds.has('')
            ? t('console.bulk.oneByOne')
            : t('console.bulk.mixed')}
      </span>
      <span className="y-grow" />
      <button type="button" className="y-btn pri sm" disabled={!same} onClick={onBulk}>
        {same ? t('console.bulk.preview', { action, n: chosen.length }) : t('console.bulk.cannot')}
      </button>
    </>
  )
}
