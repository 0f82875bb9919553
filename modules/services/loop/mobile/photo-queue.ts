import { ApiError } from '#ui/api/api-error.ts'

export const MOST_PHOTOS = 9
const AT_ONCE = 2
/** The server sweeps an upload that nobody attached within a day; a phone stops relying on it well before. */
const UPLOAD_LASTS_MS = 20 * 3_600_000

export interface LonLat {
  lon: number
  lat: number
}

export interface Photo {
  key: string
  name: string
  /** Object URL of what is shown; empty while the photo is being made ready. */
  preview: string
  state: 'preparing' | 'waiting' | 'sending' | 'done' | 'failed'
  /** 0 to 1 while sending. */
  share: number
  fileId?: string
  /** Where the camera says that it was taken. */
  place?: LonLat
  error?: ApiError
}

/** What the phone keeps of a photo, so that it is still there when the camera app pushed the browser out of memory. */
export interface StoredPhoto {
  key: string
  name: string
  blob: Blob
  place?: LonLat
  fileId?: string
  uploadedAt?: number
}

export interface PhotoTools {
  /** Makes a photo ready to send. Throws ApiError `loop.m.photo.*` where it cannot be read. */
  prepare(file: File): Promise<{ blob: Blob; name: string; place?: LonLat }>
  send(blob: Blob, name: string, onProgress: (share: number) => void): Promise<{ id: string; place: LonLat | null }>
  preview(blob: Blob): string
  forget(preview: string): void
  newKey(): string
  now(): number
  store: {
    all(): Promise<StoredPhoto[]>
    put(photo: StoredPhoto): Promise<void>
    remove(key: string): Promise<void>
  }
}

/**
 * The photos of one report: made smaller, sent two at a time, each with its own progress and its own second try. Lives
 * outside the page, so that sending goes on while the resident writes, looks at the map or turns back.
 */
export class PhotoQueue {
  readonly #tools: PhotoTools
  #photos: Photo[] = []
  readonly #stored = new Map<string, StoredPhoto>()
  readonly #listeners = new Set<() => void>()
  #running = 0
  #restored: Promise<void> | undefined

  constructor(tools: PhotoTools) {
    this.#tools = tools
  }

  subscribe = (listener: () => void) => {
    this.#listeners.add(listener)
    return () => {
      this.#listeners.delete(listener)
    }
  }

  photos = (): readonly Photo[] => this.#photos

  get room(): number {
    return MOST_PHOTOS - this.#photos.length
  }

