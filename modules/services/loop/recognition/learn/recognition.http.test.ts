import { expect, it } from 'vitest'
import { sql } from '#platform/db/db.ts'
import { House } from '#platform/module/house.ts'
import { logInAs, type Session } from '#platform/testing/log-in-as.ts'
import { type TestCounty, withTestCounty } from '#platform/testing/test-county.ts'

const VILLAGE = '320506103001'
/** What the words of the duty list take a window with a cable for: 窗口 is where people are served. */
const BY_WORDS = 'G0904'
/** Two classes in everyday words, which the duty list does not name. */
const CABLE = 'G0206'
const LAMP = 'C0121'

const CABLES = [
  '有住户把线甩到楼下接电瓶车，老人从这里走很担心',
  '电瓶车停在过道里接着线，夜里一直接着',
  '隔壁又在窗口甩线下来接电瓶车，劝了不听',
  '一楼窗台甩出来一根线，下面停两辆电瓶车',
  '三楼窗口甩线接电瓶车，下雨天也这样',
  '窗口甩下来的线接着电瓶车，孩子天天路过',
]
const LAMPS = [
  '晚上一片漆黑看不见路，走路要打手电',
  '这一段晚上漆黑，老人摔过一次，走路看不见',
  '天黑以后看不见台阶，走路全靠手电',
  '晚上走路看不见，漆黑一片已经半个月',
  '健身点晚上漆黑，看不见器材',
  '转弯那里晚上看不见，漆黑，骑车危险',
]

async function report(session: Session, text: string): Promise<number> {
  return (await session.post('/loop/reports', { text, villageCode: VILLAGE, source: 'window' })).id
}

/** The clerk decides the class of a report, as one does who accepts it. */
async function decide(clerk: Session, text: string, classCode: string): Promise<number> {
  const id = await report(clerk, text)
  await clerk.act(id, 'accept', { classCode })
  return id
}

async function decidedCases(county: TestCounty, clerk: Session): Promise<number[]> {
  const ids: number[] = []
  for (const text of CABLES) ids.push(await decide(clerk, text, CABLE))
  for (const text of LAMPS) ids.push(await decide(clerk, text, LAMP))
  await county.settle()
  return ids
}

/** Gives somebody the models, in a place. */
async function grant(county: TestCounty, login: string, division: string): Promise<void> {
  await county.inCounty(async (tx) => {
    await sql`
      insert into access_grant (account_id, permission, division_code, reason, valid_from)
      select id, 'loop.recognition.*', ${division}, '测试', ${new Date(0)} from auth_account where login = ${login}`.execute(
      tx,
    )
    await sql`update access_revision set revision = revision + 1`.execute(tx)
  })
  county.house.forget()
}

const recognised = (county: TestCounty, id: number) =>
  county.inCounty(async (tx) => {
    const { rows } = await sql<{ class_code: string | null; data: Record<string, unknown>; why: { key: string }[] }>`
      select c.class_code, c.data, t.why from process_case c join process_trace t on t.case_id = c.id and t.hop = 1
       where c.id = ${id}`.execute(tx)
    return rows[0]!
  })

