import '#modules/management/duties/console/Editions.css'
import { Link } from 'react-router'
import { DutiesHead } from '#modules/management/duties/console/DutiesHead.tsx'
import { listConflicts, listEditions } from '#modules/management/duties/contract.ts'
import type { RouteOutput } from '#platform/contract/route.ts'
import { apiUrl } from '#ui/api/base.ts'
import { useApi } from '#ui/api/use-api.ts'
import { useText } from '#ui/i18n/TextProvider.tsx'
import { Icon } from '#ui/icon/Icon.tsx'
import { EmptyState } from '#ui/state/EmptyState.tsx'
import { DataTable } from '#ui/table/DataTable.tsx'

type Edition = RouteOutput<typeof listEditions>['items'][number]

/** Key of the words for how a version stands. */
export function stateKey({ state, inForce }: Pick<Edition, 'state' | 'inForce'>): string {
  if (state === 'published') return inForce ? 'duties.edition.state.force' : 'duties.edition.state.coming'
  return `duties.edition.state.${state}`
}

/** Versions of the whole book, the coming ones first; the book goes out and comes in as Excel here. */
export default function EditionsScreen() {
  const { t } = useText()
  const answer = useApi(listEditions, {})
  const conflicts = useApi(listConflicts, {}, { staleTime: 60_000 })
  const found = conflicts.data?.items ?? []
  const errors = found.filter((one) => one.weight === 'error').length
  return (
    <>
      <DutiesHead
        tools={
          <>
            <a className="y-btn sm" href={apiUrl('/duties/book-export')} download>
              <Icon name="download" size="s" />
              {t('duties.edition.export')}
            </a>
            {answer.data?.can.manage && (
              <Link className="y-btn sm pri" to="/duties/editions/import">
                <Icon name="upload" size="s" />
                {t('duties.edition.import')}
              </Link>
            )}
          </>
        }
      />
      {conflicts.data && (
        <details style={{ padding: '8px 20px 0' }}>
          <summary className="y-sm y-sub">
            {found.length === 0
              ? t('duties.conflicts.none')
              : t('duties.conflicts.some', { errors, warnings: found.length - errors })}
          </summary>
          <ul
            className="y-sm"
            style={{ margin: '8px 0 0', paddingLeft: 20, lineHeight: '22px', maxHeight: 240, overflow: 'auto' }}
          >
            {found.map((one) => (
              <li key={`${one.of} ${one.reason}`}>
                {one.of} {one.reason}
              </li>
            ))}
          </ul>
        </details>
      )}
      <DataTable
        name="duties.editions"
        columns={[
          {
            key: 'title',
            title: t('duties.edition.title'),
            fixed: true,
            cell: (e) => (
              <>
                <Link className="t" to={`/duties/editions/${e.id}`}>
                  {e.kind === 'undo' ? t('duties.edition.undo.of', { title: e.title }) : e.title}
                </Link>
                <span className="n">{e.documentNumber}</span>
              </>
            ),
          },
          { key: 'from', title: t('duties.field.validFrom'), width: 120, cell: (e) => e.validFrom },
          {
            key: 'state',
            title: t('duties.edition.state'),
            width: 110,
            cell: (e) => <span className="y-tag">{t(stateKey(e))}</span>,
          },
          {
            key: 'changes',
            title: t('duties.edition.changes'),
            width: 200,
            cell: (e) => (
              <>
                {t('duties.edition.counts', e.counts)}
                {e.errors > 0 && <span className="n">{t('duties.edition.errors', { n: e.errors })}</span>}
              </>
            ),
          },
          {
            key: 'by',
            title: t('duties.edition.by'),
            width: 120,
            cell: (e) => e.publishedBy ?? e.createdBy ?? '',
          },
        ]}
        rows={answer.data?.items}
        rowKey={(e) => e.id}
        loading={answer.isLoading}
        error={answer.error ?? undefined}
        onRetry={() => void answer.refetch()}
        empty={<EmptyState icon="list" title={t('duties.edition.empty')} />}
      />
    </>
  )
}
