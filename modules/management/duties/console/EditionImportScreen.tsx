import '#modules/management/duties/console/Editions.css'
import { type FormEvent, useState } from 'react'
import { Link, useNavigate } from 'react-router'
import { tryEdition } from '#modules/management/duties/contract.ts'
import { useCommand } from '#ui/api/use-api.ts'
import { useText } from '#ui/i18n/TextProvider.tsx'
import { Icon } from '#ui/icon/Icon.tsx'
import { ErrorState } from '#ui/state/ErrorState.tsx'

/** Above this the server would refuse the request. */
const MOST_BYTES = 1_400_000

/** Sends the book as a file to be tried; nothing of the list in force changes by it. */
export default function EditionImportScreen() {
  const { t } = useText()
  const navigate = useNavigate()
  const [file, setFile] = useState<File | null>(null)
  const [documentNumber, setDocument] = useState('')
  const [validFrom, setDay] = useState('')
  const [problem, setProblem] = useState('')
  const command = useCommand(tryEdition, ({ id }) => navigate(`/duties/editions/${id}`))
  async function send(event: FormEvent) {
    event.preventDefault()
    setProblem('')
    if (!file) return setProblem(t('duties.edition.noFile'))
    if (file.size > MOST_BYTES) return setProblem(t('duties.edition.tooBig'))
    command.mutate({ fileName: file.name, content: await base64(file), documentNumber, validFrom })
  }
  return (
    <>
      <div className="y-pagehead">
        <Link className="y-iconbtn sm" to="/duties/editions" aria-label={t('duties.tab.editions')}>
          <Icon name="back" />
        </Link>
        <h1>{t('duties.edition.import')}</h1>
      </div>
      <div className="y-page">
        <form className="y-edition-form" onSubmit={(event) => void send(event)}>
          <p className="y-edition-note">{t('duties.edition.importNote')}</p>
          <label>
            {t('duties.edition.file')}
            <span className="y-edition-pick">
              <span className="y-btn sm" aria-hidden="true">
                <Icon name="upload" size="s" />
                {t('duties.edition.choose')}
              </span>
              <span className={file ? '' : 'y-sub'}>{file?.name ?? t('duties.edition.nothingChosen')}</span>
              <input
                type="file"
                accept=".xlsx"
                aria-label={t('duties.edition.file')}
                onChange={(event) => setFile(event.target.files?.[0] ?? null)}
              />
            </span>
            <small>{t('duties.edition.fileHelp')}</small>
          </label>
          <label>
            {t('duties.field.document')}
            <input
              type="text"
              required
              maxLength={120}
              value={documentNumber}
              placeholder={t('duties.edition.documentHint')}
              onChange={(event) => setDocument(event.target.value)}
            />
          </label>
          <label>
            {t('duties.field.validFrom')}
            <input type="date" required value={validFrom} onChange={(event) => setDay(event.target.value)} />
          </label>
          {problem && (
            <p className="y-edition-note bad" role="alert">
              {problem}
            </p>
          )}
          {command.error && <ErrorState tight error={command.error} />}
          <div className="y-row" style={{ gap: 8 }}>
            <button type="submit" className="y-btn pri" disabled={command.isPending}>
              {t(command.isPending ? 'duties.edition.checking' : 'duties.edition.check')}
            </button>
            <Link className="y-btn" to="/duties/editions">
              {t('ui.form.cancel')}
            </Link>
          </div>
        </form>
      </div>
    </>
  )
}

async function base64(file: File): Promise<string> {
  const bytes = new Uint8Array(await file.arrayBuffer())
  let text = ''
  for (let at = 0; at < bytes.length; at += 0x8000) text += String.fromCharCode(...bytes.subarray(at, at + 0x8000))
  return btoa(text)
}
