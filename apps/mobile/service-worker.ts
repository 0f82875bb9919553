/// <reference lib="webworker" />
/**
 * Keeps the residents' pages on the phone: they open without a network, and what was typed can be read and sent later. Only
 * the pages themselves are kept; no answer of the server, so that nothing about a person lies here and nothing grows old.
 */
declare const self: ServiceWorkerGlobalScope

/** Files of this build; put in by the server that hands this script out. */
const FILES: string[] = JSON.parse('[]')
const PAGE = self.registration.scope
const NAME = `yiti ${new URL(PAGE).pathname}`
const CACHE = `${NAME} ${FILES.join(' ')}`
const PAGE_WAITS_MS = 4000

self.addEventListener('install', (event) => {
  event.waitUntil(
    caches.open(CACHE).then(async (cache) => {
      await cache.addAll([PAGE, ...FILES])
      await self.skipWaiting()
    }),
  )
})

self.addEventListener('activate', (event) => {
  event.waitUntil(
    caches.keys().then(async (names) => {
      const old = names.filter((name) => name.startsWith(`${NAME} `) && name !== CACHE)
      await Promise.all(old.map((name) => caches.delete(name)))
      await self.clients.claim()
    }),
  )
})

/** The page from the network; the kept one where there is none, or where it lets one wait. */
async function pageFor(request: Request): Promise<Response> {
  const kept = await (await caches.open(CACHE)).match(PAGE)
  if (!kept) return fetch(request)
  const abort = new AbortController()
  const late = setTimeout(() => abort.abort(), PAGE_WAITS_MS)
  try {
    const fresh = await fetch(request, { signal: abort.signal })
    return fresh.status >= 500 ? kept : fresh
  } catch {
    return kept
  } finally {
    clearTimeout(late)
  }
}

self.addEventListener('fetch', (event) => {
  const { request } = event
  const url = new URL(request.url)
  if (request.method !== 'GET' || url.origin !== self.location.origin) return
  if (request.mode === 'navigate') event.respondWith(pageFor(request))
  else if (url.pathname.startsWith('/assets/mobile/'))
    event.respondWith(caches.open(CACHE).then(async (cache) => (await cache.match(url.pathname)) ?? fetch(request)))
})
