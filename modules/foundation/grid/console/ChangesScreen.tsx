import { useMemo } from 'react'
import { Link, useSearchParams } from 'react-router'
import { GridHead } from '#modules/foundation/grid/console/GridHead.tsx'
import { listChanges } from '#modules/foundation/grid/contract.ts'
import { CHANGE_KINDS } from '#modules/foundation/grid/domain/plan.ts'
import { useApiPages } from '#ui/api/use-api.ts'
import { exactTime } from '#ui/clock/county-time.ts'
import { useText } from '#ui/i18n/TextProvider.tsx'
import { EmptyState } from '#ui/state/EmptyState.tsx'
import { DataTable } from '#ui/table/DataTable.tsx'
import { pageProps } from '#ui/table/page-props.ts'

const states = ['draft', 'checked', 'scheduled', 'published', 'withdrawn'] as const

/** Changes of the grids in one's territory, newest first. */
export default function ChangesScreen() {
  const { t } = useText()
  const [params, setParams] = useSearchParams()
  const values = Object.fromEntries(params)
  const answer = useApiPages(listChanges, {
    q: values.q || undefined,
    state: states.find((state) => state === values.state),
    kind: CHANGE_KINDS.find((kind) => kind === values.kind),
    limit: 50,
  })
  const rows = useMemo(() => answer.data?.pages.flatMap((page) => page.items), [answer.data])
  return (
    <>
      <GridHead
        tools={
          <Link className="y-btn sm" to="/grids/import">
            {t('grid.import')}
          </Link>
        }
      />
      <DataTable
        name="grid.changes"
        columns={[
          {
            key: 'title',
            title: t('grid.change'),
            fixed: true,
            cell: (c) => (
              <>
                <Link className="t" to={`/grids/changes/${c.id}`}>
                  {c.title}
                </Link>
                <span className="n">{c.reason}</span>
              </>
            ),
          },
          { key: 'kind', title: t('grid.field.changeKind'), width: 90, cell: (c) => t(`grid.change.${c.kind}`) },
          { key: 'place', title: t('grid.field.place'), width: 160, cell: (c) => c.place },
          { key: 'grids', title: t('grid.field.grids'), width: 70, number: true, cell: (c) => c.grids },
          {
            key: 'faults',
            title: t('grid.field.faults'),
            width: 80,
            number: true,
            cell: (c) => (c.errors > 0 ? <span className="y-tag warm">{c.errors}</span> : c.errors),
          },
          {
            key: 'state',
            title: t('grid.field.state'),
            width: 110,
            cell: (c) => (
              <span className={c.state === 'checked' || c.state === 'scheduled' ? 'y-tag pri' : 'y-tag'}>
                {t(`grid.changeState.${c.state}`)}
              </span>
            ),
          },
          { key: 'effective', title: t('grid.field.effectiveOn'), width: 110, cell: (c) => c.effectiveOn ?? '' },
          {
            key: 'by',
            title: t('grid.field.draftedBy'),
            width: 150,
            cell: (c) => (
              <>
                {c.createdBy}
                <span className="n">{exactTime(c.updatedAt).slice(0, 16)}</span>
              </>
            ),
          },
          {
            key: 'publishedBy',
            title: t('grid.field.publishedBy'),
            width: 90,
            optional: true,
            cell: (c) => c.publishedBy ?? '',
          },
        ]}
        rows={rows}
        rowKey={(c) => c.id}
        filters={[
          {
            key: 'state',
            title: t('grid.field.state'),
            options: states.map((state) => ({ value: state, label: t(`grid.changeState.${state}`) })),
          },
          {
            key: 'kind',
            title: t('grid.field.changeKind'),
            options: CHANGE_KINDS.map((kind) => ({ value: kind, label: t(`grid.change.${kind}`) })),
          },
        ]}
        values={values}
        onFilter={(next) => setParams(Object.fromEntries(Object.entries(next).filter(([, v]) => v)), { replace: true })}
        findHint={t('grid.change.find')}
        count={answer.data?.pages[0]?.total}
        {...pageProps(answer)}
        {...(Object.values(values).some(Boolean)
          ? {}
          : {
              empty: (
                <EmptyState icon="map" title={t('grid.change.none')}>
                  {t('grid.change.noneHint')}
                </EmptyState>
              ),
            })}
      />
    </>
  )
}
