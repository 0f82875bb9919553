import { readdir, readFile } from 'node:fs/promises'
import { join } from 'node:path'
import { getPhoneManifest, getPhoneWorker } from '#modules/foundation/org/contract.ts'
import { notFound } from '#platform/errors/app-error.ts'
import type { RawHandler } from '#platform/http/raw-handler.ts'

const BUILT = join(import.meta.dirname, '../../../../dist/mobile')
/** The map is large and draws what the server tells; who opens it has a network. */
const NOT_KEPT = /^(GlMap|maplibre)/

async function built(): Promise<{ worker: string; files: string[] }> {
  try {
    const worker = await readFile(join(BUILT, 'worker.js'), 'utf8')
    const files = (await readdir(join(BUILT, 'assets'))).filter((name) => !NOT_KEPT.test(name)).sort()
    return { worker, files: files.map((name) => `/assets/mobile/assets/${name}`) }
  } catch {
    throw notFound()
  }
}

/**
 * The script that keeps the residents' pages on the phone. It lies under the county's API, so that it can be told the files of
 * this build; the header lets it serve the pages beside it.
 */
export const phoneWorkerHandler: RawHandler = {
  route: getPhoneWorker,
  async handle() {
    const { worker, files } = await built()
    return {
      headers: {
        'content-type': 'text/javascript; charset=utf-8',
        'cache-control': 'no-cache',
        'service-worker-allowed': '/',
      },
      // Names of files hold nothing that would end a string.
      body: worker.replace(/JSON\.parse\((['"`])\[\]\1\)/, JSON.stringify(files)),
    }
  },
}

/** What a phone needs to put the pages on its home screen. Addresses are relative, so that a host name of its own works too. */
export const phoneManifestHandler: RawHandler = {
  route: getPhoneManifest,
  async handle(_house, { here }) {
    const { name } = here.county
    return {
      headers: { 'content-type': 'application/manifest+json; charset=utf-8', 'cache-control': 'no-cache' },
      body: JSON.stringify({
        name: `${name} · 报事直达`,
        short_name: name,
        lang: 'zh-CN',
        id: '../../../m/',
        start_url: '../../../m/',
        scope: '../../../m/',
        display: 'standalone',
        background_color: '#f3f5f8',
        theme_color: '#f3f5f8',
        icons: [192, 512].map((size) => ({
          src: `/assets/mobile/icon-${size}.png`,
          sizes: `${size}x${size}`,
          type: 'image/png',
          purpose: 'any',
        })),
      }),
    }
  },
}
