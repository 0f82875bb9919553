import { randomBytes, timingSafeEqual } from 'node:crypto'
import { existsSync, mkdirSync, readFileSync, renameSync, writeFileSync } from 'node:fs'
import { join } from 'node:path'
import type { Readable } from 'node:stream'
import fastifyCompress from '@fastify/compress'
import fastifyCookie from '@fastify/cookie'
import fastifyHelmet from '@fastify/helmet'
import fastifyMultipart from '@fastify/multipart'
import fastifyRateLimit from '@fastify/rate-limit'
import fastifyStatic from '@fastify/static'
import Fastify, { type FastifyInstance, type FastifyReply, type FastifyRequest } from 'fastify'
import { type TObject, Type } from 'typebox'
import type { Actor } from '#platform/access/actor.ts'
import { holdsPermission } from '#platform/access/actor.ts'
import { OPEN_BEFORE_PASSWORD } from '#platform/auth/contract.ts'
import { checkSession } from '#platform/auth/session.store.ts'
import { type Command, type Query, runCommand, runQuery } from '#platform/command/command.ts'
import type { RequestInfo } from '#platform/command/context.ts'
import type { CountyServices } from '#platform/command/services.ts'
import type { Config } from '#platform/config/config.ts'
import { pathParams, type Route } from '#platform/contract/route.ts'
import { AppError, notFound } from '#platform/errors/app-error.ts'
import type { RawHandler } from '#platform/http/raw-handler.ts'
import type { Locale } from '#platform/i18n/wording.ts'
import { newTraceId, traceIdOf } from '#platform/logs/log.ts'
import type { House } from '#platform/module/house.ts'

const ROOT = join(import.meta.dirname, '../..')
const API = '/api/v1'
const BODY_LIMIT = 2 * 1024 * 1024
const FAR_FUTURE_YEAR = 365 * 24 * 3600

declare module 'fastify' {
  interface FastifyRequest {
    traceId: string
    county: CountyServices | undefined
    actor: Actor | undefined
  }
}

/** Every route served: what the generated access tests and OpenAPI go through. */
export function allRoutes(house: House): Route[] {
  return [
    ...house.commands.map((entry) => entry.route),
    ...house.queries.map((entry) => entry.route),
    ...house.raw.map((entry) => entry.route),
  ]
}

/** Builds the HTTP server of a house; it does not listen yet. Refuses to come up with a route that is not safe to serve. */
export async function buildServer(house: House): Promise<FastifyInstance> {
  const { services } = house
  const { config, log } = services
  checkRoutes(house)
  const tls =
    config.tlsCert && config.tlsKey
      ? { https: { cert: readFileSync(config.tlsCert), key: readFileSync(config.tlsKey) } }
      : {}
  const app = Fastify({
    ...tls,
    logger: false,
    bodyLimit: BODY_LIMIT,
    trustProxy: config.trustProxy,
    routerOptions: { maxParamLength: 200 },
    ajv: {
      customOptions: { coerceTypes: true, removeAdditional: false, allErrors: true },
    },
    // A county's host name leads to the county without a path prefix.
    rewriteUrl: (request) => house.rewriteUrl(request.headers.host, request.url ?? '/'),
  }) as unknown as FastifyInstance
  app.decorateRequest('traceId', '')
  app.decorateRequest('county', undefined)
  app.decorateRequest('actor', undefined)
  await app.register(fastifyHelmet, {
    contentSecurityPolicy: {
      directives: {
        defaultSrc: ["'self'"],
        imgSrc: ["'self'", 'data:', 'blob:'],
        styleSrc: ["'self'", "'unsafe-inline'"],
        workerSrc: ["'self'", 'blob:'],
        connectSrc: ["'self'"],
        frameAncestors: ["'none'"],
        upgradeInsecureRequests: tls.https ? [] : null,
      },
    },
    hsts: Boolean(tls.https),
  })
  await app.register(fastifyCookie)
  await app.register(fastifyRateLimit, { global: false, max: 600, timeWindow: '1 minute' })
  await app.register(fastifyMultipart, { limits: { fileSize: 25 * 1024 * 1024, files: 1 } })
  await app.register(fastifyCompress, { global: true, threshold: 1500, encodings: ['br', 'gzip'] })

  app.addHook('onRequest', async (request, reply) => {
    request.traceId = traceIdOf(request.headers.traceparent as string | undefined) ?? newTraceId()
    reply.header('x-trace-id', request.traceId)
  })
  app.addHook('onResponse', async (request, reply) => {
    house.metrics.observe(request.routeOptions.config.routeName ?? 'other', reply.statusCode, reply.elapsedTime)
    log.debug(
      {
        traceId: request.traceId,
        route: request.routeOptions.config.routeName,
        status: reply.statusCode,
        ms: Math.round(reply.elapsedTime),
      },
      'request',
    )
  })
  // Before open requests are waited for: an event stream never ends by itself.
  app.addHook('preClose', async () => house.hub?.close())
  app.setErrorHandler((error, request, reply) => sendError(house, error, request, reply))
  app.setNotFoundHandler((request, reply) => sendError(house, notFound(), request, reply))

  for (const entry of house.commands) addRoute(app, house, entry.route, (call) => runAsCommand(house, entry, call))
  for (const entry of house.queries) addRoute(app, house, entry.route, (call) => runAsQuery(house, entry, call))
  for (const entry of house.raw) addRoute(app, house, entry.route, (call) => runRaw(house, entry, call))
  addFaces(app, house)
  addHealth(app, house)
  return app
}

