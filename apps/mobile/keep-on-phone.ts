import { apiUrl, base } from '#ui/api/base.ts'

/** Lets the pages be put on the home screen and open without a network. Needs HTTPS (or this machine); without it nothing changes. */
export function keepOnPhone(): void {
  const link = document.createElement('link')
  link.rel = 'manifest'
  link.href = apiUrl('/public/phone.webmanifest')
  document.head.append(link)
  if (!('serviceWorker' in navigator)) return
  const register = () =>
    navigator.serviceWorker
      .register(apiUrl('/public/phone-worker.js'), { scope: `${base().prefix}/m/` })
      // Private windows and old browsers: the pages work as before.
      .catch(() => {})
  // After the first page, which should not share a slow network with it.
  if (document.readyState === 'complete') void register()
  else addEventListener('load', register, { once: true })
}