it('correction → candidate → shadow → switched: the next report is recognised by the new version, and the old one can be had back', () =>
  withTestCounty(async (county) => {
    const clerk = await logInAs(county, 'md-zhou')
    const director = await logInAs(county, 'cmd-gao')
    const early = await director.raw('POST', '/loop/recognition/train', { task: 'class' })
    expect([early.status, early.body.code]).toEqual([409, 'loop.recognition_too_few'])

    const ids = await decidedCases(county, clerk)
    const before = await director.get('/loop/recognition?task=class')
    expect(before.serving).toMatchObject({ version: 0, origin: 'words' })
    expect(before.labels.corrected + before.labels.unsure).toBe(12)
    expect(before.labels.fresh).toBe(12)
    const labels = await director.get('/loop/recognition/labels?task=class')
    expect(labels.items).toHaveLength(12)
    expect(labels.items[0]).toMatchObject({
      caseId: ids.at(-1),
      decided: { code: LAMP },
      action: 'accept',
      decidedBy: '周敏',
    })

    // A wrong one is taken out, and one taken out by mistake comes back.
    const judge = (labelId: number, excluded: boolean) =>
      director.post('/loop/recognition/labels/judge', { labelId, excluded, reason: '这件类别选错了' })
    await judge(labels.items[0].id, true)
    await judge(labels.items[1].id, true)
    await judge(labels.items[1].id, false)
    expect((await director.get('/loop/recognition/labels?task=class&excluded=true')).items).toHaveLength(1)

    const asked = await director.post('/loop/recognition/train', { task: 'class' })
    expect(asked.version).toBe(1)
    const twice = await director.raw('POST', '/loop/recognition/train', { task: 'class' })
    expect([twice.status, twice.body.code]).toEqual([409, 'loop.recognition_training'])
    await county.settle()
    const trained = await director.get('/loop/recognition?task=class')
    expect(trained.candidate).toMatchObject({ version: 1, state: 'candidate', usable: true })
    expect(trained.candidate.examples).toMatchObject({ shipped: 0, corrections: 11, confirmed: 0 })
    expect(trained.candidate.figures.perLabel.map((each: { code: string }) => each.code).sort()).toEqual([LAMP, CABLE])
    expect(trained.labels.fresh).toBe(0)

    // In the shadow: it says something of every new report and decides nothing.
    const shadowed = await report(clerk, '又有人从窗口甩线下来接电瓶车')
    expect((await recognised(county, shadowed)).class_code).toBe(BY_WORDS)
    const shadow = await director.get('/loop/recognition/shadow?task=class')
    expect(shadow.comparison).toMatchObject({ cases: 1, agree: 0, decided: 0, serving: { version: 0 } })
    expect(shadow.items[0]).toMatchObject({
      caseId: shadowed,
      serving: { code: BY_WORDS },
      candidate: { code: CABLE },
      decided: null,
    })
    await clerk.act(shadowed, 'accept', { classCode: CABLE })
    await county.settle()
    expect((await director.get('/loop/recognition/shadow?task=class')).comparison).toMatchObject({
      decided: 1,
      servingRight: 0,
      candidateRight: 1,
    })

    // A threshold is tried before it is set.
    const { id: modelId } = trained.candidate
    const effect = await director.get(`/loop/recognition/threshold?modelId=${modelId}&threshold=0.99`)
    expect(effect.reports).toMatchObject({ count: 1, toPersonThen: 1 })
    // Eleven examples, all read rightly, do not make it certain.
    expect(shadow.items[0].candidateConfidence).toBeLessThan(0.95)
    const fitting = { modelId, threshold: 0.3, reason: '样本少，先放低再看' }
    await director.post('/loop/recognition/threshold', fitting)

    // Another process of the server follows without a restart.
    const { services, house } = county
    const second = new House({
      config: services.config,
      log: services.log,
      databaseUrl: county.databaseUrl,
      modules: house.modules,
      clock: county.clock,
    })
    try {
      const reason = '影子运行一致，切换试用'
      const moved = await director.raw('POST', '/loop/recognition/switch', { modelId, fromId: modelId, reason })
      expect([moved.status, moved.body.code]).toEqual([409, 'loop.recognition_moved'])
      await director.post('/loop/recognition/switch', { modelId, fromId: before.serving.id, reason })

      const next = await report(clerk, '窗口甩线接电瓶车，又是那一户')
      const found = await recognised(county, next)
      expect(found.class_code).toBe(CABLE)
      expect(found.why.map(({ key }) => key)).toContain('loop.why.class_by_model')
      expect(found.data.recognised).toMatchObject({ classModel: { code: CABLE, unsure: false } })
      const { countyModels } = await import('./county-models.ts')
      const elsewhere = await second.countyBySlug('test')
      const models = await services.pool.inCounty(elsewhere.county, (tx) => countyModels({ tx, here: elsewhere }))
      expect(models.class.serving).toMatchObject({ id: modelId, version: 1, threshold: 0.3 })

      const back = await director.post('/loop/recognition/switch', {
        modelId: before.serving.id,
        fromId: modelId,
        reason,
      })
      expect(back.version).toBe(0)
      const after = await report(clerk, '窗口甩线接电瓶车，第三次反映')
      expect((await recognised(county, after)).class_code).toBe(BY_WORDS)
    } finally {
      await second.close()
    }
    const { items } = await director.get('/loop/recognition/changes?task=class')
    expect(items.map(({ kind }: { kind: string }) => kind)).toEqual([
      'switched',
      'switched',
      'threshold',
      'trained',
      'included',
      'excluded',
      'excluded',
    ])
    expect(items[0]).toMatchObject({ version: 0, fromVersion: 1, by: '高明远' })
    const { rows } = await county.inCounty((tx) =>
      sql<{ kind: string }>`select kind from evidence_entry where kind like 'loop.recognition%' order by id`.execute(
        tx,
      ),
    )
    expect(rows.map(({ kind }) => kind)).toContain('loop.recognition_switched')
  }))

it('nothing of a secret case is kept, neither at once nor when it becomes one, and no word lifts a secret class', () =>
  withTestCounty(async (county) => {
    const clerk = await logInAs(county, 'md-zhou')
    const director = await logInAs(county, 'cmd-gao')
    const kept = () =>
      county.inCounty(async (tx) => {
        const { rows } = await sql<{ labels: number; said: number }>`
          select (select count(*) from loop_recognition_label) as labels,
                 (select count(*) from loop_recognition_prediction) as said`.execute(tx)
        return rows[0]!
      })
    const secret = await report(clerk, '隔壁男的又家暴，打老婆打得很凶')
    expect(await kept()).toEqual({ labels: 0, said: 0 })
    await clerk.act(secret, 'accept')
    await county.settle()
    expect(await kept()).toEqual({ labels: 0, said: 0 })

    const open = await decide(clerk, LAMPS[0]!, LAMP)
    await county.settle()
    expect(await kept()).toEqual({ labels: 2, said: 2 })
    const chief = await logInAs(county, 'md-chen')
    await chief.act(open, 'fileCase', { secrecy: 'secret' })
    await county.settle()
    expect(await kept()).toEqual({ labels: 0, said: 0 })
    expect((await director.get('/loop/recognition/labels?task=line')).items).toEqual([])
  }))