declare module 'fastify' {
  interface FastifyContextConfig {
    routeName?: string
  }
}

export interface Call {
  route: Route
  here: CountyServices
  actor: Actor
  input: Record<string, unknown>
  request: FastifyRequest
  reply: FastifyReply
  info: RequestInfo
}

function checkRoutes(house: House): void {
  const names = new Set<string>()
  for (const route of allRoutes(house)) {
    if (names.has(route.name)) throw new Error(`two routes are named ${route.name}`)
    names.add(route.name)
    if (!route.audience) throw new Error(`route ${route.name} declares no audience`)
    if (route.permission && !house.services.permissions.has(route.permission))
      throw new Error(`route ${route.name} asks for the unknown permission ${route.permission}`)
    if (route.permission && route.audience === 'public')
      throw new Error(`route ${route.name} is public and cannot ask for a permission`)
  }
}

/** Splits a flat input into what travels in the path and what travels in query or body. */
function splitInput(route: Route): { params: TObject; rest: TObject } {
  const inPath = new Set(pathParams(route.path))
  const properties = Object.entries(route.input.properties)
  return {
    params: Type.Object(Object.fromEntries(properties.filter(([name]) => inPath.has(name)))),
    rest: Type.Object(Object.fromEntries(properties.filter(([name]) => !inPath.has(name))), {
      additionalProperties: false,
    }),
  }
}

/** The JSON schema of a route for validation and OpenAPI. */
export function routeSchema(route: Route): Record<string, unknown> {
  const { params, rest } = splitInput(route)
  return {
    operationId: route.name,
    summary: route.summary,
    tags: [route.name.split('.')[0]],
    ...(Object.keys(params.properties).length > 0 ? { params } : {}),
    ...(route.upload ? {} : route.method === 'GET' ? { querystring: rest } : { body: rest }),
    ...(route.stream ? {} : { response: { 200: route.output } }),
  }
}

function addRoute(app: FastifyInstance, house: House, route: Route, run: (call: Call) => Promise<unknown>): void {
  app.route({
    method: route.method,
    url: `/:county${API}${route.path}`,
    schema: routeSchema(route),
    config: {
      routeName: route.name,
      ...(route.rateLimit && house.services.config.rateLimits
        ? { rateLimit: { max: route.rateLimit, timeWindow: '1 minute' } }
        : {}),
    } as never,
    // Before the body is read and checked: a stranger learns nothing of a route's shape, and has nothing parsed.
    preParsing: async (request, reply, payload) => {
      const { county: slug } = request.params as Record<string, string>
      request.actor = await identify(house, await house.countyBySlug(slug!), route, request, reply)
      // Read again: the session check may have found the county changed since.
      request.county = await house.countyBySlug(slug!)
      return payload
    },
    handler: async (request, reply) => {
      const { county: _slug, ...params } = request.params as Record<string, string>
      const here = request.county!
      const actor = request.actor!
      const input = {
        ...(route.upload ? {} : route.method === 'GET' ? (request.query as object) : (request.body as object)),
        ...params,
      } as Record<string, unknown>
      const device = request.headers['x-device-at']
      const result = await run({
        route,
        here,
        actor,
        input,
        request,
        reply,
        info: {
          traceId: request.traceId,
          address: request.ip,
          ...(typeof device === 'string' && !Number.isNaN(Date.parse(device)) ? { deviceAt: new Date(device) } : {}),
        },
      })
      reply.header('cache-control', 'no-store')
      if (route.stream) return sendStream(reply, result)
      return result
    },
  })
}

/** What a streaming query hands over. */
export interface StreamAnswer {
  headers: Record<string, string>
  body: Readable | Buffer
}

function sendStream(reply: FastifyReply, result: unknown): unknown {
  if (reply.sent) return reply
  const { headers, body } = result as StreamAnswer
  return reply.headers(headers).send(body)
}

/** Cookie names carry the county so that two counties can be open side by side. */
export const cookieNames = (slug: string) => ({
  session: `yiti_session_${slug}`,
  csrf: `yiti_csrf_${slug}`,
  anonymous: `yiti_visitor_${slug}`,
})

