import '#modules/foundation/grid/console/GridMap.css'
import { type FormEvent, useState } from 'react'
import { Link, useNavigate } from 'react-router'
import { faultWords } from '#modules/foundation/grid/console/fault-words.ts'
import { importBorders, importGrids, PUBLISH } from '#modules/foundation/grid/contract.ts'
import type { Fault } from '#modules/foundation/grid/domain/plan.ts'
import type { RouteOutput } from '#platform/contract/route.ts'
import { useCommand } from '#ui/api/use-api.ts'
import { useText } from '#ui/i18n/TextProvider.tsx'
import { Icon } from '#ui/icon/Icon.tsx'
import { useSession } from '#ui/shell/session.ts'
import { ErrorState } from '#ui/state/ErrorState.tsx'

/** Above this the server would refuse the request. */
const MOST_BYTES = 1_900_000

/** Sends a GeoJSON file to be checked; nothing of today's grids changes by it. */
export default function ImportScreen() {
  const { t } = useText()
  const navigate = useNavigate()
  const [file, setFile] = useState<File | null>(null)
  const [datum, setDatum] = useState<'wgs84' | 'gcj02'>('wgs84')
  const [reason, setReason] = useState('')
  const [illustrative, setIllustrative] = useState(false)
  const [problem, setProblem] = useState('')
  const [what, setWhat] = useState<'grids' | 'borders'>('grids')
  const { me } = useSession()
  const command = useCommand(importGrids, ({ id }) => navigate(`/grids/changes/${id}`))
  const borders = useCommand(importBorders)
  const again = () => borders.reset()
  async function send(event: FormEvent | null, dryRun: boolean) {
    event?.preventDefault()
    setProblem('')
    if (!file) return setProblem(t('grid.import.noFile'))
    if (reason.trim().length < 2) return setProblem(t('grid.import.noReason'))
    const text = compact(await file.text())
    if (new Blob([JSON.stringify(text)]).size > MOST_BYTES) return setProblem(t('grid.import.tooBig'))
    const given = { fileName: file.name, datum, reason: reason.trim(), geojson: text, illustrative }
    if (what === 'grids') command.mutate(given)
    else borders.mutate({ ...given, dryRun })
  }
  return (
    <>
      <div className="y-pagehead">
        <Link className="y-iconbtn sm" to="/grids/changes" aria-label={t('grid.backToChanges')}>
          <Icon name="back" />
        </Link>
        <h1>{t('grid.import.title')}</h1>
      </div>
      <div className="y-page">
        <form className="y-import" onSubmit={(event) => void send(event, true)}>
          <p className="y-banner">{t(what === 'grids' ? 'grid.import.note' : 'grid.borders.note')}</p>
          {me.permissions.includes(PUBLISH) && (
            <fieldset className="y-import-field">
              <legend>{t('grid.import.what')}</legend>
              {(['grids', 'borders'] as const).map((one) => (
                <label key={one} className="y-pick">
                  <input
                    type="radio"
                    name="what"
                    checked={what === one}
                    onChange={() => {
                      setWhat(one)
                      again()
                    }}
                  />
                  {t(`grid.import.what.${one}`)}
                </label>
              ))}
            </fieldset>
          )}
          <div className="y-import-field">
            <span>{t('grid.import.file')}</span>
            <span className="y-file">
              <span className="y-btn sm" aria-hidden="true">
                <Icon name="upload" size="s" />
                {t('grid.import.choose')}
              </span>
              <span className={file ? '' : 'y-muted'}>{file?.name ?? t('grid.import.nothingChosen')}</span>
              <input
                type="file"
                accept=".geojson,.json,application/geo+json"
                aria-label={t('grid.import.file')}
                onChange={(event) => {
                  setFile(event.target.files?.[0] ?? null)
                  again()
                }}
              />
            </span>
            <small>{t('grid.import.fileHelp')}</small>
          </div>
          <fieldset className="y-import-field">
            <legend>{t('grid.import.datum')}</legend>
            {(['wgs84', 'gcj02'] as const).map((one) => (
              <label key={one} className="y-pick">
                <input
                  type="radio"
                  name="datum"
                  checked={datum === one}
                  onChange={() => {
                    setDatum(one)
                    again()
                  }}
                />
                {t(`grid.datum.${one}`)}
              </label>
            ))}
          </fieldset>
          <label className="y-import-field">
            <span>{t('grid.field.basis')}</span>
            <textarea
              rows={2}
              maxLength={500}
              value={reason}
              placeholder={t('grid.import.reasonHint')}
              onChange={(event) => setReason(event.target.value)}
            />
          </label>
          <label className="y-pick">
            <input
              type="checkbox"
              className="y-cbx"
              checked={illustrative}
              onChange={(event) => setIllustrative(event.target.checked)}
            />
            {t('grid.import.illustrative')}
          </label>
          {problem && (
            <p className="y-banner bad" role="alert">
              {problem}
            </p>
          )}
          {command.error && <ErrorState tight error={command.error} />}
          {borders.error && <ErrorState tight error={borders.error} />}
          {borders.data && <BorderResult result={borders.data} />}
          <div className="y-row" style={{ gap: 8 }}>
            <button type="submit" className="y-btn pri" disabled={command.isPending || borders.isPending}>
              {t(
                command.isPending || borders.isPending
                  ? 'grid.import.checking'
                  : what === 'grids'
                    ? 'grid.import.check'
                    : 'grid.borders.check',
              )}
            </button>
            {what === 'borders' &&
              borders.data &&
              !borders.data.taken &&
              !borders.data.faults.some((f) => f.weight === 'error') && (
                <button
                  type="button"
                  className="y-btn pri"
                  disabled={borders.isPending}
                  onClick={() => void send(null, false)}
                >
                  {t('grid.borders.take')}
                </button>
              )}
            <Link className="y-btn" to="/grids/changes">
              {t('ui.form.cancel')}
            </Link>
          </div>
        </form>
        <h2 className="y-sec" style={{ margin: '24px 0 8px' }}>
          {t('grid.import.columns')}
        </h2>
        <table className="y-table tight" style={{ maxWidth: 720 }}>
          <thead>
            <tr>
              <th scope="col">{t('grid.import.property')}</th>
              <th scope="col">{t('grid.import.meaning')}</th>
            </tr>
          </thead>
          <tbody>
            {(['code', 'name', 'kind', 'villageCode', 'households', 'people'] as const).map((key) => (
              <tr key={key}>
                <td>
                  <code>{key}</code> / {t(`grid.import.zh.${key}`)}
                </td>
                <td>{t(`grid.import.about.${key}`)}</td>
              </tr>
            ))}
          </tbody>
        </table>
      </div>
    </>
  )
}

