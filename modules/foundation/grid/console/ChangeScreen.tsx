import '#modules/foundation/grid/console/GridMap.css'
import { useQueryClient } from '@tanstack/react-query'
import { useEffect, useMemo, useRef, useState } from 'react'
import { Link, useParams } from 'react-router'
import { faultWords } from '#modules/foundation/grid/console/fault-words.ts'
import { GridMap, type MapCorner, type MapShape } from '#modules/foundation/grid/console/GridMap.tsx'
import { areaText } from '#modules/foundation/grid/console/GridsScreen.tsx'
import {
  getChange,
  getEffect,
  listChanges,
  listGrids,
  listShapes,
  publishChange,
  saveChange,
  withdrawChange,
} from '#modules/foundation/grid/contract.ts'
import { addCorner, dropCorner, moveCorner } from '#modules/foundation/grid/domain/draw.ts'
import { GRID_KINDS, type GridKind } from '#modules/foundation/grid/domain/grid-code.ts'
import type { Fault, PlannedGrid } from '#modules/foundation/grid/domain/plan.ts'
import {
  areaOf,
  fromGeo,
  type GeoShape,
  type Point,
  type Shape,
  toDegrees,
  toGeo,
  toUnits,
} from '#modules/foundation/grid/domain/shape.ts'
import { pointInside } from '#modules/foundation/grid/domain/topology.ts'
import type { RouteOutput } from '#platform/contract/route.ts'
import { useApi, useCommand } from '#ui/api/use-api.ts'
import { dayOf, exactTime } from '#ui/clock/county-time.ts'
import { serverNow } from '#ui/clock/server-clock.ts'
import { useText } from '#ui/i18n/TextProvider.tsx'
import { Icon } from '#ui/icon/Icon.tsx'
import { Menu } from '#ui/menu/Menu.tsx'
import { CommandDrawer } from '#ui/schema-form/CommandDrawer.tsx'
import { ErrorState } from '#ui/state/ErrorState.tsx'
import { TextSkeleton } from '#ui/state/Skeletons.tsx'

type Answer = RouteOutput<typeof getChange>

/** The numbers of a shape that may be half wrong, so that what was sent can be seen and mended. */
function drawable(geo: GeoShape | null): Shape {
  if (!geo) return []
  try {
    const shape = fromGeo(geo)
    const sound = shape.every((polygon) =>
      polygon.every((ring) => ring.length > 0 && ring.every(([x, y]) => Math.abs(x) < 180e6 && Math.abs(y) < 85e6)),
    )
    return sound ? shape.filter((polygon) => polygon.length > 0) : []
  } catch {
    return []
  }
}

/** One change: the plan on the map, its faults, its grids, and what may be done with it. */
export default function ChangeScreen() {
  const id = Number(useParams().id)
  const answer = useApi(getChange, { id }, { staleTime: 60_000 })
  if (answer.error && !answer.data)
    return <ErrorState page error={answer.error} onRetry={() => void answer.refetch()} />
  if (!answer.data)
    return (
      <div className="y-page">
        <TextSkeleton lines={8} />
      </div>
    )
  // Another version begins anew: what was drawn on the old one does not fit it.
  return <Editor key={answer.data.change.version} answer={answer.data} />
}

