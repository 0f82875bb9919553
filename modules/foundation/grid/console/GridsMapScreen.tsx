import { useMemo } from 'react'
import { useNavigate, useSearchParams } from 'react-router'
import { GridHead } from '#modules/foundation/grid/console/GridHead.tsx'
import { GridMap, type MapShape } from '#modules/foundation/grid/console/GridMap.tsx'
import { listShapes } from '#modules/foundation/grid/contract.ts'
import { fromGeo } from '#modules/foundation/grid/domain/shape.ts'
import { listDivisions } from '#modules/foundation/org/contract.ts'
import { useApi } from '#ui/api/use-api.ts'
import { useText } from '#ui/i18n/TextProvider.tsx'
import { Icon } from '#ui/icon/Icon.tsx'
import { Menu } from '#ui/menu/Menu.tsx'
import { EmptyState } from '#ui/state/EmptyState.tsx'
import { ErrorState } from '#ui/state/ErrorState.tsx'

/** All grids of one's territory on one map; a click opens the grid. */
export default function GridsMapScreen() {
  const { t } = useText()
  const navigate = useNavigate()
  const [params, setParams] = useSearchParams()
  const town = params.get('town') ?? ''
  const towns = useApi(listDivisions, { depth: 9 }, { staleTime: 300_000 })
  const answer = useApi(listShapes, { under: town || undefined, micro: town !== '' }, { staleTime: 60_000 })
  const shapes = useMemo<MapShape[]>(() => {
    const data = answer.data
    if (!data) return []
    const short = (name: string) => name.replace(/^.*?(第)/, '$1').replace(/\s*网格$/, '')
    return [
      ...data.villages.map((v) => ({
        id: `v${v.code}`,
        shape: fromGeo(v.shape as never),
        look: 'village',
        label: v.name,
      })),
      ...data.grids
        .filter((g) => g.kind !== 'micro')
        .map((g) => ({
          id: g.code,
          shape: fromGeo(g.shape as never),
          look: g.kind === 'dedicated' ? 'grid dedicated' : 'grid',
          pick: true,
          ...(town && g.kind === 'general' ? { label: short(g.name) } : {}),
        })),
      ...data.grids
        .filter((g) => g.kind === 'micro')
        .map((g) => ({ id: g.code, shape: fromGeo(g.shape as never), look: 'grid micro' })),
    ]
  }, [answer.data, town])
  const options = (towns.data?.items ?? []).filter((d) => d.code.length === 9)
  return (
    <>
      <GridHead
        tools={
          <Menu
            label={t('grid.field.town')}
            worded
            className={town ? 'y-chip on' : 'y-chip'}
            align="end"
            button={
              <>
                {t('grid.field.town')} <b>{options.find((o) => o.code === town)?.name ?? t('ui.table.all')}</b>{' '}
                <Icon name="down" size="s" />
              </>
            }
            entries={[
              { key: '', label: t('ui.table.all'), checked: !town, onPick: () => setParams({}, { replace: true }) },
              ...options.map((o) => ({
                key: o.code,
                label: o.name,
                checked: o.code === town,
                onPick: () => setParams({ town: o.code }, { replace: true }),
              })),
            ]}
          />
        }
      />
      <div className="y-page" style={{ display: 'flex', flexDirection: 'column' }}>
        {answer.error && !answer.data ? (
          <ErrorState error={answer.error} onRetry={() => void answer.refetch()} />
        ) : answer.data && shapes.length === 0 ? (
          <EmptyState icon="map" title={t('grid.noShapes')}>
            {t('grid.noShapesHint')}
          </EmptyState>
        ) : (
          <div style={{ flex: 1, minHeight: 0 }} aria-busy={answer.data ? undefined : true}>
            <GridMap
              key={`${town}-${answer.data ? 1 : 0}`}
              label={t('grid.map.all')}
              shapes={shapes}
              illustrative={answer.data?.grids.some((g) => g.illustrative) ?? false}
              onPick={(code) => navigate(`/grids/${code}`)}
            />
          </div>
        )}
      </div>
    </>
  )
}