function BorderResult({ result }: { result: RouteOutput<typeof importBorders> }) {
  const { t } = useText()
  const errors = result.faults.filter((fault) => fault.weight === 'error').length
  return (
    <section aria-live="polite">
      <p className={errors > 0 ? 'y-banner bad' : 'y-banner'}>
        {result.taken
          ? t('grid.borders.taken', { n: result.borders })
          : errors > 0
            ? t('grid.borders.faults', { n: errors })
            : t('grid.borders.fine', { n: result.borders })}
      </p>
      {result.faults.slice(0, 200).map((fault, i) => (
        <div key={`${fault.kind}-${fault.ref}-${fault.code}-${i}`} className="y-fault">
          <span className={fault.weight === 'note' ? 'k note' : 'k'}>{i + 1}</span>
          <span>
            <b>{t(`grid.faultName.${fault.kind}`)}</b> {faultWords(t, fault as Pick<Fault, 'kind' | 'params'>)}
            <small>
              {[
                fault.name ?? (fault.ref ? t('grid.feature', { n: fault.ref.replace('#', '') }) : ''),
                fault.code ?? '',
                fault.at ? `${fault.at[0]!.toFixed(6)}, ${fault.at[1]!.toFixed(6)}` : '',
              ]
                .filter(Boolean)
                .join(' · ')}
            </small>
          </span>
        </div>
      ))}
    </section>
  )
}

/** Leaves white space and digits behind the seventh decimal at home; what is no JSON goes as it is and is named there. */
function compact(text: string): string {
  try {
    return JSON.stringify(JSON.parse(text.replace(/^\uFEFF/, '')), (_, value: unknown) =>
      typeof value === 'number' && !Number.isInteger(value) ? Math.round(value * 1e7) / 1e7 : value,
    )
  } catch {
    return text
  }
}
