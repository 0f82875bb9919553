import { useMemo, useState } from 'react'
import { Link, useParams } from 'react-router'
import { DraftDrawer } from '#modules/foundation/grid/console/DraftDrawer.tsx'
import { GridMap, type MapShape } from '#modules/foundation/grid/console/GridMap.tsx'
import { areaText } from '#modules/foundation/grid/console/GridsScreen.tsx'
import { getGrid, listGrids, listShapes } from '#modules/foundation/grid/contract.ts'
import { joinShapes } from '#modules/foundation/grid/domain/draw.ts'
import { areaOf, fromGeo, toGeo } from '#modules/foundation/grid/domain/shape.ts'
import { useApi } from '#ui/api/use-api.ts'
import { useText } from '#ui/i18n/TextProvider.tsx'
import { Icon } from '#ui/icon/Icon.tsx'
import { ErrorState } from '#ui/state/ErrorState.tsx'
import { TextSkeleton } from '#ui/state/Skeletons.tsx'

/** Joins a grid with others of its village; the result is a draft. */
export default function MergeScreen() {
  const { t } = useText()
  const code = useParams().code ?? ''
  const village = code.slice(0, 12)
  const answer = useApi(getGrid, { code })
  const around = useApi(listShapes, { under: village }, { staleTime: 60_000 })
  const rows = useApi(listGrids, { under: village, limit: 200 })
  const [others, setOthers] = useState<string[]>([])
  const [name, setName] = useState<string>()
  const [asking, setAsking] = useState(false)
  const kind = answer.data?.grid.kind
  const chosen = useMemo(() => [code, ...others].sort(), [code, others])
  const shapesByCode = useMemo(
    () => new Map((around.data?.grids ?? []).map((g) => [g.code, fromGeo(g.shape as never)])),
    [around.data],
  )
  const joined = useMemo(() => {
    const parts = chosen.flatMap((one) => {
      const shape = shapesByCode.get(one)
      return shape ? [shape] : []
    })
    return parts.length === chosen.length && parts.length > 0 ? joinShapes(parts) : []
  }, [chosen, shapesByCode])
  if (answer.error && !answer.data)
    return <ErrorState page error={answer.error} onRetry={() => void answer.refetch()} />
  if (!answer.data || !around.data)
    return (
      <div className="y-page">
        <TextSkeleton lines={8} />
      </div>
    )
  const { grid } = answer.data
  const candidates = around.data.grids.filter((g) => g.code !== code && g.kind === kind)
  const toggle = (one: string) => setOthers((old) => (old.includes(one) ? old.filter((c) => c !== one) : [...old, one]))
  const shapes: MapShape[] = [
    ...around.data.villages.map((v) => ({ id: `v${v.code}`, shape: fromGeo(v.shape as never), look: 'village' })),
    ...around.data.grids.map((g) => ({
      id: g.code,
      shape: fromGeo(g.shape as never),
      look: chosen.includes(g.code) ? 'grid on' : g.kind === 'dedicated' ? 'grid dedicated' : 'grid',
      pick: g.code !== code && g.kind === kind,
      label: g.name.replace(/^.*?(第)/, '$1').replace(/\s*网格$/, ''),
    })),
  ]
  const known = rows.data?.items.filter((row) => chosen.includes(row.code)) ?? []
  const sum = (key: 'households' | 'people') =>
    known.length === chosen.length && known.every((row) => row[key] !== null)
      ? known.reduce((total, row) => total + (row[key] ?? 0), 0)
      : null
  const newName = name ?? grid.name
  return (
    <>
      <div className="y-pagehead">
        <Link className="y-iconbtn sm" to={`/grids/${code}`} aria-label={t('grid.backToGrid')}>
          <Icon name="back" />
        </Link>
        <h1>{t('grid.mergeTitle', { name: grid.name })}</h1>
        <span className="y-grow" />
        <button
          type="button"
          className="y-btn pri sm"
          disabled={others.length === 0 || joined.length !== 1 || newName.trim().length < 2}
          onClick={() => setAsking(true)}
        >
          {t('grid.makeDraft')}
        </button>
      </div>
      <div className="y-grids-split">
        <div className="map">
          <GridMap
            label={t('grid.map.merge', { name: grid.name })}
            shapes={shapes}
            illustrative={grid.illustrative}
            onPick={toggle}
          />
        </div>
        <div className="side">
          <p className="y-banner">{t('grid.mergeHelp')}</p>
          <fieldset className="y-import-field">
            <legend>{t('grid.mergeWith')}</legend>
            {candidates.length === 0 && <span className="y-muted">{t('grid.noneToMerge')}</span>}
            {candidates.map((g) => (
              <label key={g.code} className="y-pick">
                <input
                  type="checkbox"
                  className="y-cbx"
                  checked={others.includes(g.code)}
                  onChange={() => toggle(g.code)}
                />
                {g.name}
              </label>
            ))}
          </fieldset>
          <label className="y-import-field">
            <span>{t('grid.mergeName')}</span>
            <input
              className="y-merge-name"
              value={newName}
              maxLength={60}
              onChange={(event) => setName(event.target.value)}
            />
          </label>
          {others.length > 0 && (
            <dl className="y-facts">
              <dt>{t('grid.field.area')}</dt>
              <dd>{joined.length > 0 ? areaText(Math.round(areaOf(joined))) : '—'}</dd>
              <dt>{t('grid.field.householdsPeople')}</dt>
              <dd>
                {t('grid.householdsPeople', {
                  households: sum('households')?.toLocaleString('en-US') ?? '—',
                  people: sum('people')?.toLocaleString('en-US') ?? '—',
                })}
              </dd>
            </dl>
          )}
          {others.length > 0 && joined.length > 1 && <p className="y-banner bad">{t('grid.notNeighbours')}</p>}
          <p className="y-xs y-muted">{t('grid.mergeNote')}</p>
        </div>
      </div>
      {asking && (
        <DraftDrawer
          heading={t('grid.makeDraft')}
          title={t('grid.mergeDraftTitle', { name: newName, n: chosen.length })}
          change={{
            kind: 'merge',
            retired: chosen,
            plan: [
              {
                ref: '1',
                code: null,
                villageCode: village,
                kind: grid.kind,
                name: newName.trim(),
                place: grid.place,
                households: sum('households'),
                people: sum('people'),
                shape: toGeo(joined),
                from: chosen,
                within: null,
              },
            ],
          }}
          onClose={() => setAsking(false)}
        />
      )}
    </>
  )
}