  /** Brings back what the phone kept; once. Uploads too old to be relied on are sent again. */
  restore(): Promise<void> {
    this.#restored ??= this.#tools.store.all().then((kept) => {
      for (const photo of kept.slice(0, this.room)) {
        const fresh = photo.uploadedAt !== undefined && this.#tools.now() - photo.uploadedAt < UPLOAD_LASTS_MS
        this.#stored.set(photo.key, photo)
        this.#photos = [
          ...this.#photos,
          {
            key: photo.key,
            name: photo.name,
            preview: this.#tools.preview(photo.blob),
            state: fresh ? 'done' : 'waiting',
            share: fresh ? 1 : 0,
            ...(fresh && photo.fileId ? { fileId: photo.fileId } : {}),
            ...(photo.place ? { place: photo.place } : {}),
          },
        ]
      }
      this.#tell()
      this.#pump()
    })
    return this.#restored
  }

  /** Adds as many as there is room for; answers how many were left out. */
  add(files: readonly File[]): number {
    const taken = files.slice(0, this.room)
    for (const file of taken) {
      const key = this.#tools.newKey()
      this.#photos = [...this.#photos, { key, name: file.name, preview: '', state: 'preparing', share: 0 }]
      void this.#prepare(key, file)
    }
    this.#tell()
    return files.length - taken.length
  }

  retry(key: string): void {
    const photo = this.#photos.find((one) => one.key === key)
    if (photo?.state !== 'failed') return
    if (this.#stored.has(key)) {
      this.#change(key, { state: 'waiting', share: 0, error: undefined })
      this.#pump()
    }
  }

  /** Tries every failed photo again, or only those that the network broke off. */
  retryAll(onlyBrokenOff = false): void {
    for (const photo of this.#photos) if (!onlyBrokenOff || photo.error?.status === 0) this.retry(photo.key)
  }

  /** What the server has forgotten is sent once more. */
  renew(): void {
    for (const photo of this.#photos)
      if (photo.state === 'done') this.#change(photo.key, { state: 'waiting', share: 0, fileId: undefined })
    this.#pump()
  }

  remove(key: string): void {
    const photo = this.#photos.find((one) => one.key === key)
    if (photo?.preview) this.#tools.forget(photo.preview)
    this.#photos = this.#photos.filter((one) => one.key !== key)
    this.#stored.delete(key)
    void this.#tools.store.remove(key)
    this.#tell()
  }

  clear(): void {
    for (const photo of [...this.#photos]) this.remove(photo.key)
  }

  /** Waits until nothing is under way; answers the ids in the order of the page and how many failed. */
  async settled(): Promise<{ ids: string[]; failed: number }> {
    const busy = () => this.#photos.some((photo) => photo.state !== 'done' && photo.state !== 'failed')
    if (busy())
      await new Promise<void>((done) => {
        const stop = this.subscribe(() => {
          if (busy()) return
          stop()
          done()
        })
      })
    return {
      ids: this.#photos.flatMap((photo) => (photo.fileId ? [photo.fileId] : [])),
      failed: this.#photos.filter((photo) => photo.state === 'failed').length,
    }
  }

  async #prepare(key: string, file: File): Promise<void> {
    try {
      const { blob, name, place } = await this.#tools.prepare(file)
      if (!this.#photos.some((photo) => photo.key === key)) return
      const stored: StoredPhoto = { key, name, blob, ...(place ? { place } : {}) }
      this.#stored.set(key, stored)
      void this.#tools.store.put(stored)
      this.#change(key, {
        name,
        preview: this.#tools.preview(blob),
        state: 'waiting',
        ...(place ? { place } : {}),
      })
      this.#pump()
    } catch (error) {
      this.#change(key, { state: 'failed', error: asApiError(error) })
    }
  }

  #pump(): void {
    while (this.#running < AT_ONCE) {
      const next = this.#photos.find((photo) => photo.state === 'waiting')
      if (!next) return
      this.#running++
      this.#change(next.key, { state: 'sending', share: 0 })
      void this.#send(next.key).finally(() => {
        this.#running--
        this.#pump()
      })
    }
  }

  async #send(key: string): Promise<void> {
    const stored = this.#stored.get(key)
    if (!stored) return
    try {
      const { id, place } = await this.#tools.send(stored.blob, stored.name, (share) => this.#change(key, { share }))
      if (!this.#stored.has(key)) return
      const kept: StoredPhoto = {
        ...stored,
        ...(stored.place ? {} : place ? { place } : {}),
        fileId: id,
        uploadedAt: this.#tools.now(),
      }
      this.#stored.set(key, kept)
      void this.#tools.store.put(kept)
      this.#change(key, { state: 'done', share: 1, fileId: id, ...(kept.place ? { place: kept.place } : {}) })
    } catch (error) {
      this.#change(key, { state: 'failed', share: 0, error: asApiError(error) })
    }
  }

  #change(key: string, change: Partial<Photo>): void {
    this.#photos = this.#photos.map((photo) => (photo.key === key ? { ...photo, ...change } : photo))
    this.#tell()
  }

  #tell(): void {
    for (const listener of [...this.#listeners]) listener()
  }
}

function asApiError(error: unknown): ApiError {
  return error instanceof ApiError ? error : new ApiError('loop.m.photo.unreadable', 422)
}