async function identify(
  house: House,
  here: CountyServices,
  route: Route,
  request: FastifyRequest,
  reply: FastifyReply,
): Promise<Actor> {
  const { services } = house
  const names = cookieNames(here.county.slug)
  const token = request.cookies[names.session]
  if (route.audience === 'public') {
    let secret = request.cookies[names.anonymous]
    if (!secret || !/^[\w-]{32}$/.test(secret)) {
      secret = randomBytes(24).toString('base64url')
      reply.setCookie(names.anonymous, secret, cookieOptions(house, here, 180 * 24 * 3600))
    }
    if (route.method !== 'GET') requireOwnOrigin(request)
    return { kind: 'public', secret }
  }
  const check = await checkSession(services.pool, here.county, token, services.clock.now())
  await house.noteRevision(here, check.revision)
  if (check.sessionId === null || check.accountId === null) throw new AppError('auth.log_in_first', { status: 401 })
  const actor = await house.actorOf(here, check.accountId, check.revision)
  if (!actor) throw new AppError('auth.log_in_first', { status: 401 })
  if (route.method !== 'GET') {
    requireOwnOrigin(request)
    const cookie = request.cookies[names.csrf]
    if (!cookie || request.headers['x-yiti-csrf'] !== cookie) throw new AppError('platform.csrf', { status: 403 })
  }
  if (check.mustChangePassword && !OPEN_BEFORE_PASSWORD.has(route.name))
    throw new AppError('auth.change_password_first', { status: 403 })
  if (route.permission && !holdsPermission(actor, route.permission))
    throw new AppError('platform.forbidden', { status: 403 })
  return { ...actor, sessionId: check.sessionId }
}

/** A browser that names another origin is refused; programs name none. */
function requireOwnOrigin(request: FastifyRequest): void {
  const origin = request.headers.origin
  if (!origin) return
  let host: string
  try {
    host = new URL(origin).host
  } catch {
    throw new AppError('platform.csrf', { status: 403 })
  }
  if (host !== request.headers.host) throw new AppError('platform.csrf', { status: 403 })
}

/** Attributes of the cookies that this server sets. */
export function cookieOptions(house: House, here: CountyServices, maxAge: number) {
  return {
    path: `/${here.county.slug}/`,
    httpOnly: true,
    sameSite: 'lax' as const,
    secure: Boolean(house.services.config.tlsCert),
    maxAge,
  }
}

async function runAsCommand(house: House, entry: Command, call: Call): Promise<unknown> {
  // Restored beside the county for looking: what is entered here would be lost.
  if (call.here.county.settings.copyOf !== undefined) throw new AppError('platform.county_is_copy', { status: 409 })
  const header = call.request.headers['idempotency-key']
  if (typeof header !== 'string' || !/^[\w-]{8,80}$/.test(header))
    throw new AppError('platform.idempotency_key_needed', { status: 400 })
  return runCommand(house.services, call.here, entry, {
    actor: call.actor,
    input: call.input,
    idempotencyKey: header,
    request: call.info,
  })
}

async function runAsQuery(house: House, entry: Query, call: Call): Promise<unknown> {
  return runQuery(house.services, call.here, entry, { actor: call.actor, input: call.input, request: call.info })
}

async function runRaw(house: House, entry: RawHandler, call: Call): Promise<unknown> {
  return entry.handle(house, call)
}

interface ErrorBody {
  code: string
  message: string
  fields?: { path: string; code: string; message: string }[]
  params?: Record<string, unknown>
  traceId: string
}

function localeOf(request: FastifyRequest): Locale {
  return /^en\b/.test(request.headers['accept-language'] ?? '') ? 'en' : 'zh-CN'
}

function sendError(house: House, error: unknown, request: FastifyRequest, reply: FastifyReply): FastifyReply {
  const { wording } = house
  const locale = localeOf(request)
  const known = toAppError(error)
  if (!known)
    house.services.log.error(
      { err: error, traceId: request.traceId, route: request.routeOptions?.config?.routeName },
      'request failed',
    )
  const answer = known ?? new AppError('platform.internal', { status: 500 })
  const params = { ...answer.params, traceId: request.traceId }
  const guard =
    answer.code === 'process.guard' ? String(locale === 'en' ? answer.params.en : answer.params.zh) : undefined
  const body: ErrorBody = {
    code: answer.code,
    message: guard ?? wording.say(locale, `errors.${answer.code}`, params),
    traceId: request.traceId,
    ...(Object.keys(answer.params).length > 0 ? { params: answer.params } : {}),
    ...(answer.fields.length > 0
      ? {
          fields: answer.fields.map((field) => ({
            path: field.path,
            code: field.code,
            message: wording.say(locale, `errors.${field.code}`, field.params ?? {}),
          })),
        }
      : {}),
  }
  if (answer.status === 503) reply.header('retry-after', '2')
  return reply.code(answer.status).send(body)
}

