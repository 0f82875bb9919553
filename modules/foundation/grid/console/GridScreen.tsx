import { useQueryClient } from '@tanstack/react-query'
import { useMemo, useState } from 'react'
import { Link, useNavigate, useParams } from 'react-router'
import { DraftDrawer } from '#modules/foundation/grid/console/DraftDrawer.tsx'
import { GridMap, type MapShape } from '#modules/foundation/grid/console/GridMap.tsx'
import { areaText } from '#modules/foundation/grid/console/GridsScreen.tsx'
import { changeFacts, getGrid, listGrids, listShapes, settleGrid } from '#modules/foundation/grid/contract.ts'
import { fromGeo } from '#modules/foundation/grid/domain/shape.ts'
import type { RouteOutput } from '#platform/contract/route.ts'
import { useApi } from '#ui/api/use-api.ts'
import { exactTime } from '#ui/clock/county-time.ts'
import { useText } from '#ui/i18n/TextProvider.tsx'
import { Icon } from '#ui/icon/Icon.tsx'
import { CommandDrawer } from '#ui/schema-form/CommandDrawer.tsx'
import type { FieldSchema } from '#ui/schema-form/form-schema.ts'
import { ErrorState } from '#ui/state/ErrorState.tsx'
import { TextSkeleton } from '#ui/state/Skeletons.tsx'

const PLACES = ['building', 'market', 'park', 'school', 'hospital', 'other']
type Line = RouteOutput<typeof getGrid>['before'][number]

