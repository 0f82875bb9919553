import { useQueryClient } from '@tanstack/react-query'
import { type ReactNode, useState } from 'react'
import { Link } from 'react-router'
import { percent, RecognitionHead, useTask, useVersionName } from '#modules/services/loop/console/RecognitionHead.tsx'
import { SwitchDrawer } from '#modules/services/loop/console/SwitchDrawer.tsx'
import { ThresholdDrawer } from '#modules/services/loop/console/ThresholdDrawer.tsx'
import { getRecognition, trainRecognitionModel } from '#modules/services/loop/recognition/recognition.contract.ts'
import type { RouteOutput } from '#platform/contract/route.ts'
import { useApi, useCommand } from '#ui/api/use-api.ts'
import { clockText, exactTime, monthDay } from '#ui/clock/county-time.ts'
import { useText } from '#ui/i18n/TextProvider.tsx'
import { Icon } from '#ui/icon/Icon.tsx'
import { ErrorState } from '#ui/state/ErrorState.tsx'
import { TextSkeleton } from '#ui/state/Skeletons.tsx'

type Answer = RouteOutput<typeof getRecognition>
type Model = Answer['serving']

/** With fewer examples the figures say little [D]. */
const FEW = 100

const score = (value: number) => value.toFixed(3).replace(/^0/, '')

/** The model in use beside the candidate: what each was trained on, what was measured of it, and what a person can do. */
export default function RecognitionScreen() {
  const { t } = useText()
  const task = useTask()
  const nameOf = useVersionName()
  const queryClient = useQueryClient()
  const [training, setTraining] = useState(false)
  const answer = useApi(getRecognition, { task }, training ? { every: 1500 } : {})
  const train = useCommand(
    trainRecognitionModel,
    () => void queryClient.invalidateQueries({ queryKey: [getRecognition.name] }),
  )
  const [switching, setSwitching] = useState<Model>()
  const [setting, setSetting] = useState<Model>()
  const waiting = Boolean(answer.data?.waiting)
  if (waiting !== training) setTraining(waiting)
  if (answer.error && !answer.data)
    return <ErrorState page error={answer.error} onRetry={() => void answer.refetch()} />
  const data = answer.data
  return (
    <>
      <RecognitionHead
        tools={
          data?.can.manage && (
            <button
              type="button"
              className="y-btn pri sm"
              disabled={waiting || train.isPending}
              onClick={() => train.mutate({ task })}
            >
              <Icon name="sync" size="s" />
              {t(waiting ? 'loop.recognition.trainingNow' : 'loop.recognition.train')}
            </button>
          )
        }
      />
      <div className="y-page" style={{ display: 'grid', gap: 20, alignContent: 'start' }}>
        {!data ? (
          <TextSkeleton lines={10} />
        ) : (
          <>
            <p className="y-sm y-sub">{t('loop.recognition.honest')}</p>
            {train.error && <ErrorState tight error={train.error} />}
            {data.failed && (
              <p className="y-card y-sm" role="status">
                {t('loop.recognition.failed', { least: data.learnable.least })}
              </p>
            )}
            <Labels data={data} />
            <section>
              <h2 className="y-sec">{t('loop.recognition.beside')}</h2>
              <Beside data={data} onSwitch={setSwitching} onThreshold={setSetting} />
            </section>
            <PerLabel data={data} />
            <Details model={data.candidate ?? data.serving} />
            {data.earlier.length > 0 && (
              <section>
                <h2 className="y-sec">{t('loop.recognition.earlier')}</h2>
                <table className="y-table tight">
                  <thead>
                    <tr>
                      <th scope="col">{t('loop.recognition.model')}</th>
                      <th scope="col">{t('loop.recognition.state')}</th>
                      <th scope="col">{t('loop.recognition.trainedAt')}</th>
                      <th scope="col" className="num">
                        {t('loop.recognition.macroF1')}
                      </th>
                      <th scope="col">{t('ui.inbox.column.action')}</th>
                    </tr>
                  </thead>
                  <tbody>
                    {data.earlier.map((model) => (
                      <tr key={model.id}>
                        <td>{nameOf(model.version, task)}</td>
                        <td>{t(`loop.recognition.state.${model.state}`)}</td>
                        <td>{model.trainedAt ? exactTime(model.trainedAt).slice(0, 16) : ''}</td>
                        <td className="num">{model.figures ? score(model.figures.macroF1) : ''}</td>
                        <td>
                          {model.usable && data.can.switch && (
                            <button type="button" className="y-btn sm" onClick={() => setSwitching(model)}>
                              {t('loop.recognition.switchBack')}
                            </button>
                          )}
                        </td>
                      </tr>
                    ))}
                  </tbody>
                </table>
              </section>
            )}
          </>
        )}
      </div>
      {switching && data && (
        <SwitchDrawer task={task} from={data.serving} to={switching} onClose={() => setSwitching(undefined)} />
      )}
      {setting && <ThresholdDrawer model={setting} onClose={() => setSetting(undefined)} />}
    </>
  )
}

