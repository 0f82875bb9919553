import { describe, expect, it } from 'vitest'
import { sql } from '#platform/db/db.ts'
import { browserOf, documentText, EXPERTS, REQUEST, SCORES, SIGNERS, withReviewCounty } from './review-test-county.ts'

const MINUTES = {
  minutesNumber: '吴联审纪〔2026〕19 号',
  meetingDate: '2026-10-13',
  chair: '刘主持',
  minutes: '会议认为项目必要，夜间加密反光警示，商户出入口不窄于 1.5 米。',
}
const OUTCOMES = {
  同意: { title: '关于同意“中山东路翠坊段雨污分流管道占道施工”的复函', says: '同意按申报的方案组织实施。' },
  原则同意修改后实施: {
    title: '关于原则同意“中山东路翠坊段雨污分流管道占道施工”修改后实施的复函',
    says: '你单位已报来修改后的方案：分三段改为分四段',
  },
  暂缓: { title: '关于暂缓实施“中山东路翠坊段雨污分流管道占道施工”的复函', says: '该事项暂缓实施。' },
  不同意: {
    title: '关于不同意“中山东路翠坊段雨污分流管道占道施工”的复函',
    says: '吴中区住房和城乡建设局意见：管材未报验。',
  },
}

describe('documents of a joint review', () => {
  it(
    'answer as the meeting decided, as DOCX and as PDF, draft until issued',
    () =>
      withReviewCounty(async (county) => {
        for (const [outcome, { title, says }] of Object.entries(OUTCOMES)) {
          const { id, number } = await county.request()
          await county.step('approval-tang', id, 'accept', await county.panel())
          const opinions = ['同意', '有条件同意', '不同意']
          const grounds = ['路面按原结构层恢复', '早高峰不占第二车道', '管材未报验']
          for (const [index, { login }] of SIGNERS.entries())
            await county.step(login, id, 'sign', { opinion: opinions[index], grounds: grounds[index] })
          for (const [index, login] of EXPERTS.entries()) await county.step(login, id, 'score', SCORES[index])

          const desk = await browserOf(county, 'approval-tang')
          const document = async (key: string, format: 'docx' | 'pdf') => {
            const answer = await desk('GET', `/cases/${id}/documents/${key}?format=${format}`)
            return { ...answer, text: answer.status === 200 ? await documentText(answer.body, format) : '' }
          }
          expect((await county.page('approval-tang', id)).documents.map((one) => one.key)).toEqual(['case-file'])
          const early = await document('answer', 'docx')
          expect([early.status, JSON.parse(early.body.toString()).message]).toEqual([
            409,
            '办理到这一步还不能出具《答复文书》',
          ])

          await county.step('data-lu', id, 'recordMinutes', { ...MINUTES, outcome })
          // The minutes are one template, the answers are four.
          if (outcome === '同意')
            for (const format of ['docx', 'pdf'] as const) {
              const minutes = (await document('minutes', format)).text
              for (const part of [
                '联合会审会议纪要',
                '吴联审纪〔2026〕19号',
                '2026年10月13日',
                '刘主持（末位发言）',
                '木渎镇建设管理局',
                '早高峰不占第二车道',
                '3位专家密封评分，一并启封。平均总分87.4分，各专家总分相差1.7分。',
                '必要性92.390.095.05.0',
                `${outcome}。`,
                MINUTES.minutes.replaceAll(' ', ''),
                '吴中区交通运输局',
              ])
                expect(minutes, `${format} ${outcome}`).toContain(part)
            }
          if (outcome === '原则同意修改后实施')
            await county.step('md-peng', id, 'resubmit', { revision: '分三段改为分四段' })
          const draft = (await document('answer', 'docx')).text
          expect(draft).toContain('（拟稿，尚未编号送达）')
          await county.step('approval-tang', id, 'issue', {
            documentNumber: '吴联审复〔2026〕19 号',
            terms: '逾期需重新申请。',
          })
          for (const format of ['docx', 'pdf'] as const) {
            const { text, headers } = await document('answer', format)
            const about = `${format} ${outcome}`
            for (const part of [
              '吴中区行政审批局',
              '吴联审复〔2026〕19号',
              '木渎镇建设管理局：',
              `（编号${number}）收悉。经3个部门会签、3位专家评分，2026年10月13日会议审定（吴联审纪〔2026〕19号）`,
              says.replaceAll(' ', ''),
              MINUTES.minutes.replaceAll(' ', ''),
              '逾期需重新申请。',
              '2026年10月12日',
              '抄送：吴中区交通运输局，苏州市公安局吴中分局交通警察大队，吴中区住房和城乡建设局，',
            ])
              expect(text, about).toContain(part)
            // A long title is drawn in lines.
            expect(text.replaceAll('\n', ''), about).toContain(title)
            expect(text, about).not.toContain('拟稿')
            // Who scored what is for the file, not for the applicant.
            for (const name of ['方', '严'].map((family) => `${family}专家`)) expect(text).not.toContain(name)
            expect(decodeURIComponent(String(headers['content-disposition']))).toContain(`${number} 答复文书.${format}`)
            expect(headers['cache-control']).toContain('no-store')
          }
          if (outcome !== '原则同意修改后实施') continue
          const file = (await document('case-file', 'pdf')).text
          for (const part of [
            '联合会审案卷',
            number,
            REQUEST.reason,
            '会签意见',
            '谭文娟',
            '会议纪要',
            '吴联审复〔2026〕19号',
            '办理经过',
            '评分一并启封',
            '经办人员',
          ])
            expect(file, outcome).toContain(part.replaceAll(' ', ''))
          expect((await document('case-file', 'docx')).status).toBe(422)
          expect((await document('nothing', 'pdf')).status).toBe(404)
        }
        const audited = await county.inCounty((tx) =>
          sql<{ n: number }>`select count(*) as n from command_audit where route = 'documents.render_case'
           and outcome = 'done' and subject like 'case:%'`.execute(tx),
        )
        // The minutes twice, four drafts, four answers twice, one file; a refusal is none of them.
        expect(audited.rows[0]!.n).toBe(15)
      }, '2026-10-12T02:00:00Z'),
    180_000,
  )

  it('are seen by who sees the case, secret ones by those named in it only', () =>
    withReviewCounty(async (county) => {
      const id = await county.toMeeting()
      const status = async (login: string) =>
        (await (await browserOf(county, login))('GET', `/cases/${id}/documents/case-file?format=pdf`)).status
      expect(await status('md-peng')).toBe(200)
      expect(await status('transport-tan')).toBe(200)
      expect(await status('approval-tang')).toBe(200)
      // Another department, another town.
      expect(await status('water-yuan')).toBe(404)
      expect(await status('cq-cui')).toBe(404)
      await county.inCounty((tx) => sql`update process_case set secrecy = 'secret' where id = ${id}`.execute(tx))
      expect(await status('approval-tang')).toBe(200)
      expect(await status('data-gu')).toBe(404)
      expect(await status('audit-shi')).toBe(404)
    }, '2026-10-12T02:00:00Z'))
})