/** One grid: where it lies, who works in it, what it was and became, what is open in it. */
export default function GridScreen() {
  const { t } = useText()
  const code = useParams().code ?? ''
  const navigate = useNavigate()
  const queryClient = useQueryClient()
  const answer = useApi(getGrid, { code })
  const village = code.slice(0, 12)
  const around = useApi(listShapes, { under: village, micro: true }, { staleTime: 60_000 })
  const [doing, setDoing] = useState<'facts' | 'redraw' | 'settle' | null>(null)
  const shapes = useMemo<MapShape[]>(() => {
    const own = answer.data?.shape
    const list: MapShape[] = []
    for (const v of around.data?.villages ?? [])
      list.push({ id: `v${v.code}`, shape: fromGeo(v.shape as never), look: 'village far' })
    for (const g of around.data?.grids ?? [])
      if (g.code !== code && (g.kind !== 'micro' || g.code.startsWith(code)))
        list.push({
          id: g.code,
          shape: fromGeo(g.shape as never),
          look: g.kind === 'micro' ? 'grid micro' : 'grid around',
          ...(g.kind === 'micro'
            ? {}
            : { pick: true, label: g.name.replace(/^.*?(第)/, '$1').replace(/\s*网格$/, '') }),
        })
    if (own)
      list.splice(code.length > 15 ? list.length : (around.data?.villages.length ?? 0), 0, {
        id: code,
        shape: fromGeo(own as never),
        look: answer.data?.grid.retiredOn ? 'grid gone' : 'grid on',
        ...(answer.data?.grid.retiredOn ? {} : { label: answer.data?.grid.name ?? '' }),
      })
    return list
  }, [answer.data, around.data, code])
  if (answer.error && !answer.data)
    return <ErrorState page error={answer.error} onRetry={() => void answer.refetch()} />
  if (!answer.data)
    return (
      <div className="y-page">
        <TextSkeleton lines={8} />
      </div>
    )
  const { grid, posts, micro, before, after, cases, openCases, can, keeper, unit, parent, changes } = answer.data
  const micros = grid.kind === 'micro'
  const done = () => {
    setDoing(null)
    void queryClient.invalidateQueries({ queryKey: [getGrid.name] })
    void queryClient.invalidateQueries({ queryKey: [listGrids.name] })
    void queryClient.invalidateQueries({ queryKey: [listShapes.name] })
  }
  const number = (value: number | null) => (value === null ? '—' : value.toLocaleString('en-US'))
  const workers = posts.flatMap((post) => post.holders.map((holder) => ({ ...holder, post })))
  const choices: FieldSchema['oneOf'] = [...new Map(workers.map((w) => [w.id, w.name]))].map(([id, name]) => ({
    const: id,
    title: name,
  }))
  return (
    <>
      <div className="y-pagehead">
        <Link className="y-iconbtn sm" to="/grids" aria-label={t('grid.backToList')}>
          <Icon name="back" />
        </Link>
        <h1>{grid.name}</h1>
        <span className="y-tag pri">{t(`grid.kind.${grid.kind}`)}</span>
        {grid.illustrative && <span className="y-tag">{t('grid.illustrative')}</span>}
        {grid.retiredOn && <span className="y-tag warm">{t('grid.retiredOn', { day: grid.retiredOn })}</span>}
        <span className="y-grow" />
        {can.manage && (
          <>
            {!micros && answer.data.shape && (
              <>
                <Link className="y-btn sm" to={`/grids/${code}/split`}>
                  <Icon name="branch" size="s" />
                  {t('grid.split')}
                </Link>
                <Link className="y-btn sm" to={`/grids/${code}/merge`}>
                  <Icon name="merge" size="s" />
                  {t('grid.merge')}
                </Link>
              </>
            )}
            {around.data && around.data.grids.length > 0 && (
              <button type="button" className="y-btn sm" onClick={() => setDoing('redraw')}>
                <Icon name="map" size="s" />
                {t('grid.redraw')}
              </button>
            )}
            <button type="button" className="y-btn sm" onClick={() => setDoing('facts')}>
              <Icon name="edit" size="s" />
              {t('grid.facts')}
            </button>
          </>
        )}
        {can.settle && (
          <button type="button" className="y-btn pri sm" onClick={() => setDoing('settle')}>
            {t('grid.settle')}
          </button>
        )}
      </div>
      <div className="y-grids-split">
        <div className="map">
          {shapes.length > 0 && (
            <GridMap
              key={`${code}-${around.data ? 1 : 0}`}
              label={t('grid.map.one', { name: grid.name })}
              shapes={shapes}
              illustrative={grid.illustrative}
              onPick={(id) => navigate(`/grids/${id}`)}
            />
          )}
        </div>
        <div className="side">
          {grid.retiredOn && cases.open > 0 && (
            <p className="y-banner warm">{t('grid.stillOpen', { n: cases.open })}</p>
          )}
          {changes
            .filter((change) => change.state !== 'published')
            .map((change) => (
              <p key={change.id} className="y-banner">
                <span className="y-grow">
                  {t('grid.changeUnderWay', { state: t(`grid.changeState.${change.state}`) })}
                </span>
                <Link to={`/grids/changes/${change.id}`}>{change.title}</Link>
              </p>
            ))}
          <dl className="y-facts">
            <dt>{t('grid.field.code')}</dt>
            <dd>{grid.code}</dd>
            <dt>{t('grid.field.place')}</dt>
            <dd>
              {grid.town.name} · {grid.village.name}
            </dd>
            {parent && (
              <>
                <dt>{t('grid.field.parent')}</dt>
                <dd>
                  <Link to={`/grids/${parent.code}`}>{parent.name}</Link>
                </dd>
              </>
            )}
            {grid.place && (
              <>
                <dt>{t('grid.field.use')}</dt>
                <dd>{t(`grid.place.${grid.place}`)}</dd>
              </>
            )}
            <dt>{t('grid.field.householdsPeople')}</dt>
            <dd>{t('grid.householdsPeople', { households: number(grid.households), people: number(grid.people) })}</dd>
            <dt>{t('grid.field.area')}</dt>
            <dd>{areaText(grid.area) || '—'}</dd>
            {grid.since && (
              <>
                <dt>{t('grid.field.since')}</dt>
                <dd>{grid.since}</dd>
              </>
            )}
            {micros && (
              <>
                <dt>{t('grid.field.keeper')}</dt>
                <dd>{keeper?.name ?? <span className="y-tag warm">{t('grid.vacant')}</span>}</dd>
              </>
            )}
            {answer.data.retiredReason && (
              <>
                <dt>{t('grid.field.retiredReason')}</dt>
                <dd>{answer.data.retiredReason}</dd>
              </>
            )}
          </dl>
          {!micros && (
            <section>
              <h2 className="y-sec">
                {t('grid.people')}
                <span className="y-grow" />
                {unit && can.manage && (
                  <small>
                    <Link to={`/org/units/${unit.id}`}>{t('grid.arrange', { unit: unit.name })}</Link>
                  </small>
                )}
              </h2>
              <ul className="y-grids-list">
                {posts.length === 0 && <li className="y-muted">{t('grid.noPosts')}</li>}
                {posts.map((post) => (
                  <li key={post.id}>
                    <span className="grow">
                      {post.holders.length > 0 ? (
                        post.holders.map((holder) => holder.name).join('、')
                      ) : (
                        <span className="y-tag warm">{t('grid.vacant')}</span>
                      )}
                    </span>
                    <span className="y-muted">
                      {[
                        post.name,
                        post.roster ? t('grid.roster', { roster: post.roster }) : '',
                        post.ofVillage ? t('grid.ofVillage') : '',
                      ]
                        .filter(Boolean)
                        .join(' · ')}
                    </span>
                  </li>
                ))}
              </ul>
            </section>
          )}
          {!micros && (
            <section>
              <h2 className="y-sec">
                {t('grid.openCases')} <small>{t('grid.caseCounts', { open: cases.open, closed: cases.closed })}</small>
              </h2>
              <ul className="y-grids-list">
                {openCases.length === 0 && <li className="y-muted">{t('grid.noCases')}</li>}
                {openCases.map((one) => (
                  <li key={one.id}>
                    <span className="grow">
                      <Link to={`/cases/${one.id}`}>{one.title}</Link>
                    </span>
                    {one.overdue && <span className="y-tag warm">{t('grid.overdue')}</span>}
                    <span className="y-muted">{exactTime(one.openedAt).slice(0, 10)}</span>
                  </li>
                ))}
              </ul>
            </section>
          )}
          {micro.length > 0 && (
            <section>
              <h2 className="y-sec">
                {t('grid.kind.micro')} <small>{micro.length}</small>
              </h2>
              <ul className="y-grids-list">
                {micro.map((one) => (
                  <li key={one.code}>
                    <span className="grow">
                      <Link to={`/grids/${one.code}`}>{one.name}</Link>
                    </span>
                    <span className="y-muted">{one.keeper ?? t('grid.noKeeper')}</span>
                  </li>
                ))}
              </ul>
            </section>
          )}
          {(before.length > 0 || after.length > 0) && (
            <section className="y-lineage">
              <h2 className="y-sec">{t('grid.lineage')}</h2>
              <Lines title={t('grid.before')} lines={before} />
              <Lines title={t('grid.after')} lines={after} />
            </section>
          )}
        </div>
      </div>
      {doing === 'facts' && (
        <CommandDrawer
          route={changeFacts}
          title={t('grid.facts')}
          schema={{
            type: 'object',
            required: ['name', 'reason'],
            properties: {
              name: { type: 'string', title: t('grid.field.name'), minLength: 2, maxLength: 60 },
              households: { type: 'integer', title: t('grid.field.households'), minimum: 0, maximum: 1_000_000 },
              people: { type: 'integer', title: t('grid.field.people'), minimum: 0, maximum: 1_000_000 },
              ...(grid.kind === 'dedicated'
                ? {
                    place: {
                      type: 'string',
                      title: t('grid.field.use'),
                      enum: PLACES,
                      'x-names': PLACES.map((place) => t(`grid.place.${place}`)),
                    },
                  }
                : {}),
              ...(micros && choices.length > 0
                ? { keeperId: { type: 'integer', title: t('grid.field.keeper'), oneOf: choices } }
                : {}),
              reason: {
                type: 'string',
                format: 'multiline',
                title: t('grid.field.reason'),
                minLength: 2,
                maxLength: 500,
              },
            },
          }}
          given={{
            name: grid.name,
            households: grid.households ?? undefined,
            people: grid.people ?? undefined,
            place: grid.place ?? undefined,
            keeperId: keeper?.id,
          }}
          fixed={{ code, version: answer.data.version }}
          shape={(form) => ({
            ...form,
            households: form.households ?? null,
            people: form.people ?? null,
            ...(grid.kind === 'dedicated' ? { place: form.place ?? null } : {}),
            ...(micros ? { keeperId: form.keeperId ?? null } : {}),
          })}
          onClose={() => setDoing(null)}
          onDone={done}
        />
      )}
      {doing === 'redraw' && (
        <DraftDrawer
          heading={t('grid.redraw')}
          note={<p className="y-sm y-sub">{t('grid.redrawNote', { village: grid.village.name })}</p>}
          title={t('grid.redrawTitle', { village: grid.village.name })}
          change={{
            kind: 'draw',
            retired: [],
            plan: (around.data?.grids ?? []).map((g) => ({
              ref: g.code,
              code: g.code,
              villageCode: village,
              kind: g.kind,
              name: g.name,
              place: null,
              households: null,
              people: null,
              shape: g.shape,
              from: [],
              within: g.kind === 'micro' ? g.code.slice(0, 15) : null,
            })),
          }}
          onClose={() => setDoing(null)}
        />
      )}
      {doing === 'settle' && (
        <CommandDrawer
          route={settleGrid}
          title={t('grid.settle')}
          note={<p className="y-sm y-sub">{t('grid.settleNote', { n: cases.open })}</p>}
          schema={{ type: 'object', properties: {} }}
          fixed={{ code, seen: cases.open }}
          onClose={() => setDoing(null)}
          onDone={done}
        />
      )}
    </>
  )
}

function Lines({ title, lines }: { title: string; lines: readonly Line[] }) {
  const { t } = useText()
  if (lines.length === 0) return null
  return (
    <div>
      <div className="y-xs y-muted">{title}</div>
      <ul className="y-grids-list">
        {lines.map((line) => (
          <li key={line.code}>
            <span className="grow">
              <Link to={`/grids/${line.code}`}>{line.name}</Link> <span className="y-muted y-xs">{line.code}</span>
              <br />
              <span className="y-muted y-xs">{line.reason}</span>
            </span>
            <span className="y-muted">
              {t(`grid.change.${line.kind}`)} · {line.effectiveOn}
            </span>
          </li>
        ))}
      </ul>
    </div>
  )
}