interface FastifyProblem {
  statusCode?: number
  code?: string
  validation?: { keyword: string; instancePath: string; params: Record<string, unknown> }[]
}

/** Connection trouble with the database: the same call may go through in a moment. */
const TRANSIENT = new Set(['ECONNREFUSED', 'ECONNRESET', 'EPIPE', '57P01', '57P02', '57P03', '53300', '08006', '08003'])

function toAppError(error: unknown): AppError | undefined {
  if (error instanceof AppError) return error
  const problem = error as FastifyProblem & Error
  if (problem.validation)
    return new AppError('platform.invalid_input', {
      status: 422,
      fields: problem.validation.map((entry) => ({
        path:
          entry.keyword === 'required'
            ? `${entry.instancePath}/${String(entry.params.missingProperty)}`
            : entry.instancePath || '/',
        code: `form.${entry.keyword}`,
        params: Object.fromEntries(
          Object.entries(entry.params).filter(([, value]) => ['string', 'number', 'boolean'].includes(typeof value)),
        ) as Record<string, string>,
      })),
    })
  if (problem.statusCode === 429) return new AppError('platform.too_many', { status: 429 })
  if (problem.statusCode === 413) return new AppError('platform.too_large', { status: 413 })
  if (problem.code && TRANSIENT.has(problem.code)) return new AppError('platform.unavailable', { status: 503 })
  if (
    /Connection terminated|timeout exceeded when trying to connect|Client has encountered a connection error/.test(
      problem.message ?? '',
    )
  )
    return new AppError('platform.unavailable', { status: 503 })
  if (problem.statusCode && problem.statusCode >= 400 && problem.statusCode < 500)
    return new AppError('platform.bad_request', { status: problem.statusCode })
  return undefined
}

/** The built web faces: each is one page, its assets are hashed and cached for ever. */
function addFaces(app: FastifyInstance, house: House): void {
  for (const [face, path] of [
    ['console', 'console'],
    ['mobile', 'm'],
  ] as const) {
    const folder = join(ROOT, 'dist', face)
    const page = join(folder, 'index.html')
    if (existsSync(folder))
      app.register(fastifyStatic, {
        root: folder,
        prefix: `/assets/${face}/`,
        decorateReply: false,
        index: false,
        maxAge: FAR_FUTURE_YEAR * 1000,
        immutable: true,
      })
    const send = async (request: FastifyRequest, reply: FastifyReply) => {
      const here = await house.countyBySlug((request.params as { county: string }).county)
      if (!existsSync(page)) throw notFound()
      const html = readFileSync(page, 'utf8').replace(
        '</head>',
        `<meta name="yiti-county" content="${here.county.slug}"></head>`,
      )
      return reply.type('text/html; charset=utf-8').header('cache-control', 'no-cache').send(html)
    }
    app.get(`/:county/${path}`, (request, reply) =>
      reply.redirect(`/${(request.params as { county: string }).county}/${path}/`),
    )
    app.get(`/:county/${path}/*`, send)
  }
  app.get('/', async (_request, reply) => reply.redirect(`/${await house.firstCounty()}/console/`))
  app.get('/:county', (request, reply) => reply.redirect(`/${(request.params as { county: string }).county}/console/`))
}

/**
 * Liveness, readiness and figures for the operator; no personal data, no names. The figures ask for the token in
 * `var/metrics.token`: the address of the caller says nothing where a proxy runs on the same machine.
 */
function addHealth(app: FastifyInstance, house: House): void {
  const tokenFile = metricsTokenFile(house.services.config)
  app.get('/health/live', async () => ({ ok: true }))
  app.get('/health/ready', async (_request, reply) => {
    const state = await house.readiness()
    return reply.code(state.ready ? 200 : 503).send(state)
  })
  app.get('/metrics', async (request, reply) => {
    const given = Buffer.from(request.headers.authorization ?? '')
    const wanted = Buffer.from(`Bearer ${readFileSync(tokenFile, 'utf8').trim()}`)
    if (given.length !== wanted.length || !timingSafeEqual(given, wanted)) throw notFound()
    return reply.type('text/plain; version=0.0.4').send(await house.metrics.text())
  })
}

/** The file with the token that `/metrics` asks for, made at the first start; only the account that serves reads it. */
function metricsTokenFile({ varDir }: Config): string {
  const path = join(varDir, 'metrics.token')
  if (!existsSync(path)) {
    mkdirSync(varDir, { recursive: true })
    // Written whole before it has its name: another server process of this folder reads it all or not at all.
    const fresh = `${path}.${process.pid}`
    writeFileSync(fresh, `${randomBytes(32).toString('base64url')}\n`, { mode: 0o600 })
    renameSync(fresh, path)
  }
  return path
}
