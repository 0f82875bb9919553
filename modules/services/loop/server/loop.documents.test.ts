import { readFileSync } from 'node:fs'
import { join } from 'node:path'
import { Readable } from 'node:stream'
import { describe, expect, it } from 'vitest'
import { type OrgCounty, withOrgCounty } from '#modules/foundation/org/server/org-test-county.ts'
import type { Actor } from '#platform/access/actor.ts'
import { writePending } from '#platform/command/command.ts'
import { type Context, Pending } from '#platform/command/context.ts'
import type { DocumentFormat } from '#platform/documents/case-document.ts'
import { renderCaseHandler } from '#platform/documents/documents.raw.ts'
import { readPdfText } from '#platform/documents/read-pdf-text.ts'
import { fileRoomOf } from '#platform/files/files.raw.ts'
import { receiveUpload } from '#platform/files/uploads.ts'
import { readZipDirectory, readZipEntry } from '#platform/files/zip-archive.ts'
import type { Call } from '#platform/http/server.ts'
import { actOnCase } from '#platform/process/engine.ts'
import { openReport } from './open-report.ts'

const PHOTO = join(import.meta.dirname, '../seed/photos/water.jpg')
const NAME = '司明远'
const PHONE = '19900005259'
const request = { traceId: 'test', address: null }

/** The words on paper, blanks left out. */
async function render(county: OrgCounty, actor: Actor, id: number, template: string, format: DocumentFormat) {
  const call = { here: await county.here(), actor, input: { id, template, format }, info: request } as unknown as Call
  const { body } = (await renderCaseHandler.handle(county.house, call)) as { body: Buffer }
  if (format === 'pdf') return readPdfText(body).join('').replace(/\s/g, '')
  const entry = readZipDirectory(body).find((candidate) => candidate.name === 'word/document.xml')
  return (await readZipEntry(body, entry!)).toString('utf8').replace(/<[^>]+>|\s/g, '')
}

describe('documents of a report', () => {
  it('tell everything of a case but who reported it', () =>
    withOrgCounty(async (county) => {
      const here = await county.here()
      const inContext = <T>(actor: Actor, work: (context: Context) => Promise<T>) =>
        county.inCounty(async (tx) => {
          const now = county.clock.now()
          const pending = new Pending()
          const context: Context = { tx, actor, now, services: county.services, here, pending, request }
          const result = await work(context)
          await writePending(context, { route: 'test' })
          return result
        })
      const resident: Actor = { kind: 'public', secret: 'a'.repeat(32) }
      const photo = await receiveUpload(fileRoomOf(county.services, here), Readable.from([readFileSync(PHOTO)]), {
        name: 'water.jpg',
        actor: resident,
      })
      const { state } = await inContext(resident, (context) =>
        openReport(context, {
          text: `路口人行道下面冲出来一股水，有一人高。我姓司，电话 ${PHONE}，请快来。`,
          title: '路边水管爆了，水喷一人高',
          villageCode: '320506004015',
          placeText: '姜庄路与尹中路口东北角',
          reporterName: NAME,
          reporterPhone: PHONE,
          source: 'resident',
          fileIds: [photo.id],
        }),
      )
      const unitId = await county.unitId('320506-water')
      const reply = '爆管已抢修恢复，路面将于三日内按原标准恢复。'
      const steps: [string, string, Record<string, unknown>][] = [
        ['gx-guo', 'accept', { opinion: `已联系报事人 ${PHONE}` }],
        ['gx-wan', 'fileCase', {}],
        ['gx-sun', 'dispatch', { unitId, reason: '按职责清单派遣' }],
        ['water-duan', 'sign', {}],
        ['water-duan', 'feedback', { result: 'DN200 接口脱开，已换柔性接头', reply }],
        ['gx-wan', 'orderInspect', {}],
        ['gx-jiangjia-g1', 'inspectPass', { finding: '无渗漏，路面可通行' }],
        ['water-yuan', 'signReply', {}],
        ['gx-wan', 'close', {}],
      ]
      const chief = await county.actor('gx-wan')
      const letter = () => render(county, chief, state.id, 'feedback', 'docx')
      await expect(letter()).rejects.toMatchObject({ code: 'documents.not_ready' })
      for (const [login, action, form] of steps) {
        county.clock.advance(600_000)
        await inContext(await county.actor(login), (context) => actOnCase(context, { caseId: state.id, action, form }))
      }

      for (const format of ['docx', 'pdf'] as const) {
        const text = await render(county, chief, state.id, 'feedback', format)
        for (const part of [
          '办理情况的反馈',
          state.number,
          '吴中区水务局',
          '反映人：',
          'DN200接口脱开，已换柔性接头',
          '吴中区',
          '无渗漏，路面可通行',
          reply,
          '2026年9月30日',
        ])
          expect(text, format).toContain(part)
        expect(text).not.toContain('拟稿')
        for (const secret of [NAME, PHONE, '司明', '199-0000']) expect(text, format).not.toContain(secret)
      }
      const file = await render(county, chief, state.id, 'case-file', 'pdf')
      for (const part of [
        '事件处置案卷',
        '内部',
        '姜家社区',
        '司*远',
        '199****5259',
        '卷内目录',
        '办理时限',
        '办理经过',
        '受理',
        '按职责清单派遣',
        '审签答复',
        '反映照片',
        '处置反馈段庆生吴中区水务局',
        '结案万小芳郭巷街道集成指挥中心',
        `打印：${chief.name}`,
      ])
        expect(file, part).toContain(part)
      for (const secret of [NAME, PHONE]) expect(file).not.toContain(secret)

      const stranger = await county.actor('md-peng')
      await expect(render(county, stranger, state.id, 'case-file', 'pdf')).rejects.toMatchObject({ status: 404 })
    }))
})
