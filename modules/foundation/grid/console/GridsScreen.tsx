import { useMemo } from 'react'
import { Link, useSearchParams } from 'react-router'
import { GridHead } from '#modules/foundation/grid/console/GridHead.tsx'
import { exportGrids, listGrids } from '#modules/foundation/grid/contract.ts'
import { GRID_KINDS } from '#modules/foundation/grid/domain/grid-code.ts'
import { listDivisions } from '#modules/foundation/org/contract.ts'
import { apiUrl } from '#ui/api/base.ts'
import { buildRequest } from '#ui/api/request.ts'
import { useApi, useApiPages } from '#ui/api/use-api.ts'
import { useText } from '#ui/i18n/TextProvider.tsx'
import { DataTable } from '#ui/table/DataTable.tsx'
import { pageProps } from '#ui/table/page-props.ts'

const states = ['vacant', 'undrawn', 'retired'] as const

/** Square metres as people say them. */
export function areaText(area: number | null): string {
  if (area === null) return ''
  return area >= 100_000 ? `${(area / 1_000_000).toFixed(2)} km²` : `${area.toLocaleString('en-US')} m²`
}

/** The grids of one's territory, in the order of their codes. */
export default function GridsScreen() {
  const { t } = useText()
  const [params, setParams] = useSearchParams()
  const values = Object.fromEntries(params)
  const divisions = useApi(listDivisions, { depth: 12 }, { staleTime: 300_000 })
  const filter = {
    q: values.q || undefined,
    under: values.village || values.town || undefined,
    kind: GRID_KINDS.find((kind) => kind === values.kind),
    state: states.find((state) => state === values.state),
  }
  const answer = useApiPages(listGrids, { ...filter, limit: 100 })
  const rows = useMemo(() => answer.data?.pages.flatMap((page) => page.items), [answer.data])
  const first = answer.data?.pages[0]
  const places = divisions.data?.items ?? []
  const number = (value: number | null) => value?.toLocaleString('en-US') ?? ''
  return (
    <>
      <GridHead
        tools={
          first?.can.manage && (
            <Link className="y-btn sm" to="/grids/import">
              {t('grid.import')}
            </Link>
          )
        }
      />
      <DataTable
        name="grid.grids"
        columns={[
          {
            key: 'name',
            title: t('grid.grid'),
            fixed: true,
            cell: (g) => (
              <>
                <Link className="t" to={`/grids/${g.code}`}>
                  {g.name}
                </Link>
                <span className="n">{g.code}</span>
              </>
            ),
          },
          {
            key: 'kind',
            title: t('grid.field.kind'),
            width: 150,
            cell: (g) =>
              g.place ? `${t(`grid.kind.${g.kind}`)} · ${t(`grid.place.${g.place}`)}` : t(`grid.kind.${g.kind}`),
          },
          { key: 'town', title: t('grid.field.town'), width: 110, cell: (g) => g.town.name },
          { key: 'village', title: t('grid.field.village'), width: 120, cell: (g) => g.village.name },
          {
            key: 'workers',
            title: t('grid.field.workers'),
            width: 80,
            number: true,
            cell: (g) => (g.kind === 'micro' ? '' : g.workers),
          },
          {
            key: 'households',
            title: t('grid.field.households'),
            width: 80,
            number: true,
            cell: (g) => number(g.households),
          },
          { key: 'people', title: t('grid.field.people'), width: 80, number: true, cell: (g) => number(g.people) },
          { key: 'area', title: t('grid.field.area'), width: 110, number: true, cell: (g) => areaText(g.area) },
          { key: 'since', title: t('grid.field.since'), width: 110, optional: true, cell: (g) => g.since ?? '' },
          {
            key: 'state',
            title: t('grid.field.state'),
            width: 170,
            cell: (g) => (
              <span className="y-row" style={{ gap: 4 }}>
                {g.illustrative && <span className="y-tag">{t('grid.illustrative')}</span>}
                {g.retiredOn && <span className="y-tag">{t('grid.retired')}</span>}
                {!g.retiredOn && !g.drawn && <span className="y-tag warm">{t('grid.undrawn')}</span>}
                {!g.retiredOn && g.kind !== 'micro' && g.workers === 0 && (
                  <span className="y-tag warm">{t('grid.vacant')}</span>
                )}
              </span>
            ),
          },
        ]}
        rows={rows}
        rowKey={(g) => g.code}
        filters={[
          {
            key: 'town',
            title: t('grid.field.town'),
            options: places.filter((d) => d.code.length === 9).map((d) => ({ value: d.code, label: d.name })),
          },
          ...(values.town
            ? [
                {
                  key: 'village',
                  title: t('grid.field.village'),
                  options: places
                    .filter((d) => d.code.length === 12 && d.code.startsWith(values.town!))
                    .map((d) => ({ value: d.code, label: d.shortName })),
                },
              ]
            : []),
          {
            key: 'kind',
            title: t('grid.field.kind'),
            options: GRID_KINDS.map((kind) => ({ value: kind, label: t(`grid.kind.${kind}`) })),
          },
          {
            key: 'state',
            title: t('grid.field.state'),
            options: states.map((state) => ({ value: state, label: t(`grid.state.${state}`) })),
          },
        ]}
        values={values}
        onFilter={(next) => {
          const kept = { ...next }
          if (kept.village && !kept.village.startsWith(kept.town ?? '-')) delete kept.village
          setParams(Object.fromEntries(Object.entries(kept).filter(([, v]) => v)), { replace: true })
        }}
        findHint={t('grid.find')}
        count={first?.total}
        {...pageProps(answer)}
        exports={[
          { label: 'Excel', href: fileUrl({ ...filter, format: 'xlsx' }) },
          { label: 'CSV', href: fileUrl({ ...filter, format: 'csv' }) },
          { label: `GeoJSON (GCJ-02)`, href: fileUrl({ ...filter, format: 'geojson', datum: 'gcj02' }) },
          { label: `GeoJSON (WGS-84)`, href: fileUrl({ ...filter, format: 'geojson', datum: 'wgs84' }) },
        ]}
        foot={
          first && (
            <span>
              {t('grid.sums', {
                households: number(first.sums.households),
                people: number(first.sums.people),
                area: areaText(first.sums.area),
              })}
            </span>
          )
        }
      />
    </>
  )
}

function fileUrl(input: Record<string, unknown>): string {
  return apiUrl(buildRequest(exportGrids, input).url)
}