it('who may not, does not: the desk of a town sees no models, a grant for a town switches none, examples follow sight', () =>
  withTestCounty(async (county) => {
    const clerk = await logInAs(county, 'md-zhou')
    const routes: ['GET' | 'POST', string, object?][] = [
      ['GET', '/loop/recognition?task=line'],
      ['GET', '/loop/recognition/labels?task=line'],
      ['GET', '/loop/recognition/shadow?task=line'],
      ['GET', '/loop/recognition/changes?task=line'],
      ['GET', '/loop/recognition/threshold?modelId=1&threshold=0.5'],
      ['POST', '/loop/recognition/train', { task: 'line' }],
      ['POST', '/loop/recognition/switch', { modelId: 1, fromId: 2, reason: '试一试能不能' }],
      ['POST', '/loop/recognition/threshold', { modelId: 1, threshold: 0.9, reason: '试一试能不能' }],
      ['POST', '/loop/recognition/labels/judge', { labelId: 1, excluded: true, reason: '试一试能不能' }],
    ]
    for (const [method, path, body] of routes) expect((await clerk.raw(method, path, body)).status, path).toBe(403)
    await decide(clerk, LAMPS[0]!, LAMP)
    await county.settle()
    const director = await logInAs(county, 'cmd-gao')
    const [label] = (await director.get('/loop/recognition/labels?task=class')).items
    // Somebody who runs the models and sees the cases of another town only.
    await grant(county, 'lz-ma', '320506')
    const other = await logInAs(county, 'lz-ma')
    const { labels } = await other.get('/loop/recognition?task=class')
    expect(labels.unsure + labels.corrected).toBe(1)
    expect((await other.get('/loop/recognition/labels?task=class')).items).toEqual([])
    const judged = await other.raw('POST', '/loop/recognition/labels/judge', {
      labelId: label.id,
      excluded: true,
      reason: '看不见的案件',
    })
    expect(judged.status).toBe(404)

    await grant(county, 'md-zhou', '320506103')
    const [shipped] = (await clerk.get('/loop/recognition?task=line')).earlier.concat(
      (await clerk.get('/loop/recognition?task=line')).serving,
    )
    for (const [path, body] of [
      ['/loop/recognition/train', { task: 'line' }],
      ['/loop/recognition/switch', { modelId: shipped.id, fromId: shipped.id, reason: '只管一个镇的人' }],
      ['/loop/recognition/threshold', { modelId: shipped.id, threshold: 0.9, reason: '只管一个镇的人' }],
    ] as const)
      expect((await clerk.raw('POST', path, body)).status, path).toBe(403)
  }))

it('where nobody knows the class, the line is what the unit answers for that the case was sent to; a reclassified case says nothing new', () =>
  withTestCounty(async (county) => {
    const clerk = await logInAs(county, 'md-zhou')
    const director = await logInAs(county, 'cmd-gao')
    const id = await report(clerk, '那边一直有奇怪的东西冒出来，大家都有点担心，希望来看看')
    expect((await recognised(county, id)).class_code).toBeNull()
    await clerk.act(id, 'accept')
    await (await logInAs(county, 'md-chen')).act(id, 'fileCase')
    await county.settle()
    expect((await director.get('/loop/recognition/labels?task=line')).items).toEqual([])
    const { directory } = await county.here()
    const fire = directory.unitByCode('320506-fire')!
    expect(fire.lines).toHaveLength(1)
    const dispatched = await (await logInAs(county, 'md-xu')).act(id, 'dispatch', {
      unitId: fire.id,
      reason: '经核对属消防',
    })
    expect(dispatched.state ?? 'dispatched').toBe('dispatched')
    await county.settle()
    expect((await director.get('/loop/recognition/labels?task=line')).items).toMatchObject([
      { caseId: id, action: 'dispatch', decided: { code: fire.lines[0] }, decidedBy: '徐晓燕' },
    ])
    // Another unit for a case whose class is known is a matter of duty, not of what the text says.
    const known = await decide(clerk, LAMPS[0]!, LAMP)
    await county.settle()
    const before = await director.get('/loop/recognition/labels?task=line')
    await (await logInAs(county, 'md-chen')).act(known, 'fileCase')
    await (await logInAs(county, 'md-xu')).act(known, 'dispatch', { unitId: fire.id, reason: '派往别处' })
    await county.settle()
    expect((await director.get('/loop/recognition/labels?task=line')).items).toEqual(before.items)
  }))
