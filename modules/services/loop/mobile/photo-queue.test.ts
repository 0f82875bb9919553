import { describe, expect, it } from 'vitest'
import { ApiError } from '#ui/api/api-error.ts'
import { MOST_PHOTOS, PhotoQueue, type PhotoTools, type StoredPhoto } from './photo-queue.ts'

const file = (name: string) => new File(['photo'], name, { type: 'image/jpeg' })

/** A phone whose network answers when the test says so. */
function phone(options: { kept?: StoredPhoto[]; now?: number } = {}) {
  const disk = new Map((options.kept ?? []).map((photo) => [photo.key, photo]))
  const calls: {
    name: string
    answer: (id: string) => void
    fail: (error: unknown) => void
    progress: (n: number) => void
  }[] = []
  let keys = 0
  const tools: PhotoTools = {
    prepare: async (given) => {
      if (given.name.endsWith('.txt')) throw new Error('no picture')
      return { blob: given, name: given.name }
    },
    send: (_blob, name, progress) =>
      new Promise((resolve, reject) => {
        calls.push({ name, progress, answer: (id) => resolve({ id, place: null }), fail: reject })
      }),
    preview: () => 'blob:x',
    forget: () => {},
    newKey: () => `k${++keys}`,
    now: () => options.now ?? 0,
    store: {
      all: async () => [...disk.values()],
      put: async (photo) => {
        disk.set(photo.key, photo)
      },
      remove: async (key) => {
        disk.delete(key)
      },
    },
  }
  return { queue: new PhotoQueue(tools), calls, disk }
}

const turn = () => new Promise((done) => setImmediate(done))
const states = (queue: PhotoQueue) => queue.photos().map((photo) => photo.state)

describe('the photos of a report', () => {
  it('are sent two at a time and keep their order whichever comes first', async () => {
    const { queue, calls } = phone()
    queue.add([file('a.jpg'), file('b.jpg'), file('c.jpg')])
    await turn()
    expect(states(queue)).toEqual(['sending', 'sending', 'waiting'])
    calls[1]!.answer('id-b')
    await turn()
    expect(states(queue)).toEqual(['sending', 'done', 'sending'])
    calls[2]!.answer('id-c')
    calls[0]!.answer('id-a')
    expect(await queue.settled()).toEqual({ ids: ['id-a', 'id-b', 'id-c'], failed: 0 })
  })

  it('show how far they are', async () => {
    const { queue, calls } = phone()
    queue.add([file('a.jpg')])
    await turn()
    calls[0]!.progress(0.4)
    expect(queue.photos()[0]).toMatchObject({ state: 'sending', share: 0.4 })
  })

  it('can be tried again one by one', async () => {
    const { queue, calls } = phone()
    queue.add([file('a.jpg')])
    await turn()
    calls[0]!.fail(new ApiError('screen.offline', 0))
    expect(await queue.settled()).toEqual({ ids: [], failed: 1 })
    queue.retry('k1')
    calls[1]!.answer('id-a')
    expect(await queue.settled()).toEqual({ ids: ['id-a'], failed: 0 })
  })

  it('are at most nine', () => {
    const { queue } = phone()
    expect(queue.add(Array.from({ length: 12 }, (_, i) => file(`${i}.jpg`)))).toBe(3)
    expect(queue.photos()).toHaveLength(MOST_PHOTOS)
    expect(queue.add([file('more.jpg')])).toBe(1)
  })

  it('say when a file is no picture, and trying again does not help', async () => {
    const { queue } = phone()
    queue.add([file('a.txt')])
    await turn()
    expect(queue.photos()[0]).toMatchObject({ state: 'failed', error: { code: 'loop.m.photo.unreadable' } })
    queue.retry('k1')
    expect(states(queue)).toEqual(['failed'])
  })

  it('come back after the phone threw the page away', async () => {
    const hour = 3_600_000
    const kept = (key: string, more: Partial<StoredPhoto> = {}): StoredPhoto => ({
      key,
      name: `${key}.jpg`,
      blob: new Blob(['x']),
      ...more,
    })
    const { queue, calls } = phone({
      now: 30 * hour,
      kept: [
        kept('new', { fileId: 'f1', uploadedAt: 29 * hour }),
        kept('old', { fileId: 'f2', uploadedAt: hour }),
        kept('never'),
      ],
    })
    await queue.restore()
    expect(states(queue)).toEqual(['done', 'sending', 'sending'])
    calls[0]!.answer('f2b')
    calls[1]!.answer('f3')
    expect((await queue.settled()).ids).toEqual(['f1', 'f2b', 'f3'])
  })

  it('are sent anew when the server has forgotten them', async () => {
    const { queue, calls } = phone()
    queue.add([file('a.jpg')])
    await turn()
    calls[0]!.answer('lost')
    await queue.settled()
    queue.renew()
    calls[1]!.answer('found')
    expect((await queue.settled()).ids).toEqual(['found'])
  })

  it('leave nothing behind once removed', async () => {
    const { queue, calls, disk } = phone()
    queue.add([file('a.jpg'), file('b.jpg')])
    await turn()
    queue.remove('k1')
    calls[0]!.answer('late')
    calls[1]!.answer('id-b')
    expect((await queue.settled()).ids).toEqual(['id-b'])
    queue.clear()
    await turn()
    expect(disk.size).toBe(0)
    expect(queue.photos()).toEqual([])
  })
})
