import sharp from 'sharp'
import { describe, expect, it } from 'vitest'
import { checkPdf } from '#platform/files/file-type.ts'
import { inspectOfficeFile } from '#platform/files/office-file.ts'
import { readZipDirectory, readZipEntry } from '#platform/files/zip-archive.ts'
import type { CaseFile } from './case-file.ts'
import type { OfficialDocument } from './official-document.ts'
import { readPdfText } from './read-pdf-text.ts'
import { renderDocx } from './render-docx.ts'
import { renderCaseFile, renderPdf } from './render-pdf.ts'

const reply: OfficialDocument = {
  title: '关于商请提供小区名称等公共数据资源的复函',
  letterhead: '苏州市吴中区住房和城乡建设局文件',
  number: '吴住建数〔2026〕7号',
  secrecy: '内部',
  urgency: '急件',
  issuer: '苏州市吴中区住房和城乡建设局',
  recipient: '木渎镇人民政府：',
  body: [
    { type: 'paragraph', text: '你镇《公共数据资源共享申请》（申请编号 GX-320506-2026-0013）收悉。' },
    { type: 'heading', level: 1, text: '同意提供的内容' },
    { type: 'paragraph', text: '同意提供小区名称、楼栋编号、户数三项数据，使用期限自2026年12月7日起90日。' },
    {
      type: 'table',
      columns: [{ title: '序号' }, { title: '数据项' }],
      rows: [
        ['1', '小区名称'],
        ['2', '户数'],
      ],
    },
    { type: 'facts', rows: [{ label: '敏感级别', value: '一般1级 <A&B>' }] },
    { type: 'heading', level: 1, text: '不予提供的内容' },
    { type: 'paragraph', text: '业主电话不予提供。办理人：镕基、堃、喆、犇。' },
  ],
  attachments: ['共享目录', '承诺书'],
  signature: { issuers: ['苏州市吴中区住房和城乡建设局'], date: '2026年11月9日' },
  note: '联系人：演示',
  copies: ['区数据局', '区委网信办'],
  printed: { by: '局办公室', date: '2026年11月9日' },
  createdAt: new Date('2026-11-09T07:00:00Z'),
}

/** In reading order. */
const expected = [
  '内部',
  '急件',
  '苏州市吴中区住房和城乡建设局文件',
  '吴住建数〔2026〕7号',
  '关于商请提供小区名称',
  '等公共数据资源的复函',
  '木渎镇人民政府：',
  '（申请编号 GX-320506-2026-0013）收悉。',
  '一、同意提供的内容',
  '2026年12月7日起90日',
  '序号',
  '小区名称',
  '户数',
  '敏感级别',
  '一般1级 <A&B>',
  '二、不予提供的内容',
  '镕基、堃、喆、犇',
  '附件：',
  '1. 共享目录',
  '2. 承诺书',
  '苏州市吴中区住房和城乡建设局',
  '2026年11月9日',
  '（联系人：演示）',
  '抄送：区数据局，区委网信办。',
  '局办公室',
  '2026年11月9日印发',
]

function expectInOrder(text: string, parts: string[]): void {
  let at = 0
  for (const part of parts) {
    const found = text.indexOf(part, at)
    expect(found, `${part} in ${text.slice(at, at + 60)}`).toBeGreaterThanOrEqual(at)
    at = found + part.length
  }
}

describe('an official document', () => {
  it('is a PDF whose text is found again, in order, with embedded subset fonts', async () => {
    const pdf = await renderPdf(reply)
    const pages = readPdfText(pdf)
    expectInOrder(pages.join(''), expected)
    expect(pages.join('')).not.toContain('\ufffd')
    expect(pages.map((_, index) => pages[index]!.includes(`— ${index + 1} —`))).toEqual(pages.map(() => true))
    const source = pdf.toString('latin1')
    expect(source.match(/\/FontName \/[A-Z]{6}\+NotoSansHans-\w+/g)?.length).toBeGreaterThanOrEqual(2)
    expect(source).toContain('D:20261109070000Z')
    expect(pdf.length).toBeLessThan(600_000)
    checkPdf(pdf)
  })

  it('is a DOCX with the same text in the same order', async () => {
    const docx = await renderDocx(reply)
    expect(await inspectOfficeFile(docx)).toBe('docx')
    const partOf = async (name: string) => {
      const entry = readZipDirectory(docx).find((candidate) => candidate.name === name)
      return (await readZipEntry(docx, entry!)).toString('utf8')
    }
    const xml = await partOf('word/document.xml')
    const text = xml
      .replace(/<[^>]+>/g, '')
      .replace(/&lt;/g, '<')
      .replace(/&gt;/g, '>')
      .replace(/&amp;/g, '&')
    expectInOrder(text, expected)
    expect(await partOf('word/styles.xml')).toContain('w:eastAsia="仿宋"')
    // Word refuses measures that are no whole numbers.
    expect(xml).not.toMatch(/w:\w+="-?\d+\.\d+"/)
  })

  it('never leaves a heading alone at the foot of a page', async () => {
    for (let lines = 14; lines < 22; lines++) {
      const body = Array.from({ length: lines }, (_, index) => ({ type: 'paragraph' as const, text: `第${index}行` }))
      const pages = readPdfText(
        await renderPdf({
          title: '通知',
          issuer: '区数据局',
          body: [...body, { type: 'heading', level: 1, text: '末尾标题' }, { type: 'paragraph', text: '标题之下' }],
        }),
      )
      const page = pages.find((text) => text.includes('末尾标题'))
      expect(page, `${lines} lines`).toContain('标题之下')
    }
  })
})

