import { randomUUID } from 'node:crypto'
import { DEMO_PASSWORD } from '#modules/foundation/org/public.ts'
import { type OrgCounty, withOrgCounty } from '#modules/foundation/org/server/org-test-county.ts'
import type { RouteOutput } from '#platform/contract/route.ts'
import { readPdfText } from '#platform/documents/read-pdf-text.ts'
import { readZipDirectory, readZipEntry } from '#platform/files/zip-archive.ts'
import { actCommand } from '#platform/process/act.command.ts'
import type { actOnCaseRoute, getCase } from '#platform/process/contract.ts'
import { getCaseQuery } from '#platform/process/get-case.query.ts'
import type { submitRequest } from '../contract.ts'
import { submitRequestCommand } from './submit-request.command.ts'

export const REQUEST = {
  subject: '中山东路翠坊段雨污分流管道占道施工',
  kind: '占道施工',
  reason: '翠坊片区雨污合流，雨天污水冒溢',
  scope: '占用北半幅 3.5 米，长 180 米，分三段推进',
  startDate: '2026-11-02',
  days: 24,
  materials: ['施工图', '交通组织方案'],
}

/** Scores of three experts: means 92.3, 85.3, 82.3, 89.7 and 87.4 in all. */
export const SCORES = [
  { necessity: 92, safety: 86, convenience: 84, recoverability: 90, comment: '分段推进合理' },
  { necessity: 95, safety: 82, convenience: 80, recoverability: 88, comment: '建议夜间加反光锥' },
  { necessity: 90, safety: 88, convenience: 83, recoverability: 91, comment: '商户出入口要宽于 1.2 米' },
]

export const SIGNERS: readonly { login: string; unit: string }[] = [
  { login: 'transport-tan', unit: '320506-transport' },
  { login: 'traffic-police-fei', unit: '320506-traffic-police' },
  { login: 'housing-fei', unit: '320506-housing' },
]
export const EXPERTS: readonly string[] = ['expert-fang', 'expert-yan', 'expert-jiang']

/** The people of the demo district and one joint review at a time. */
export interface ReviewCounty extends OrgCounty {
  /** 木渎镇建设局 asks for 翠坊社区. */
  request(form?: Record<string, unknown>): Promise<RouteOutput<typeof submitRequest>>
  page(login: string, id: number): Promise<RouteOutput<typeof getCase>>
  /** Acts at the version that the person sees now, unless one is given. */
  step(
    login: string,
    id: number,
    action: string,
    form?: Record<string, unknown>,
    version?: number,
  ): Promise<RouteOutput<typeof actOnCaseRoute>>
  panel(): Promise<{ signUnits: number[]; experts: number[] }>
  /** Plays a request up to the meeting. */
  toMeeting(): Promise<number>
}

export function withReviewCounty<T>(work: (county: ReviewCounty) => Promise<T>, at: string): Promise<T> {
  return withOrgCounty(async (org) => {
    org.clock.set(at)
    const county: ReviewCounty = {
      ...org,
      request: (form = REQUEST) =>
        org.act('md-peng', submitRequestCommand, {
          form,
          villageCode: '320506103005',
          placeText: '中山东路翠坊桥至翠坊南街口，北半幅',
          place: { lon: 120.50064, lat: 31.2482 },
        }),
      page: (login, id) => org.ask(login, getCaseQuery, { id }),
      async step(login, id, action, form, version) {
        return org.act(login, actCommand, {
          id,
          action,
          version: version ?? (await county.page(login, id)).version,
          ...(form ? { form } : {}),
        })
      },
      async panel() {
        const signUnits = []
        for (const { unit } of SIGNERS) signUnits.push(await org.unitId(unit))
        const experts = []
        for (const login of EXPERTS) experts.push(await org.idOf(login))
        return { signUnits, experts }
      },
      async toMeeting() {
        const { id } = await county.request()
        await county.step('approval-tang', id, 'accept', await county.panel())
        for (const { login } of SIGNERS)
          await county.step(login, id, 'sign', { opinion: '同意', grounds: '同意按方案实施' })
        for (const [index, login] of EXPERTS.entries()) await county.step(login, id, 'score', SCORES[index])
        return id
      },
    }
    return work(county)
  })
}

const API = '/test/api/v1'

/** What somebody gets who logs in and asks over HTTP. */
export async function browserOf(county: OrgCounty, login: string) {
  const app = await county.app()
  const cookies = new Map<string, string>()
  const send = async (method: 'GET' | 'POST', path: string, payload?: object) => {
    const csrf = [...cookies].find(([name]) => name.includes('csrf'))?.[1]
    const answer = await app.inject({
      method,
      url: `${API}${path}`,
      ...(payload ? { payload } : {}),
      headers: {
        cookie: [...cookies].map(([name, value]) => `${name}=${value}`).join('; '),
        ...(method === 'GET' ? {} : { 'idempotency-key': randomUUID() }),
        ...(csrf ? { 'x-yiti-csrf': csrf } : {}),
      },
    })
    for (const cookie of answer.cookies) cookies.set(cookie.name, cookie.value)
    return { status: answer.statusCode, body: answer.rawPayload, headers: answer.headers }
  }
  const entered = await send('POST', '/auth/log-in', { login, password: DEMO_PASSWORD })
  if (entered.status !== 200) throw new Error(`${login} cannot log in: ${entered.body}`)
  return send
}

/** The words of a document as drawn, blanks left out. */
export async function documentText(body: Buffer, format: 'docx' | 'pdf'): Promise<string> {
  if (format === 'pdf') return readPdfText(body).join('').replace(/\s/g, '')
  const entry = readZipDirectory(body).find((candidate) => candidate.name === 'word/document.xml')
  const xml = (await readZipEntry(body, entry!)).toString('utf8')
  return xml
    .replace(/<[^>]+>/g, '')
    .replace(/&lt;/g, '<')
    .replace(/&gt;/g, '>')
    .replace(/&quot;/g, '"')
    .replace(/&amp;/g, '&')
    .replace(/\s/g, '')
}
