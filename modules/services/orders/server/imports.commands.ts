import { command, query, writePending } from '#platform/command/command.ts'
import { type Context, Pending } from '#platform/command/context.ts'
import { AppError } from '#platform/errors/app-error.ts'
import { downloadHeaders } from '#platform/files/uploads.ts'
import type { RawHandler } from '#platform/http/raw-handler.ts'
import { errorFileOf } from '#platform/imports/error-file.ts'
import {
  beginCheck,
  beginTake,
  cancelImport,
  presentImport,
  presentImports,
  resumeImport,
  stageImport,
} from '#platform/imports/run-import.ts'
import { readStaged } from '#platform/imports/stage-file.ts'
import {
  cancelOrderImport,
  checkOrderImport,
  downloadOrderErrors,
  getOrderImport,
  listOrderImports,
  resumeOrderImport,
  startOrderImport,
  uploadOrders,
} from '../contract.ts'
import { orderConsumer } from './order.consumer.ts'

const shown = (context: Context, ref: unknown) => presentImport(orderConsumer, context, (ref as { id: number }).id)

/** The file is read to its end before a transaction begins; then all of it is kept, or nothing. */
export const uploadOrdersHandler: RawHandler = {
  route: uploadOrders,
  async handle(house, { here, actor, request, info }) {
    const { services } = house
    const part = await request.file()
    if (!part) throw new AppError('files.empty', { status: 422 })
    const staged = await readStaged(orderConsumer, part.file, part.filename)
    return services.pool.inCounty(here.county, async (tx) => {
      const now = services.clock.now()
      const context: Context = { tx, actor, now, services, here, pending: new Pending(), request: info }
      const id = await stageImport(orderConsumer, context, staged, part.filename)
      await writePending(context, { route: uploadOrders.name })
      return presentImport(orderConsumer, context, id)
    })
  },
}

export const listOrderImportsQuery = query(listOrderImports, (context, { cursor, limit }) =>
  presentImports(orderConsumer, context, cursor, limit ?? 30),
)

export const getOrderImportQuery = query(getOrderImport, (context, { id }) => presentImport(orderConsumer, context, id))

export const checkOrderImportCommand = command(checkOrderImport, {
  async perform(context, input) {
    const settings = { ...input.settings, origin: input.settings.origin.trim() }
    await beginCheck(orderConsumer, context, { ...input, settings })
    return { ref: { id: input.id } }
  },
  present: shown,
})

export const startOrderImportCommand = command(startOrderImport, {
  async perform(context, { id }) {
    await beginTake(orderConsumer, context, id)
    return { ref: { id } }
  },
  present: shown,
})

export const cancelOrderImportCommand = command(cancelOrderImport, {
  async perform(context, { id }) {
    await cancelImport(orderConsumer, context, id)
    return { ref: { id } }
  },
  present: shown,
})

export const resumeOrderImportCommand = command(resumeOrderImport, {
  async perform(context, { id }) {
    await resumeImport(orderConsumer, context, id)
    return { ref: { id } }
  },
  present: shown,
})

export const downloadOrderErrorsHandler: RawHandler = {
  route: downloadOrderErrors,
  async handle({ services }, { here, actor, input, info }) {
    const { id } = input as { id: number }
    const file = await errorFileOf(services, orderConsumer, { here, actor, request: info }, id)
    await services.pool.inCounty(here.county, async (tx) => {
      const context: Context = {
        tx,
        actor,
        now: services.clock.now(),
        services,
        here,
        pending: new Pending(),
        request: info,
      }
      context.pending.subject = `import:${id}`
      await writePending(context, { route: downloadOrderErrors.name })
    })
    return { headers: downloadHeaders(file, false), body: file.body }
  },
}
