import { useRef, useState } from 'react'
import { useText } from '#ui/i18n/TextProvider.tsx'
import { Icon } from '#ui/icon/Icon.tsx'
import { type UploadedFile, useFormServices } from '#ui/schema-form/form-services.ts'
import { useErrorWords } from '#ui/state/ErrorState.tsx'

interface Running {
  key: string
  name: string
  share: number
  abort: AbortController
  error?: string
}

/** Files are sent at once, each with its progress and a way to stop it; the form carries only their ids. */
export function FileField({
  id,
  value,
  many,
  accept,
  max = 20,
  onChange,
  describedBy,
}: {
  id: string
  value: UploadedFile[]
  many: boolean
  accept?: string | undefined
  max?: number | undefined
  onChange: (files: UploadedFile[]) => void
  describedBy?: string | undefined
}) {
  const { t } = useText()
  const services = useFormServices()
  const words = useErrorWords()
  const [running, setRunning] = useState<Running[]>([])
  const [over, setOver] = useState(false)
  const latest = useRef(value)
  latest.current = value

  function take(list: FileList | null) {
    const room = (many ? max : 1) - (many ? latest.current.length : 0)
    for (const file of [...(list ?? [])].slice(0, room)) {
      const abort = new AbortController()
      const key = `${file.name}-${Math.random()}`
      setRunning((r) => [...r, { key, name: file.name, share: 0, abort }])
      services
        .upload(file, (share) => setRunning((r) => r.map((x) => (x.key === key ? { ...x, share } : x))), abort.signal)
        .then(
          (done) => {
            setRunning((r) => r.filter((x) => x.key !== key))
            const next = many ? [...latest.current, done] : [done]
            latest.current = next
            onChange(next)
          },
          (error) => {
            if (abort.signal.aborted) setRunning((r) => r.filter((x) => x.key !== key))
            else setRunning((r) => r.map((x) => (x.key === key ? { ...x, error: words(error).message } : x)))
          },
        )
    }
  }
  const full = many ? value.length >= max : false
  return (
    <div className="y-upload">
      {(value.length > 0 || running.length > 0) && (
        <ul>
          {value.map((file) => (
            <li key={file.id}>
              <Icon name="file" size="s" />
              <span className="y-grow y-clip">{file.name}</span>
              <button
                type="button"
                className="y-btn text sm"
                aria-label={t('ui.form.removeFile', { name: file.name })}
                onClick={() => onChange(value.filter((f) => f.id !== file.id))}
              >
                <Icon name="close" size="s" />
              </button>
            </li>
          ))}
          {running.map((file) => (
            <li key={file.key}>
              <Icon name={file.error ? 'warn' : 'upload'} size="s" />
              <span className="y-grow y-clip">{file.error ? `${file.name}：${file.error}` : file.name}</span>
              {!file.error && (
                <progress value={file.share} max={1} aria-label={t('ui.form.uploading', { name: file.name })} />
              )}
              <button
                type="button"
                className="y-btn text sm"
                aria-label={t('ui.form.removeFile', { name: file.name })}
                onClick={() => {
                  file.abort.abort()
                  setRunning((r) => r.filter((x) => x.key !== file.key))
                }}
              >
                <Icon name="close" size="s" />
              </button>
            </li>
          ))}
        </ul>
      )}
      {!full && (
        <label
          className={over ? 'drop over' : 'drop'}
          htmlFor={id}
          onDragOver={(event) => {
            event.preventDefault()
            setOver(true)
          }}
          onDragLeave={() => setOver(false)}
          onDrop={(event) => {
            event.preventDefault()
            setOver(false)
            take(event.dataTransfer.files)
          }}
        >
          <Icon name="upload" />
          {t(many ? 'ui.form.addFiles' : 'ui.form.addFile')}
          <input
            id={id}
            type="file"
            className="y-vh"
            accept={accept}
            multiple={many}
            aria-describedby={describedBy}
            onChange={(event) => {
              take(event.target.files)
              event.target.value = ''
            }}
          />
        </label>
      )}
    </div>
  )
}