/** How many examples people have given, and how many of them no model knows yet. */
function Labels({ data }: { data: Answer }) {
  const { t } = useText()
  const task = useTask()
  const { labels, learnable } = data
  return (
    <div className="y-row" style={{ gap: 16, flexWrap: 'wrap' }}>
      {(['corrected', 'unsure', 'confirmed'] as const).map((kind) => (
        <Link key={kind} className="y-nowrap" to={`/loop/recognition/labels?task=${task}&kind=${kind}`}>
          {t(`loop.recognition.kind.${kind}`)} <b>{labels[kind]}</b>
        </Link>
      ))}
      <Link className="y-nowrap" to={`/loop/recognition/labels?task=${task}&excluded=yes`}>
        {t('loop.recognition.excluded')} <b>{labels.excluded}</b>
      </Link>
      <span className="y-sub y-sm">{t('loop.recognition.fresh', { count: labels.fresh })}</span>
      {task === 'class' && (
        <span className="y-sub y-sm">
          {t('loop.recognition.learnable', { labels: learnable.labels, least: learnable.least })}
        </span>
      )}
    </div>
  )
}

/** The two models, fact by fact. */
function Beside({
  data,
  onSwitch,
  onThreshold,
}: {
  data: Answer
  onSwitch: (model: Model) => void
  onThreshold: (model: Model) => void
}) {
  const { t } = useText()
  const task = useTask()
  const nameOf = useVersionName()
  const { serving, candidate, can } = data
  const models = candidate ? [serving, candidate] : [serving]
  const rows: [string, (model: Model) => ReactNode][] = [
    ['model', (model) => <b>{nameOf(model.version, task)}</b>],
    [
      'trainedAt',
      (model) =>
        model.trainedAt
          ? `${monthDay(model.trainedAt)} ${clockText(model.trainedAt)}${
              model.trainSeconds === null ? '' : `（${t('loop.recognition.seconds', { seconds: model.trainSeconds })}）`
            }`
          : t('loop.recognition.withProduct'),
    ],
    [
      'examples',
      (model) =>
        model.examples
          ? [
              ...(['shipped', 'corrections', 'confirmed', 'outside'] as const)
                .filter((part) => model.examples![part] > 0)
                .map((part) => {
                  const { weights } = model.examples!
                  const weight =
                    part === 'corrections'
                      ? weights.correction
                      : part === 'confirmed'
                        ? weights.confirmed
                        : weights.shipped
                  return t(`loop.recognition.examples.${part}`, { count: model.examples![part], weight })
                }),
            ].join('；')
          : t('loop.recognition.byWords'),
    ],
    [
      'inUse',
      (model) =>
        model.inUse
          ? t('loop.recognition.inUseOf', {
              ...model.inUse,
              share: percent(model.inUse.right / model.inUse.decided),
            })
          : '—',
    ],
    [
      'macroF1',
      (model) =>
        model.figures
          ? `${score(model.figures.macroF1)}（${t('loop.recognition.labels', { count: model.figures.perLabel.length })}）`
          : '—',
    ],
    ['accuracy', (model) => (model.figures ? percent(model.figures.accuracy) : '—')],
    [
      'onShipped',
      (model) =>
        model.figures?.shipped
          ? `${score(model.figures.shipped.macroF1)}（${t('loop.recognition.messages', { count: model.figures.shipped.count })}）`
          : '—',
    ],
    [
      'onCounty',
      (model) =>
        model.figures?.county
          ? `${percent(model.figures.county.accuracy)}（${t('loop.recognition.cases', { count: model.figures.county.count })}）`
          : '—',
    ],
    ['calibrationError', (model) => (model.figures ? percent(model.figures.calibrationError) : '—')],
    [
      'threshold',
      (model) =>
        model.origin === 'words' ? (
          '—'
        ) : (
          <span className="y-row" style={{ gap: 8 }}>
            {percent(model.threshold)}
            {can.switch && (
              <button type="button" className="y-btn text sm" onClick={() => onThreshold(model)}>
                {t('loop.recognition.setThreshold')}
              </button>
            )}
          </span>
        ),
    ],
  ]
  return (
    <table className="y-table tight">
      <thead>
        <tr>
          <th scope="col" style={{ width: 200 }}>
            {t('loop.recognition.fact')}
          </th>
          <th scope="col">{t('loop.recognition.state.serving')}</th>
          <th scope="col">
            <span className="y-row" style={{ gap: 8 }}>
              {t('loop.recognition.state.candidate')}
              {candidate && (
                <>
                  <Link className="y-btn sm" to={`/loop/recognition/shadow?task=${task}`}>
                    {t('loop.recognition.tab.shadow')}
                  </Link>
                  {can.switch && (
                    <button type="button" className="y-btn sm" onClick={() => onSwitch(candidate)}>
                      {t('loop.recognition.switchTo')}
                    </button>
                  )}
                </>
              )}
            </span>
          </th>
        </tr>
      </thead>
      <tbody>
        {rows.map(([key, cell], index) => (
          <tr key={key}>
            <th scope="row" className="y-sub" style={{ fontWeight: 400 }}>
              {t(`loop.recognition.${key}`)}
            </th>
            {models.map((model) => (
              <td key={model.id}>{cell(model)}</td>
            ))}
            {!candidate && index === 0 && (
              <td rowSpan={rows.length} className="y-sub y-sm" style={{ verticalAlign: 'top' }}>
                {t(data.waiting ? 'loop.recognition.trainingHint' : 'loop.recognition.noCandidate')}
              </td>
            )}
          </tr>
        ))}
      </tbody>
    </table>
  )
}