function Editor({ answer }: { answer: Answer }) {
  const { t } = useText()
  const { change, can } = answer
  const queryClient = useQueryClient()
  const given = answer.plan as unknown as PlannedGrid[]
  const [plan, setPlan] = useState(given)
  const [past, setPast] = useState<PlannedGrid[][]>([])
  const [chosen, setChosen] = useState<string | null>(null)
  const [faults, setFaults] = useState<Fault[]>(answer.faults as unknown as Fault[])
  const [current, setCurrent] = useState<number>()
  /** The grid that was asked for by its name, which the map shows whole. */
  const [asked, setAsked] = useState<string>()
  const [doing, setDoing] = useState<'publish' | 'withdraw' | null>(null)
  const [leftOut, setLeftOut] = useState(0)
  const changed = plan !== given
  const shapeOf = useMemo(() => {
    const cache = new Map(plan.map((grid) => [grid.ref, drawable(grid.shape)]))
    return (ref: string) => cache.get(ref) ?? []
  }, [plan])

  // Checked while one draws, by the same rules as on the server.
  useEffect(() => {
    if (!changed) {
      setFaults(answer.faults as unknown as Fault[])
      return
    }
    let gone = false
    const timer = setTimeout(async () => {
      const { checkPlan } = await import('#modules/foundation/grid/domain/check-plan.ts')
      const found = checkPlan(plan, {
        standing: answer.standing.map((grid) => ({ ...grid, shape: fromGeo(grid.shape as GeoShape) })),
        retired: answer.retired.map((grid) => grid.code),
        villages: new Map(
          answer.villages.map((village) => [
            village.code,
            { ...village, shape: village.shape && fromGeo(village.shape as GeoShape) },
          ]),
        ),
        codes: new Map(),
        county: null,
        limits: answer.limits,
      })
      if (!gone) setFaults(found)
    }, 250)
    return () => {
      gone = true
      clearTimeout(timer)
    }
  }, [plan, changed, answer])

  const save = useCommand(saveChange, () => {
    for (const route of [getChange, listChanges]) void queryClient.invalidateQueries({ queryKey: [route.name] })
  })
  const dragFrom = useRef<{ plan: PlannedGrid[]; at: Point } | null>(null)
  const step = (next: PlannedGrid[]) => {
    setPast((old) => [...old.slice(-49), plan])
    setPlan(next)
  }
  const undo = () => {
    const last = past.at(-1)
    if (!last) return
    setPast(past.slice(0, -1))
    setPlan(last)
  }
  useEffect(() => {
    const onKey = (event: globalThis.KeyboardEvent) => {
      if (!(event.ctrlKey || event.metaKey) || event.key !== 'z' || event.target instanceof HTMLInputElement) return
      event.preventDefault()
      undo()
    }
    window.addEventListener('keydown', onKey)
    return () => window.removeEventListener('keydown', onKey)
  })

  /** A change of all shapes that share a corner. */
  const eachShape = (from: PlannedGrid[], work: (shape: Shape) => Shape): PlannedGrid[] =>
    from.map((grid) => {
      const shape = drawable(grid.shape)
      if (shape.length === 0) return grid
      const next = work(shape)
      return next === shape ? grid : { ...grid, shape: toGeo(next) }
    })

  const chosenGrid = plan.find((grid) => grid.ref === chosen)
  const ring = chosenGrid ? shapeOf(chosenGrid.ref) : []
  const corners: MapCorner[] = useMemo(() => {
    if (!can.edit || ring.length === 0) return []
    const list: MapCorner[] = []
    let n = 0
    ring.forEach((polygon, p) => {
      polygon.forEach((points, r) => {
        points.forEach((at, i) => {
          n += 1
          const next = points[(i + 1) % points.length]!
          list.push({ id: `${p}.${r}.${i}`, at, label: t('grid.corner', { n }) })
          list.push({
            id: `+${p}.${r}.${i}`,
            at: [Math.round((at[0] + next[0]) / 2), Math.round((at[1] + next[1]) / 2)],
            look: 'add',
            label: t('grid.cornerAdd', { n }),
          })
        })
      })
    })
    // Handles that can be moved lie over those that add.
    return list.sort((a, b) => Number(b.look === 'add') - Number(a.look === 'add'))
  }, [ring, can.edit, t])
  const cornerAt = (handle: string): Point | undefined => {
    const [p, r, i] = handle.replace('+', '').split('.').map(Number) as [number, number, number]
    return ring[p]?.[r]?.[i]
  }
  const move = (handle: string, to: Point, snap: number) => {
    const base = dragFrom.current ?? { plan, at: cornerAt(handle)! }
    dragFrom.current = base
    const target = snap > 0 ? nearest(base, to, snap) : to
    setPlan(eachShape(base.plan, (shape) => moveCorner(shape, base.at, target)))
  }
  /** Corners of what lies around draw a dragged one to themselves. */
  function nearest(base: { at: Point }, to: Point, snap: number): Point {
    let best = to
    let reach = snap
    const look = (shape: Shape) => {
      for (const polygon of shape)
        for (const points of polygon)
          for (const point of points) {
            const far = Math.hypot(point[0] - to[0], point[1] - to[1])
            if (far < reach && (point[0] !== base.at[0] || point[1] !== base.at[1])) {
              best = point
              reach = far
            }
          }
    }
    for (const village of answer.villages) if (village.shape) look(fromGeo(village.shape as GeoShape))
    for (const grid of answer.standing) look(fromGeo(grid.shape as GeoShape))
    return best
  }
  const moved = () => {
    if (dragFrom.current) {
      const before = dragFrom.current.plan
      setPast((old) => [...old.slice(-49), before])
    }
    dragFrom.current = null
  }
  const drop = (handle: string) => {
    const at = cornerAt(handle)
    if (at) step(eachShape(plan, (shape) => dropCorner(shape, at)))
  }
  const add = (handle: string) => {
    const [p, r, i] = handle.slice(1).split('.').map(Number) as [number, number, number]
    const points = ring[p]?.[r]
    if (!points) return
    const a = points[i]!
    const b = points[(i + 1) % points.length]!
    const at: Point = [Math.round((a[0] + b[0]) / 2), Math.round((a[1] + b[1]) / 2)]
    step(eachShape(plan, (shape) => addCorner(shape, a, b, at)))
  }

  const wrong = new Set(faults.filter((fault) => fault.weight === 'error').map((fault) => fault.ref))
  const planned = new Set(plan.map((grid) => grid.code))
  const gone = new Set(answer.retired.map((grid) => grid.code))
  const shapes = useMemo<MapShape[]>(
    () => [
      ...answer.villages.flatMap((village) =>
        village.shape
          ? [
              {
                id: `v${village.code}`,
                shape: fromGeo(village.shape as GeoShape),
                look: 'village',
                label: plan.length > 12 ? village.name : '',
              },
            ]
          : [],
      ),
      ...answer.standing
        .filter((grid) => grid.kind !== 'micro' && !planned.has(grid.code))
        .map((grid) => ({
          id: `s${grid.code}`,
          shape: fromGeo(grid.shape as GeoShape),
          look: gone.has(grid.code) ? 'grid gone' : 'grid around',
        })),
      ...plan
        .toSorted(
          (a, b) =>
            Number(a.kind === 'micro') - Number(b.kind === 'micro') ||
            Number(a.ref === chosen) - Number(b.ref === chosen),
        )
        .flatMap((grid) => {
          const shape = shapeOf(grid.ref)
          if (shape.length === 0) return []
          const look = [
            'grid',
            grid.kind === 'micro' ? (grid.ref === chosen ? '' : 'micro') : grid.kind === 'dedicated' ? 'dedicated' : '',
            grid.ref === chosen ? 'on' : '',
            wrong.has(grid.ref) ? 'wrong' : '',
          ]
          return [
            {
              id: grid.ref,
              shape,
              look: look.filter(Boolean).join(' '),
              pick: true,
              ...(grid.kind === 'general'
                ? { label: grid.name.replace(/^.*?(第)/, '$1').replace(/\s*网格$/, '') }
                : {}),
            },
          ]
        }),
    ],
    [plan, chosen, faults, answer],
  )
  const errors = faults.filter((fault) => fault.weight === 'error').length
  const unread = faults.filter((fault) => fault.weight === 'error' && fault.ref && shapeOf(fault.ref).length === 0)
  const focus = current === undefined ? undefined : faults[current - 1]?.at
  const today = dayOf(serverNow())
  const effect = useApi(getEffect, { id: change.id }, { enabled: doing === 'publish' })
  const refresh = () => {
    setDoing(null)
    for (const route of [getChange, listChanges, listGrids, listShapes])
      void queryClient.invalidateQueries({ queryKey: [route.name] })
  }
  /**
   * A new grid in the middle of the one that is chosen. A grid that covers land is cut out of those around (their micro grids too), so that it
   * shares its corners with them from the beginning; a micro grid lies in its grid.
   */
  const addGrid = async (kind: GridKind) => {
    const host = chosenGrid ?? plan.find((grid) => grid.kind === 'general' && shapeOf(grid.ref).length > 0)
    if (!host || shapeOf(host.ref).length === 0) return
    const [cx, cy] = pointInside(shapeOf(host.ref))
    const hexagon: Shape = [
      [
        Array.from({ length: 6 }, (_, i): Point => {
          const angle = (Math.PI / 3) * i
          return [Math.round(cx + 450 * Math.cos(angle)), Math.round(cy + 400 * Math.sin(angle))]
        }),
      ],
    ]
    const { without } = await import('#modules/foundation/grid/domain/clip.ts')
    const ref = `new-${plan.length + 1}-${past.length + 1}`
    const rest =
      kind === 'micro'
        ? plan
        : plan.map((grid) => {
            const shape = shapeOf(grid.ref)
            if (shape.length === 0) return grid
            const left = without(shape, [hexagon])
            return areaOf(left) === areaOf(shape) || left.length === 0 ? grid : { ...grid, shape: toGeo(left) }
          })
    step([
      ...rest,
      {
        ref,
        code: null,
        villageCode: host.villageCode,
        kind,
        name: t('grid.newName', { kind: t(`grid.kind.${kind}`) }),
        place: null,
        households: null,
        people: null,
        shape: toGeo(hexagon),
        from: [],
        within: null,
      },
    ])
    setChosen(ref)
    setAsked(ref)
  }
  const remove = (ref: string) => {
    step(plan.filter((grid) => grid.ref !== ref))
    setLeftOut(leftOut + 1)
    if (chosen === ref) setChosen(null)
  }
  const put = (ref: string, values: Partial<PlannedGrid>) =>
    step(plan.map((grid) => (grid.ref === ref ? { ...grid, ...values } : grid)))

  return (
    <>
      <div className="y-pagehead">
        <Link className="y-iconbtn sm" to="/grids/changes" aria-label={t('grid.backToChanges')}>
          <Icon name="back" />
        </Link>
        <h1>{change.title}</h1>
        <span className="y-tag">{t(`grid.change.${change.kind}`)}</span>
        <span className={change.state === 'checked' || change.state === 'scheduled' ? 'y-tag pri' : 'y-tag'}>
          {t(`grid.changeState.${change.state}`)}
        </span>
        <span className="y-grow" />
        {can.edit && (
          <>
            <button type="button" className="y-btn sm" disabled={past.length === 0} onClick={undo}>
              <Icon name="undo" size="s" />
              {t('grid.undo')}
            </button>
            <button
              type="button"
              className={changed ? 'y-btn pri sm' : 'y-btn sm'}
              disabled={save.isPending || !changed}
              onClick={() =>
                save.mutate({
                  id: change.id,
                  version: change.version,
                  title: change.title,
                  reason: change.reason,
                  plan,
                  retired: answer.retired.map((grid) => grid.code),
                } as never)
              }
            >
              {t(save.isPending ? 'grid.saving' : 'grid.save')}
            </button>
          </>
        )}
        {can.publish && !changed && (
          <button type="button" className="y-btn pri sm" onClick={() => setDoing('publish')}>
            {t('grid.publish')}
          </button>
        )}
        {can.withdraw && (
          <button type="button" className="y-btn text sm" onClick={() => setDoing('withdraw')}>
            {t('grid.withdraw')}
          </button>
        )}
      </div>
      <div className="y-grids-split">
        <div className="map">
          <GridMap
            label={t('grid.map.change', { title: change.title })}
            shapes={shapes}
            faults={faults.flatMap((fault, i) =>
              fault.at ? [{ number: i + 1, at: fault.at, note: fault.weight === 'note' }] : [],
            )}
            current={current}
            corners={corners}
            illustrative={change.illustrative || answer.villages.some((village) => village.illustrative)}
            focus={focus ? { at: focus as [number, number], key: current! } : undefined}
            frame={asked && shapeOf(asked).length > 0 ? { shape: shapeOf(asked), key: asked } : undefined}
            onPick={(ref) => setChosen(ref === chosen ? null : ref)}
            onMove={move}
            onMoved={moved}
            onDrop={drop}
            onAdd={add}
          />
        </div>
        <div className="side">
          {save.error && <ErrorState tight error={save.error} />}
          <Banner answer={answer} changed={changed} errors={errors} />
          {faults.length > 0 && (
            <section aria-live="polite">
              <h2 className="y-sec">
                {t('grid.faults')} <small>{t('grid.faultCount', { n: errors })}</small>
              </h2>
              {faults.slice(0, 200).map((fault, i) => (
                <button
                  key={`${fault.kind}-${fault.ref}-${i}`}
                  type="button"
                  className={current === i + 1 ? 'y-fault on' : 'y-fault'}
                  onClick={() => {
                    setCurrent(i + 1)
                    if (fault.ref) setChosen(fault.ref)
                  }}
                >
                  <span className={fault.weight === 'note' ? 'k note' : 'k'}>{i + 1}</span>
                  <span>
                    <b>{t(`grid.faultName.${fault.kind}`)}</b> {faultWords(t, fault)}
                    <small>
                      {[
                        fault.name ?? (fault.ref?.startsWith('#') ? t('grid.feature', { n: fault.ref.slice(1) }) : ''),
                        fault.code ?? '',
                        fault.at ? `${fault.at[0].toFixed(6)}, ${fault.at[1].toFixed(6)}` : '',
                      ]
                        .filter(Boolean)
                        .join(' · ')}
                    </small>
                  </span>
                </button>
              ))}
            </section>
          )}
          {chosenGrid ? (
            <section>
              <h2 className="y-sec">
                {chosenGrid.name || chosenGrid.ref}
                <span className="y-grow" />
                <button
                  type="button"
                  className="y-btn text sm"
                  onClick={() => {
                    setChosen(null)
                    setAsked(undefined)
                  }}
                >
                  {t('grid.allOfPlan')}
                </button>
              </h2>
              <Chosen
                grid={chosenGrid}
                shape={ring}
                edit={can.edit}
                removable={can.edit && (change.kind === 'import' || change.kind === 'draw') && plan.length > 1}
                onPut={(values) => put(chosenGrid.ref, values)}
                onRemove={() => remove(chosenGrid.ref)}
                onCorner={(from, to) => step(eachShape(plan, (shape) => moveCorner(shape, from, to)))}
                onDrop={(at) => step(eachShape(plan, (shape) => dropCorner(shape, at)))}
              />
            </section>
          ) : (
            <section>
              <h2 className="y-sec">
                {t('grid.plan')} <small>{t('grid.planCount', { n: plan.length })}</small>
              </h2>
              {can.edit && (change.kind === 'draw' || change.kind === 'import') && (
                <Menu
                  label={t('grid.newGrid')}
                  worded
                  className="y-btn sm"
                  button={
                    <>
                      <Icon name="plus" size="s" />
                      {t('grid.newGrid')}
                    </>
                  }
                  entries={GRID_KINDS.map((kind) => ({
                    key: kind,
                    label: t(`grid.kind.${kind}`),
                    onPick: () => void addGrid(kind),
                  }))}
                />
              )}
              <ul className="y-grids-list">
                {plan.map((grid) => (
                  <li key={grid.ref}>
                    <span className="grow">
                      <button
                        type="button"
                        className="y-btn text sm"
                        style={{ padding: 0 }}
                        onClick={() => {
                          setChosen(grid.ref)
                          setAsked(grid.ref)
                        }}
                      >
                        {grid.name || t('grid.feature', { n: grid.ref.replace('#', '') })}
                      </button>{' '}
                      <span className="y-muted y-xs">{grid.code}</span>
                    </span>
                    {wrong.has(grid.ref) && <span className="y-tag warm">{t('grid.hasFault')}</span>}
                    <span className="y-muted">
                      {shapeOf(grid.ref).length > 0
                        ? areaText(Math.round(areaOf(shapeOf(grid.ref))))
                        : t('grid.noShape')}
                    </span>
                  </li>
                ))}
                {answer.retired.map((grid) => (
                  <li key={grid.code}>
                    <span className="grow">
                      {grid.name} <span className="y-muted y-xs">{grid.code}</span>
                    </span>
                    <span className="y-tag">{t('grid.goes')}</span>
                  </li>
                ))}
              </ul>
              {unread.length > 0 && <p className="y-xs y-muted">{t('grid.unreadShapes', { n: unread.length })}</p>}
            </section>
          )}
          <dl className="y-facts">
            <dt>{t('grid.field.basis')}</dt>
            <dd>{change.reason}</dd>
            {change.source && (
              <>
                <dt>{t('grid.field.source')}</dt>
                <dd>{change.source}</dd>
              </>
            )}
            <dt>{t('grid.field.draftedBy')}</dt>
            <dd>
              {change.createdBy} · {exactTime(change.createdAt).slice(0, 16)}
            </dd>
            {change.publishedBy && change.publishedAt && (
              <>
                <dt>{t('grid.field.publishedBy')}</dt>
                <dd>
                  {change.publishedBy} · {exactTime(change.publishedAt).slice(0, 16)}
                </dd>
              </>
            )}
            {change.effectiveOn && (
              <>
                <dt>{t('grid.field.effectiveOn')}</dt>
                <dd>{change.effectiveOn}</dd>
              </>
            )}
          </dl>
          {can.edit && <p className="y-xs y-muted">{t('grid.editHelp')}</p>}
        </div>
      </div>
      {doing === 'publish' && effect.data && (
        <CommandDrawer
          route={publishChange}
          title={t('grid.publish')}
          note={<Effect effect={effect.data} />}
          schema={{
            type: 'object',
            required: ['effectiveOn'],
            properties: {
              effectiveOn: {
                type: 'string',
                format: 'date',
                title: t('grid.field.effectiveOn'),
                description: t('grid.effectiveHelp'),
              },
              ...(effect.data.open > 0
                ? {
                    cases: {
                      type: 'string' as const,
                      title: t('grid.casesQuestion', { n: effect.data.open }),
                      enum: ['move', 'stay'],
                      'x-names': [t('grid.casesMove'), t('grid.casesStay')],
                    },
                  }
                : {}),
            },
          }}
          given={{ effectiveOn: today, cases: 'move' }}
          fixed={{ id: change.id, version: change.version, seen: effect.data.open }}
          shape={(form) => ({ effectiveOn: form.effectiveOn, cases: form.cases ?? 'move' })}
          onClose={() => setDoing(null)}
          onDone={refresh}
        />
      )}
      {doing === 'withdraw' && (
        <CommandDrawer
          route={withdrawChange}
          title={t('grid.withdraw')}
          schema={{
            type: 'object',
            required: ['reason'],
            properties: {
              reason: {
                type: 'string',
                format: 'multiline',
                title: t('grid.field.reason'),
                minLength: 2,
                maxLength: 500,
              },
            },
          }}
          fixed={{ id: change.id, version: change.version }}
          onClose={() => setDoing(null)}
          onDone={refresh}
        />
      )}
    </>
  )
}

