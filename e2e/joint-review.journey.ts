import { readFileSync } from 'node:fs'
import { afterAll, beforeAll, describe, expect, it } from 'vitest'
import { readPdfText } from '#platform/documents/read-pdf-text.ts'
import { readZipDirectory, readZipEntry } from '#platform/files/zip-archive.ts'
import { type Desk, Town } from './support/town.ts'

const REMARK = '分段推进合理'

let town: Town
beforeAll(async () => {
  town = await Town.open()
})
afterAll(() => town?.close())

describe('a joint review, from the request to the document, each step by its own people', () => {
  it('is asked for, accepted, signed by three departments, scored under seal, decided in a meeting and answered', async () => {
    const applicant = await town.official('md-peng')
    await applicant.goto('/joint-review/request')
    const { page } = applicant
    await page.getByLabel('事项名称').fill('中山东路翠坊段雨污分流管道占道施工')
    await page.getByText('占道施工', { exact: true }).first().click()
    await page.getByLabel('理由').fill('翠坊片区雨污合流，雨天污水冒溢，今年群众反映 11 次')
    await page.getByLabel('范围与内容').fill('占用北半幅 3.5 米，长 180 米，分三段推进')
    await page
      .getByLabel(/村社区/)
      .first()
      .click()
    await page.getByText('翠坊社区').last().click()
    await applicant.look('joint-review-request')
    await page.getByRole('button', { name: '提交申请' }).click()
    await page.getByRole('heading', { name: '办理经过' }).waitFor()
    const number = /HS-[A-Z]+-\d{8}-\d{4,}/.exec(await page.locator('main').innerText())![0]

    const approval = await town.official('approval-tang')
    await approval.openCase(number)
    await approval.act('受理并发起会签', {
      '会签部门（三家）': '交通运输局；住房和城乡建设局；消防救援大队',
      '评分专家（三位）': '方守诚；严敏之；蒋维新',
    })
    const leaders: Desk[] = []
    for (const [login, opinion] of [
      ['transport-tan', '同意'],
      ['housing-fei', '有条件同意'],
      ['fire-qian', '同意'],
    ] as const) {
      const leader = await town.official(login)
      leaders.push(leader)
      await leader.openCase(number)
      await leader.act('会签', { 会签意见: opinion, 理由和条件: '路面按原结构层恢复，早高峰不得占第二车道' })
    }
    const secretary = await town.official('data-lu')
    for (const [index, login] of ['expert-fang', 'expert-yan', 'expert-jiang'].entries()) {
      const expert = await town.official(login)
      await expert.openCase(number)
      if (index === 1) {
        // The first expert's score is in. Nobody reads it: not on a page, not in an answer, not by searching for it.
        expect(await expert.page.locator('main').innerText()).toContain('已密封，统一开启后可见')
        await expert.look('joint-review-sealed')
        for (const person of [applicant, approval, ...leaders, expert, secretary])
          await expectSealed(person, expert.caseId)
      }
      await expert.act('密封提交评分', {
        '必要性（0–100）': String(90 + index),
        '安全性（0–100）': '86',
        '便民程度（0–100）': '84',
        '可恢复性（0–100）': '90',
        评语: index === 0 ? REMARK : '建议夜间加反光锥',
      })
    }
    await secretary.openCase(number)
    expect(await secretary.page.locator('main').innerText()).toContain(REMARK)
    await secretary.act('录入会议纪要', {
      纪要文号: '吴联审纪〔2026〕19 号（演示）',
      '主持人（末位发言）': '区领导',
      审定结果: '同意',
      纪要内容: '会议认为项目必要，交通组织可行，同意按方案实施；夜间加密反光警示。',
    })
    await approval.openCase(number)
    await approval.act('出具答复文书', { 答复文号: '吴联审〔2026〕19 号（演示）' })
    await approval.expectState('已答复：同意')
    await approval.look('joint-review-answered')

    const docx = await download(approval, /答复.*DOCX/)
    const part = readZipDirectory(docx).find((entry) => entry.name === 'word/document.xml')!
    const paper = (await readZipEntry(docx, part)).toString('utf8').replace(/<[^>]+>/g, '')
    const pdf = readPdfText(await download(approval, /答复.*PDF/)).join('')
    for (const text of [paper, pdf.replace(/\s/g, '')]) {
      expect(text.replace(/\s/g, '')).toContain('吴联审〔2026〕19号（演示）')
      expect(text.replace(/\s/g, '')).toContain('中山东路翠坊段雨污分流管道占道施工')
    }
  })
})

async function expectSealed(person: Desk, caseId: number): Promise<void> {
  const { text } = await person.ask(`/cases/${caseId}`)
  expect(text).not.toContain(REMARK)
  expect(text).not.toMatch(/"necessity":\s*\d/)
  const found = await person.ask(`/cases?q=${encodeURIComponent(REMARK)}`)
  expect(found.status).toBe(200)
  expect(JSON.parse(found.text).items).toEqual([])
}

async function download(desk: Desk, entry: RegExp): Promise<Buffer> {
  await desk.page.getByRole('button', { name: '出具文书' }).click()
  const [file] = await Promise.all([
    desk.page.waitForEvent('download'),
    desk.page.getByRole('menuitem', { name: entry }).click(),
  ])
  return readFileSync(await file.path())
}