/** Line by line (class by class): F1 of both. */
function PerLabel({ data }: { data: Answer }) {
  const { t } = useText()
  const { serving, candidate } = data
  const main = candidate?.figures ?? serving.figures
  if (!main) return null
  const before = new Map((candidate ? (serving.figures?.perLabel ?? []) : []).map((each) => [each.code, each]))
  return (
    <section>
      <h2 className="y-sec">{t('loop.recognition.perLabel')}</h2>
      <table className="y-table tight">
        <thead>
          <tr>
            <th scope="col">{t('loop.recognition.label')}</th>
            <th scope="col" className="num">
              {t('loop.recognition.count')}
            </th>
            <th scope="col" className="num">
              {t('loop.recognition.precision')}
            </th>
            <th scope="col" className="num">
              {t('loop.recognition.recall')}
            </th>
            <th scope="col" className="num">
              F1
            </th>
            {before.size > 0 && (
              <th scope="col" className="num">
                {t('loop.recognition.f1Serving')}
              </th>
            )}
          </tr>
        </thead>
        <tbody>
          {main.perLabel.map((each) => (
            <tr key={each.code}>
              <td>{each.name}</td>
              <td className="num">{each.count}</td>
              <td className="num">{score(each.precision)}</td>
              <td className="num">{score(each.recall)}</td>
              <td className="num">{score(each.f1)}</td>
              {before.size > 0 && (
                <td className="num">{before.has(each.code) ? score(before.get(each.code)!.f1) : '—'}</td>
              )}
            </tr>
          ))}
        </tbody>
      </table>
    </section>
  )
}

/** What is taken for what, and whether stated certainty holds. */
function Details({ model }: { model: Model }) {
  const { t } = useText()
  const { figures } = model
  if (!figures) return null
  return (
    <div style={{ display: 'grid', gridTemplateColumns: 'repeat(auto-fit, minmax(320px, 1fr))', gap: 24 }}>
      <section>
        <h2 className="y-sec">{t('loop.recognition.confusion')}</h2>
        <table className="y-table tight">
          <thead>
            <tr>
              <th scope="col">{t('loop.recognition.decided')}</th>
              <th scope="col">{t('loop.recognition.said')}</th>
              <th scope="col" className="num">
                {t('loop.recognition.times')}
              </th>
            </tr>
          </thead>
          <tbody>
            {figures.confusion.slice(0, 10).map((each) => (
              <tr key={`${each.decided.code} ${each.said.code}`}>
                <td>{each.decided.name}</td>
                <td>{each.said.name}</td>
                <td className="num">{each.count}</td>
              </tr>
            ))}
            {figures.confusion.length === 0 && (
              <tr>
                <td colSpan={3} className="y-sub">
                  {t('loop.recognition.noConfusion')}
                </td>
              </tr>
            )}
          </tbody>
        </table>
      </section>
      <section>
        <h2 className="y-sec">{t('loop.recognition.calibration')}</h2>
        <table className="y-table tight">
          <thead>
            <tr>
              <th scope="col">{t('loop.recognition.stated')}</th>
              <th scope="col" className="num">
                {t('loop.recognition.observed')}
              </th>
              <th scope="col" className="num">
                {t('loop.recognition.count')}
              </th>
            </tr>
          </thead>
          <tbody>
            {figures.calibration.map((each) => (
              <tr key={each.from}>
                <td>{percent(each.stated)}</td>
                <td className="num">{percent(each.observed)}</td>
                <td className="num">{each.count}</td>
              </tr>
            ))}
          </tbody>
        </table>
        <p className="y-xs y-sub" style={{ marginTop: 8 }}>
          {t('loop.recognition.heldOut', { folds: figures.folds, count: figures.examples })}
          {figures.examples < FEW && ` ${t('loop.recognition.few')}`}
        </p>
      </section>
    </div>
  )
}