describe('a case file', () => {
  it('holds cover, contents with page numbers, trace to the second, photos and signatures', async () => {
    const photo = await sharp({ create: { width: 800, height: 600, channels: 3, background: '#88aabb' } })
      .webp()
      .toBuffer()
    const file: CaseFile = {
      issuer: '苏州市吴中区指挥中心',
      kind: '事件处置案卷',
      number: 'B-320506-20260930-0042',
      title: '木渎镇香溪社区楼道飞线充电',
      secrecy: '内部',
      facts: [{ label: '群众评价', value: '基本满意' }],
      sections: [
        { kind: 'text', title: '群众反映内容', blocks: [{ type: 'paragraph', text: '线从三楼窗户垂下来。' }] },
        {
          kind: 'trace',
          title: '办理经过',
          steps: Array.from({ length: 40 }, (_, index) => ({
            at: new Date(Date.UTC(2026, 8, 30, 8, 20, 5) + index * 61_000),
            action: index === 0 ? '上报' : '处置',
            actor: '顾敏',
            unit: '木渎镇受理台',
            ...(index > 0 ? { seconds: 61 } : {}),
            note: '现场属实，已劝导',
          })),
        },
        { kind: 'photos', title: '现场照片', photos: [{ content: photo, caption: '处置前', sha256: 'ab'.repeat(32) }] },
        { kind: 'signatures', title: '签名确认', signatures: [{ role: '经办人', name: '张某', unit: '消防救援大队' }] },
      ],
      printed: { by: '顾敏', at: new Date('2026-10-12T01:03:11Z') },
      watermark: '顾敏 2026-10-12',
    }
    const pdf = await renderCaseFile(file)
    const pages = readPdfText(pdf)
    expectInOrder(pages[0]!, [
      '内部',
      '苏州市吴中区指挥中心',
      '事件处置案卷',
      '案卷编号',
      'B-320506-20260930-0042',
      '基本满意',
    ])
    expect(pages[0]).not.toContain('第 1 页')
    const pageOf = (title: string) => pages.findIndex((text, index) => index > 1 && text.includes(title)) + 1
    expectInOrder(pages[1]!, [
      '卷内目录',
      '群众反映内容1 份',
      `${pageOf('一、群众反映内容')}`,
      '办理经过40 步',
      `${pageOf('二、办理经过')}`,
      '现场照片1 张',
      `${pageOf('三、现场照片')}`,
      '签名确认1 人',
      `${pageOf('四、签名确认')}`,
    ])
    const text = pages.join('')
    expectInOrder(text, [
      '2026-09-3016:20:05',
      '上报',
      '顾敏',
      '木渎镇受理台',
      '—',
      '2026-09-3016:21:06',
      '1 分 1 秒',
      '处置前',
      '经办人',
      '张某',
    ])
    expect(pages.at(-1)).toContain(`第 ${pages.length} 页　共 ${pages.length} 页`)
    expect(pdf.toString('latin1')).toContain('/Subtype /Image')
  })

  it('loses no signature wherever on the page the list begins', async () => {
    for (const count of [1, 14])
      for (const lines of [0, 30]) {
        const file: CaseFile = {
          issuer: '甲',
          kind: '案卷',
          number: '1',
          title: '乙',
          facts: [],
          sections: [
            {
              kind: 'text',
              title: '前文',
              blocks: Array.from({ length: lines }, () => ({ type: 'paragraph' as const, text: '一行' })),
            },
            {
              kind: 'signatures',
              title: '签名确认',
              signatures: Array.from({ length: count }, () => ({ role: '经办人', name: '某', unit: '某单位' })),
            },
          ],
          printed: { by: '丁', at: new Date(0) },
        }
        const pages = readPdfText(await renderCaseFile(file))
        expect(pages.join('').match(/经办人/g)?.length, `${count} after ${lines} lines`).toBe(count)
        const heading = pages.find((text, index) => index > 1 && text.includes('签名确认'))
        expect(heading, `${count} after ${lines} lines`).toContain('经办人')
      }
  })

  it('reports a picture that is none, and goes on drawing afterwards', async () => {
    const broken: CaseFile = {
      issuer: '甲',
      kind: '案卷',
      number: '1',
      title: '乙',
      facts: [],
      sections: [{ kind: 'photos', title: '照片', photos: [{ content: Buffer.from('no picture'), caption: '丙' }] }],
      printed: { by: '丁', at: new Date(0) },
    }
    await expect(renderCaseFile(broken)).rejects.toThrow('could not be drawn')
    expect(readPdfText(await renderPdf({ title: '通知', issuer: '甲', body: [] })).join('')).toContain('通知')
  })
})