function Banner({ answer, changed, errors }: { answer: Answer; changed: boolean; errors: number }) {
  const { t } = useText()
  const { change } = answer
  if (change.state === 'withdrawn')
    return <p className="y-banner">{t('grid.banner.withdrawn', { note: change.note ?? '' })}</p>
  if (change.state === 'published')
    return <p className="y-banner">{t('grid.banner.published', { day: change.effectiveOn ?? '' })}</p>
  if (change.state === 'scheduled')
    return <p className="y-banner">{t('grid.banner.scheduled', { day: change.effectiveOn ?? '' })}</p>
  if (changed)
    return (
      <p className={errors > 0 ? 'y-banner bad' : 'y-banner'}>
        {errors > 0 ? t('grid.banner.drawing', { n: errors }) : t('grid.banner.drawingFine')}
      </p>
    )
  if (change.note === 'conflict') return <p className="y-banner bad">{t('grid.banner.conflict')}</p>
  if (errors > 0) return <p className="y-banner bad">{t('grid.banner.faults', { n: errors })}</p>
  return (
    <p className="y-banner">
      <Icon name="check" size="s" />
      {answer.can.publish ? t('grid.banner.ready') : answer.ownDraft ? t('grid.banner.own') : t('grid.banner.checked')}
    </p>
  )
}

