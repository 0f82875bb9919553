/** Helper of the test beside it: a process that runs the database of a directory until it is killed. */
import { createLog } from '#platform/logs/log.ts'
import { startEmbeddedPostgres } from './embedded-postgres.ts'

const [dir = '', share = ''] = process.argv.slice(2)
const database = await startEmbeddedPostgres({ dir, share: share === 'share', log: createLog({ level: 'silent' }) })
process.send?.({ pid: database.pid, url: database.url, started: database.postmasterStarted, shared: database.shared })
process.on('message', async () => {
  await database.stop()
  process.disconnect()
})
