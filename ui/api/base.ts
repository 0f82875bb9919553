/** Which county this page belongs to, and where its addresses begin. */
export interface Base {
  slug: string
  /** `/wuzhong`, or empty where a host name stands for the county. */
  prefix: string
}

export function readBase(pathname: string, meta: string | undefined): Base {
  const first = pathname.split('/')[1] ?? ''
  const slug = meta || first
  return { slug, prefix: first === slug ? `/${slug}` : '' }
}

let current: Base | undefined

export function base(): Base {
  current ??= readBase(
    location.pathname,
    document.querySelector<HTMLMetaElement>('meta[name="yiti-county"]')?.content || undefined,
  )
  return current
}

/** Address of something under the county's API. */
export function apiUrl(path: string): string {
  return `${base().prefix}/api/v1${path}`
}