function Effect({ effect }: { effect: RouteOutput<typeof getEffect> }) {
  const { t } = useText()
  if (effect.open === 0 && effect.posts.length === 0) return <p className="y-sm y-sub">{t('grid.effect.none')}</p>
  return (
    <div className="y-sm y-effect">
      {effect.moves.length > 0 && (
        <>
          <b>{t('grid.effect.cases', { n: effect.open })}</b>
          <ul className="y-grids-list">
            {effect.moves.map((move) => (
              <li key={`${move.from.code}${move.to.code}`}>
                <span className="grow">{t('grid.effect.move', { from: move.from.name, to: move.to.name })}</span>
                <span>{t('grid.effect.count', { n: move.cases })}</span>
              </li>
            ))}
          </ul>
        </>
      )}
      {effect.posts.length > 0 && (
        <>
          <b>{t('grid.effect.posts')}</b>
          <ul className="y-grids-list">
            {effect.posts.map((post, i) => (
              <li key={`${post.from.code}-${i}`}>
                <span className="grow">
                  {post.holders || t('grid.vacant')} · {post.name}
                </span>
                <span className="y-muted">{post.to.map((to) => to.name).join('、')}</span>
              </li>
            ))}
          </ul>
        </>
      )}
    </div>
  )
}

/** One planned grid: its facts, and its corners as a table for those who type rather than drag. */
function Chosen({
  grid,
  shape,
  edit,
  removable,
  onPut,
  onRemove,
  onCorner,
  onDrop,
}: {
  grid: PlannedGrid
  shape: Shape
  edit: boolean
  removable: boolean
  onPut: (values: Partial<PlannedGrid>) => void
  onRemove: () => void
  onCorner: (from: Point, to: Point) => void
  onDrop: (at: Point) => void
}) {
  const { t } = useText()
  let n = 0
  const whole = (text: string) => (/^\d{1,6}$/.test(text) ? Number(text) : null)
  return (
    <>
      <dl className="y-facts" style={{ marginBottom: 8 }}>
        <dt>{t('grid.field.code')}</dt>
        <dd>{grid.code ?? t('grid.codeLater')}</dd>
        <dt>{t('grid.field.kind')}</dt>
        <dd>{t(`grid.kind.${grid.kind}`)}</dd>
        <dt>{t('grid.field.area')}</dt>
        <dd>{shape.length > 0 ? areaText(Math.round(areaOf(shape))) : t('grid.noShape')}</dd>
      </dl>
      {edit && (
        <div
          className="y-corners"
          style={{ maxHeight: 'none', display: 'grid', gridTemplateColumns: '2fr 1fr 1fr', gap: 8, marginBottom: 8 }}
        >
          <div className="y-xs y-muted">
            {t('grid.field.name')}
            <Typed
              label={t('grid.field.name')}
              value={grid.name}
              onPut={(name) => onPut({ name: name.slice(0, 60) })}
            />
          </div>
          <div className="y-xs y-muted">
            {t('grid.field.households')}
            <Typed
              label={t('grid.field.households')}
              value={grid.households?.toString() ?? ''}
              onPut={(text) => onPut({ households: whole(text) })}
            />
          </div>
          <div className="y-xs y-muted">
            {t('grid.field.people')}
            <Typed
              label={t('grid.field.people')}
              value={grid.people?.toString() ?? ''}
              onPut={(text) => onPut({ people: whole(text) })}
            />
          </div>
        </div>
      )}
      {edit && shape.length > 0 && (
        <div className="y-corners">
          <table className="y-table tight">
            <thead>
              <tr>
                <th scope="col">{t('grid.cornerHead')}</th>
                <th scope="col">{t('grid.lon')}</th>
                <th scope="col">{t('grid.lat')}</th>
                <th scope="col">
                  <span className="y-vh">{t('ui.inbox.column.action')}</span>
                </th>
              </tr>
            </thead>
            <tbody>
              {shape.flatMap((polygon, p) =>
                polygon.flatMap((points, r) =>
                  points.map((at, i) => {
                    n += 1
                    const name = t('grid.corner', { n })
                    const set = (axis: 0 | 1) => (text: string) => {
                      const value = Number(text)
                      if (!Number.isFinite(value)) return
                      onCorner(at, axis === 0 ? [toUnits(value), at[1]] : [at[0], toUnits(value)])
                    }
                    return (
                      <tr key={`${p}.${r}.${i}`}>
                        <td>{r > 0 ? t('grid.holeCorner', { n }) : n}</td>
                        <td>
                          <Typed
                            label={`${name} ${t('grid.lon')}`}
                            value={toDegrees(at[0]).toFixed(6)}
                            onPut={set(0)}
                          />
                        </td>
                        <td>
                          <Typed
                            label={`${name} ${t('grid.lat')}`}
                            value={toDegrees(at[1]).toFixed(6)}
                            onPut={set(1)}
                          />
                        </td>
                        <td>
                          <button
                            type="button"
                            className="y-iconbtn sm"
                            aria-label={t('grid.cornerDrop', { n })}
                            onClick={() => onDrop(at)}
                          >
                            <Icon name="close" size="s" />
                          </button>
                        </td>
                      </tr>
                    )
                  }),
                ),
              )}
            </tbody>
          </table>
        </div>
      )}
      {removable && (
        <button type="button" className="y-btn text sm" onClick={onRemove}>
          <Icon name="trash" size="s" />
          {t('grid.leaveOut')}
        </button>
      )}
    </>
  )
}

/** A box whose text counts when one leaves it. */
function Typed({ value, label, onPut }: { value: string; label?: string; onPut: (text: string) => void }) {
  const [text, setText] = useState(value)
  useEffect(() => setText(value), [value])
  return (
    <input
      value={text}
      aria-label={label}
      onChange={(event) => setText(event.target.value)}
      onBlur={() => text !== value && onPut(text.trim())}
      onKeyDown={(event) => event.key === 'Enter' && text !== value && onPut(text.trim())}
    />
  )
}
