import { useEffect, useState } from 'react'
import { apiUrl } from '#ui/api/base.ts'
import { buildRequest } from '#ui/api/request.ts'
import './PhotoField.css'
import { getPublicPhoto } from '../public-routes.ts'

/** A photo that the reporter sent, fetched with the code in the body: an address with the code would be written down on its way. */
export function ReportPhoto({
  number,
  followCode,
  fileId,
  alt,
}: {
  number: string
  followCode: string
  fileId: string
  alt: string
}) {
  const [url, setUrl] = useState<string>()
  useEffect(() => {
    const abort = new AbortController()
    let shown: string | undefined
    const { url: path, body } = buildRequest(getPublicPhoto, { number, followCode, fileId })
    fetch(apiUrl(path), {
      method: getPublicPhoto.method,
      headers: { 'content-type': 'application/json' },
      credentials: 'same-origin',
      signal: abort.signal,
      ...(body === undefined ? {} : { body }),
    })
      .then(async (answer) => {
        if (!answer.ok) return
        shown = URL.createObjectURL(await answer.blob())
        if (abort.signal.aborted) URL.revokeObjectURL(shown)
        else setUrl(shown)
      })
      // Without its picture the page still says everything; it comes with the next visit.
      .catch(() => {})
    return () => {
      abort.abort()
      if (shown) URL.revokeObjectURL(shown)
    }
  }, [number, followCode, fileId])
  if (!url) return <span className="wait" role="img" aria-label={alt} />
  return (
    <a href={url} target="_blank" rel="noreferrer">
      <img src={url} alt={alt} />
    </a>
  )
}
