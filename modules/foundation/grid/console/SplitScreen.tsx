import { useEffect, useMemo, useRef, useState } from 'react'
import { Link, useParams } from 'react-router'
import { DraftDrawer } from '#modules/foundation/grid/console/DraftDrawer.tsx'
import { GridMap, type MapShape } from '#modules/foundation/grid/console/GridMap.tsx'
import { areaText } from '#modules/foundation/grid/console/GridsScreen.tsx'
import { getGrid, listShapes } from '#modules/foundation/grid/contract.ts'
import { cutShape } from '#modules/foundation/grid/domain/draw.ts'
import { areaOf, boxOf, fromGeo, type Point, type Shape, toGeo } from '#modules/foundation/grid/domain/shape.ts'
import { useApi } from '#ui/api/use-api.ts'
import { useText } from '#ui/i18n/TextProvider.tsx'
import { Icon } from '#ui/icon/Icon.tsx'
import { ErrorState } from '#ui/state/ErrorState.tsx'
import { TextSkeleton } from '#ui/state/Skeletons.tsx'

/** Cuts one grid along a line into two or more; the result is a draft. */
export default function SplitScreen() {
  const { t } = useText()
  const code = useParams().code ?? ''
  const answer = useApi(getGrid, { code })
  const around = useApi(listShapes, { under: code.slice(0, 12) }, { staleTime: 60_000 })
  const whole = useMemo(() => (answer.data?.shape ? fromGeo(answer.data.shape as never) : undefined), [answer.data])
  const [parts, setParts] = useState<Shape[]>([])
  const [line, setLine] = useState<[Point, Point]>()
  const [names, setNames] = useState<string[]>([])
  const [households, setHouseholds] = useState<string[]>([])
  const [asking, setAsking] = useState(false)
  const begun = useRef(false)
  useEffect(() => {
    if (!whole || begun.current) return
    begun.current = true
    setParts([whole])
    const [west, south, east, north] = boxOf(whole)
    const middle = Math.round((west + east) / 2)
    const over = Math.round((north - south) * 0.08)
    setLine([
      [middle, south - over],
      [middle, north + over],
    ])
  }, [whole])
  const cut = useMemo(() => {
    if (!line) return parts
    return parts.flatMap((part) => cutShape(part, line[0], line[1]) ?? [part])
  }, [parts, line])
  if (answer.error && !answer.data)
    return <ErrorState page error={answer.error} onRetry={() => void answer.refetch()} />
  if (!answer.data || !whole)
    return (
      <div className="y-page">
        <TextSkeleton lines={8} />
      </div>
    )
  const { grid } = answer.data
  const stem = grid.name.replace(/\s*网格$/, '')
  const nameOf = (i: number) => names[i] ?? `${stem}-${i + 1} 网格`
  const shapes: MapShape[] = [
    ...(around.data?.villages ?? []).map((v) => ({
      id: `v${v.code}`,
      shape: fromGeo(v.shape as never),
      look: 'village far',
    })),
    ...(around.data?.grids ?? [])
      .filter((g) => g.code !== code)
      .map((g) => ({ id: g.code, shape: fromGeo(g.shape as never), look: 'grid around' })),
    ...cut.map((shape, i) => ({
      id: `p${i}`,
      shape,
      look: i % 2 === 0 ? 'grid part1' : 'grid part2',
      label: nameOf(i),
    })),
  ]
  const set = (list: string[], put: (next: string[]) => void, i: number, text: string) => {
    const next = [...list]
    next[i] = text
    put(next)
  }
  const wholeNumber = (text: string | undefined) => (text && /^\d{1,6}$/.test(text) ? Number(text) : null)
  return (
    <>
      <div className="y-pagehead">
        <Link className="y-iconbtn sm" to={`/grids/${code}`} aria-label={t('grid.backToGrid')}>
          <Icon name="back" />
        </Link>
        <h1>{t('grid.splitTitle', { name: grid.name })}</h1>
        <span className="y-grow" />
        <button type="button" className="y-btn pri sm" disabled={cut.length < 2} onClick={() => setAsking(true)}>
          {t('grid.makeDraft')}
        </button>
      </div>
      <div className="y-grids-split">
        <div className="map">
          <GridMap
            key={around.data ? 1 : 0}
            label={t('grid.map.split', { name: grid.name })}
            shapes={shapes}
            cut={line}
            illustrative={grid.illustrative}
            corners={
              line
                ? line.map((at, i) => ({
                    id: String(i),
                    at,
                    look: 'end' as const,
                    label: t('grid.cutEnd', { n: i + 1 }),
                  }))
                : []
            }
            onMove={(id, to) => setLine((old) => (old ? (id === '0' ? [to, old[1]] : [old[0], to]) : old))}
          />
        </div>
        <div className="side">
          <p className="y-banner">{t('grid.splitHelp')}</p>
          <section>
            <h2 className="y-sec">{t('grid.parts', { n: cut.length })}</h2>
            {cut.map((shape, i) => (
              <div key={`${i + 1}`} className="y-part">
                <span className={i % 2 === 0 ? 'swatch' : 'swatch two'} aria-hidden="true" />
                <input
                  aria-label={t('grid.partName', { n: i + 1 })}
                  value={nameOf(i)}
                  maxLength={60}
                  onChange={(event) => set(names, setNames, i, event.target.value)}
                />
                <input
                  aria-label={t('grid.partHouseholds', { n: i + 1 })}
                  placeholder={t('grid.field.households')}
                  inputMode="numeric"
                  value={households[i] ?? ''}
                  onChange={(event) => set(households, setHouseholds, i, event.target.value)}
                />
                <span />
                <span className="y-muted y-xs" style={{ gridColumn: '2 / 4' }}>
                  {areaText(Math.round(areaOf(shape)))}
                </span>
              </div>
            ))}
          </section>
          <div className="y-row" style={{ gap: 8 }}>
            <button
              type="button"
              className="y-btn sm"
              disabled={cut.length < 2 || cut.length === parts.length}
              onClick={() => setParts(cut)}
            >
              {t('grid.cutAgain')}
            </button>
            <button
              type="button"
              className="y-btn text sm"
              disabled={parts.length < 2}
              onClick={() => setParts([whole])}
            >
              {t('grid.startOver')}
            </button>
          </div>
          {cut.length < 2 && <p className="y-xs y-muted">{t('grid.cutMisses')}</p>}
          <p className="y-xs y-muted">{t('grid.splitNote')}</p>
        </div>
      </div>
      {asking && (
        <DraftDrawer
          heading={t('grid.makeDraft')}
          title={t('grid.splitDraftTitle', { name: grid.name })}
          change={{
            kind: 'split',
            retired: [code],
            plan: cut.map((shape, i) => ({
              ref: String(i + 1),
              code: null,
              villageCode: code.slice(0, 12),
              kind: grid.kind,
              name: nameOf(i).trim(),
              place: grid.place,
              households: wholeNumber(households[i]),
              people: null,
              shape: toGeo(shape),
              from: [code],
              within: null,
            })),
          }}
          onClose={() => setAsking(false)}
        />
      )}
    </>
  )
}
