import '#ui/theme/tokens.css'
import '#ui/theme/base.css'
import { lazy, type ReactNode, Suspense, useState } from 'react'
import { createRoot } from 'react-dom/client'
import outlineUrl from '#modules/foundation/org/seed/counties-3205.geojson?url'
import reportProcess from '#modules/services/loop/process/report.process.json' with { type: 'json' }
import { ActionBar } from '#ui/case/ActionBar.tsx'
import { CaseHeader } from '#ui/case/CaseHeader.tsx'
import { PhotoGrid } from '#ui/case/PhotoGrid.tsx'
import { SaidBox } from '#ui/case/SaidBox.tsx'
import { Trace } from '#ui/case/Trace.tsx'
import { clockText, weekdayText } from '#ui/clock/county-time.ts'
import { holdNow, useNow } from '#ui/clock/server-clock.ts'
import { gather } from '#ui/i18n/catalogue.ts'
import { TextProvider, useText } from '#ui/i18n/TextProvider.tsx'
import { Icon } from '#ui/icon/Icon.tsx'
import { DeadlineBand } from '#ui/inbox/DeadlineBand.tsx'
import { InboxTable } from '#ui/inbox/InboxTable.tsx'
import en from '#ui/locale/en.json' with { type: 'json' }
import zh from '#ui/locale/zh-CN.json' with { type: 'json' }
import { PlaceMap } from '#ui/map/PlaceMap.tsx'
import type { DrawnDefinition } from '#ui/process/process-layout.ts'
import { type FormServices, FormServicesContext } from '#ui/schema-form/form-services.ts'
import { Login } from '#ui/shell/Login.tsx'
import { type NavEntry, PageShell, type PageShellProps } from '#ui/shell/PageShell.tsx'
import { WaterMark } from '#ui/shell/WaterMark.tsx'
import { caseClocks, caseNow, said, traceHops } from '#ui/testing/case-fixture.ts'
import { at, calendar } from '#ui/testing/fixture-time.ts'
import { inboxItems } from '#ui/testing/inbox-fixture.ts'

const FormDrawer = lazy(() => import('#ui/schema-form/FormDrawer.tsx'))
const ProcessDrawing = lazy(() => import('#ui/process/ProcessDrawing.tsx'))

const page = new URLSearchParams(location.search).get('page') ?? 'inbox'
const language = new URLSearchParams(location.search).get('language') === 'en' ? 'en' : 'zh-CN'
const dark = new URLSearchParams(location.search).has('dark')
document.documentElement.classList.toggle('dark', dark)

const nav: NavEntry[] = [
  { path: '/', label: '待办', icon: 'inbox', layer: 'own', count: 19 },
  { path: '/mine', label: '我经办与关注', icon: 'bookmark', layer: 'own', count: 46 },
  { path: '/loop', label: '事件与诉求', icon: 'report', layer: 'services', count: 312 },
  { path: '/applications', label: '办件', icon: 'document', layer: 'services' },
  { path: '/visits', label: '走访服务', icon: 'visit', layer: 'services' },
  { path: '/community', label: '社区', icon: 'home', layer: 'services' },
  { path: '/rentals', label: '租赁 · 犬只', icon: 'key', layer: 'services' },
  { path: '/economy', label: '集体三资', icon: 'coins', layer: 'services' },
  { path: '/duties', label: '职责清单与裁定', icon: 'list', layer: 'management' },
  { path: '/catalog', label: '事项清单', icon: 'book', layer: 'management' },
  { path: '/plans', label: '规划与项目', icon: 'plan', layer: 'management' },
  { path: '/kpi', label: '指标与研判', icon: 'chart', layer: 'management' },
  { path: '/org', label: '组织与岗位', icon: 'org', layer: 'foundation' },
  { path: '/grid', label: '网格与门牌', icon: 'map', layer: 'foundation' },
  { path: '/people', label: '人口 · 房屋 · 法人', icon: 'people', layer: 'foundation' },
  { path: '/exchange', label: '数据共享', icon: 'exchange', layer: 'foundation' },
]

const Link: PageShellProps['link'] = ({ to, children, ...rest }) => (
  <a href={`#${to}`} {...rest}>
    {children}
  </a>
)

export function Shell({
  who,
  rail,
  current,
  children,
}: {
  who: PageShellProps['who']
  rail?: boolean
  current: string
  children: ReactNode
}) {
  return (
    <PageShell
      county={{ slug: 'wuzhong', name: '吴中区', parentName: '苏州市', demo: true }}
      counties={[
        { slug: 'wuzhong', name: '吴中区', parentName: '苏州市', demo: true },
        { slug: 'sample', name: '脱敏样例库', parentName: 'A市', demo: true },
      ]}
      who={who}
      nav={nav}
      current={current}
      rail={rail ?? false}
      unread={4}
      news={[]}
      version="2026.9.3"
      look={dark ? 'dark' : 'light'}
      link={Link}
      onCounty={() => {}}
      onSearch={() => {}}
      onLook={() => {}}
      onLogout={() => {}}
    >
      {children}
    </PageShell>
  )
}

function InboxPage() {
  const [selected, setSelected] = useState<ReadonlySet<string>>(new Set(['i3', 'i6']))
  const [jump, setJump] = useState<{ day: string; at: number }>()
  const many = Number(new URLSearchParams(location.search).get('many') ?? 0)
  const items = many
    ? Array.from({ length: many }, (_, i) => ({ ...inboxItems[i % inboxItems.length]!, id: `m${i}` }))
    : inboxItems
  const now = useNow()
  const { language } = useText()
  return (
    <Shell who={{ post: '值班长', name: '陈*', unit: '木渎镇集成指挥中心', note: '日班' }} current="/">
      <div className="y-pagehead">
        <h1>待办</h1>
        <nav className="y-tabs y-grow" aria-label="待办分类">
          <a className="on" href="#all" aria-current="page">
            全部 <b>19</b>
          </a>
          <a href="#loop">
            事件与诉求 <b>13</b>
          </a>
          <a href="#12345">
            市 12345 <b>3</b>
          </a>
          <a href="#visit">
            走访 <b>2</b>
          </a>
          <a href="#form">
            表单与共享 <b>1</b>
          </a>
        </nav>
        <span className="y-sub y-sm y-nowrap">
          {weekdayText(now, language)} <b className="y-b">{clockText(now)}</b> · 工作日历 2026
        </span>
        <button type="button" className="y-btn sm">
          <Icon name="edit" size="s" />
          交接班日志
        </button>
      </div>
      <div style={{ padding: '12px 24px 0' }}>
        <DeadlineBand
          items={items.map((i) => ({ at: i.due!.at, severity: i.severity ?? null }))}
          calendar={calendar}
          onJump={(day) => setJump({ day, at: performance.now() })}
        />
      </div>
      <div className="y-inbox-filters">
        <button type="button" className="y-chip on">
          <Icon name="bookmark" size="s" />
          <b>今日值班</b> 已存筛选 <Icon name="down" size="s" />
        </button>
        {[
          ['区划', '木渎镇'],
          ['环节', '全部'],
          ['来源', '全部'],
          ['级别', '红橙黄蓝'],
        ].map(([a, b]) => (
          <button type="button" className="y-chip" key={a}>
            {a} <b>{b}</b> <Icon name="down" size="s" />
          </button>
        ))}
        <span className="y-grow" />
        <span className="y-xs y-muted y-nowrap">按到期排序</span>
      </div>
      <InboxTable
        items={items}
        calendar={calendar}
        selected={selected}
        onSelect={setSelected}
        onOpen={() => {}}
        onAct={() => {}}
        hrefOf={(i) => `#/cases/${i.caseId}`}
        jumpTo={jump}
        bulk={(chosen) => (
          <>
            <span className="note y-nowrap">都在“签收”环节，可一起办；立案、审批、复核须逐件办</span>
            <span className="y-grow" />
            <button type="button" className="y-btn pri sm">
              预览并签收 {chosen.length} 件
            </button>
            <button type="button" className="y-btn sm">
              导出 {chosen.length} 行
            </button>
          </>
        )}
      />
    </Shell>
  )
}

const corridor = (extra: string) =>
  `data:image/svg+xml,${encodeURIComponent(`<svg xmlns="http://www.w3.org/2000/svg" viewBox="0 0 200 120"><rect width="200" height="120" fill="#d9dde2"/><path d="M0 0h200L140 40H62z" fill="#e9ebee"/><path d="M0 120L62 84h78l60 36z" fill="#b9bfc7"/><path d="M62 40h78v44H62z" fill="#cfd4da"/><rect x="84" y="48" width="26" height="36" fill="#a9b1bb"/>${extra}</svg>`)}`

function CasePage() {
  const photos = [
    [
      'p1',
      '居民 · 09-30 16:19',
      '<path d="M18 20C40 60 52 48 60 74S96 92 118 88s44-2 52 12" fill="none" stroke="#2c3642" stroke-width="2.5"/>',
    ],
    [
      'p2',
      '核查：第二根线 · 20:09',
      '<path d="M150 8C140 40 120 60 112 84" fill="none" stroke="#2c3642" stroke-width="2.5"/>',
    ],
    ['p3', '返工后 · 10-01 10:11', '<path d="M30 92h24M150 92h22" stroke="#9aa3ae" stroke-width="2"/>'],
  ].map(([id, caption, extra]) => ({ id: id!, caption: caption!, thumb: corridor(extra!), full: corridor(extra!) }))
  return (
    <Shell who={{ post: '分管负责人', name: '钱*', unit: '区消防救援大队', note: '国庆值班' }} current="/" rail>
      <CaseHeader
        back={
          <a className="y-back" href="#/">
            <Icon name="back" size="s" />
            待办
          </a>
        }
        number="WZ-MD-20260930-0318"
        secrecy="内部 · 含 1 份保密文书"
        title="香溪花苑 12 幢 2 单元楼道飞线充电"
        severity="red"
        urgent
        state="答复 · 待审签"
        facts={['安全隐患—飞线充电', '木渎镇 香溪社区 第 03 网格', '主办 区消防救援大队']}
        clocks={caseClocks}
        calendar={calendar}
      />
      <div className="y-casebody">
        <div className="y-casel">
          <SaidBox
            who="李*，门牌扫码，身份已核；对被反映人不显示"
            text={said}
            requests={[
              {
                no: 1,
                from: 9,
                to: 21,
                title: '清理飞线',
                answer: (
                  <>
                    · 已办
                    <br />
                    <span className="y-sub">两处均已拆除，10-01 10:40 核查通过</span>
                  </>
                ),
              },
              {
                no: 2,
                from: said.indexOf('能不能'),
                to: said.indexOf('？'),
                title: '建充电车棚',
                answer: (
                  <>
                    · 转子案，答复中须写明
                    <br />
                    <a href="#/child">WZ-MD-20260930-0318-1</a> <span className="y-sub">区住建局，10-13 17:30</span>
                  </>
                ),
              },
            ]}
          />
          <section className="y-evid">
            <div>
              <h2 className="y-sec">
                照片与文书 <small>3 张 · 1 份</small>
              </h2>
              <PhotoGrid photos={photos} locked={[{ id: 'l', title: '责令改正通知书', note: '保密 · 您在名单内' }]} />
            </div>
            <div>
              <h2 className="y-sec">
                地点{' '}
                <small>
                  200 米内 30 天有{' '}
                  <a className="y-num" href="#near">
                    2 件相似
                  </a>
                </small>
              </h2>
              <PlaceMap
                label="香溪社区第 03 网格，香溪花苑 12 幢 2 单元；200 米内 30 天有 2 件相似"
                points={[
                  { id: 'here', lon: 120.513, lat: 31.252, kind: 'here', label: '12 幢 2 单元', severity: 'red' },
                  { id: 'a', lon: 120.5142, lat: 31.2531, kind: 'similar', label: '09-12 3 幢', severity: 'orange' },
                  { id: 'b', lon: 120.5121, lat: 31.2509, kind: 'similar', label: '09-21 15 幢', severity: 'orange' },
                  { id: 'n', lon: 120.5105, lat: 31.2528, kind: 'name', label: '香溪社区' },
                ]}
                outline={outline}
                home="320506"
                ring={200}
                legend={
                  <>
                    <span>○ 相似事件</span>
                    <span>虚线圈 200 米</span>
                  </>
                }
              />
            </div>
          </section>
          <section className="y-rel">
            <div className="y-relc">
              <h3>
                <Icon name="merge" size="s" />
                并入 1
              </h3>
              <a href="#m">市工单 SZ20260930164601</a>
              <br />
              <span className="y-sub">一份答复，两位反映人各按原渠道送达</span>
            </div>
            <div className="y-relc">
              <h3>
                <Icon name="branch" size="s" />
                子案 1
              </h3>
              <a href="#c">建充电车棚 → 区住建局</a>
              <br />
              <span className="y-sub">已签收 10-01 10:58:44，在办</span>
            </div>
            <div className="y-relc">
              <h3>
                <Icon name="link" size="s" />
                关联
              </h3>
              <a href="#r">12 幢 2 单元</a> · <a href="#s">香溪物业</a> · <a href="#t">充电隐患预警</a>
              <br />
              <span className="y-sub">周边 30 天第 3 次，已触发研判</span>
            </div>
          </section>
          <section>
            <h2 className="y-sec">
              拟答复 <small>经办人 孙* 10-01 10:55 起草 · 每条诉求均有对应</small>
            </h2>
            <p className="y-sm y-sub" style={{ marginTop: 2 }}>
              您反映的 12 幢 2 单元飞线充电已于 10 月 1 日全部拆除并经现场核查；
              <b className="y-b">您提出的建充电车棚</b>，已转区住建局办理，10 月 13
              日前另行答复。如仍有疑问可回复本消息或拨打 12345。
            </p>
          </section>
        </div>
        <aside className="y-caser">
          <Trace
            hops={traceHops}
            phaseName={(p) => p}
            waiting={{ what: '待审签', who: '您 · 分管负责人' }}
            links={
              <>
                <a className="y-xs" href="#flow">
                  流程图
                </a>
                <a className="y-xs" href="#proof">
                  存证验证
                </a>
              </>
            }
          />
        </aside>
      </div>
      <ActionBar
        actions={[
          { key: 'sign', name: '审签同意并答复', kind: 'main' },
          { key: 'return', name: '退回修改', kind: 'side' },
          { key: 'b', name: '转 B岗 审签', kind: 'side' },
        ]}
        reason="结案由值班长办理；处置、核查、结案为三人"
        onAct={() => {}}
        tools={
          <>
            <button type="button" className="y-btn text">
              <Icon name="document" size="s" />
              反馈件 DOCX
            </button>
            <button type="button" className="y-btn text">
              <Icon name="print" size="s" />
              打印案卷
            </button>
            <button type="button" className="y-btn text">
              <Icon name="eye" size="s" />
              谁看过
            </button>
          </>
        }
      />
      <WaterMark text="钱* 区消防救援大队" />
    </Shell>
  )
}

function LoginPage() {
  return (
    <Login
      county="wuzhong"
      counties={[
        { slug: 'wuzhong', name: '吴中区', parentName: '苏州市' },
        { slug: 'sample', name: '脱敏样例库', parentName: 'A市' },
      ]}
      demo={{
        password: 'Yiti-demo-2026',
        accounts: [
          { login: 'md-zhou', name: '周*', what: '木渎镇集成指挥中心 受理员' },
          { login: 'md-chen', name: '陈*', what: '木渎镇集成指挥中心 值班长' },
          { login: 'md-wang', name: '王*', what: '香溪社区居委会 网格员' },
          { login: 'xf-sun', name: '孙*', what: '区消防救援大队 经办人' },
          { login: 'xf-qian', name: '钱*', what: '区消防救援大队 分管负责人' },
          { login: 'qu-gao', name: '高*', what: '区集成指挥中心 值班主任' },
        ],
      }}
      step="password"
      problem={new URLSearchParams(location.search).has('problem') ? '账号或密码不对，请核对后再试' : undefined}
      busy={false}
      onCounty={() => {}}
      onLogin={() => {}}
      onBack={() => {}}
    />
  )
}

const services: FormServices = {
  upload: async (file) => ({ id: file.name, name: file.name }),
  findUnits: async () => [{ value: 1, label: '区消防救援大队' }],
  findAccounts: async () => [{ value: 1, label: '孙* · 区消防救援大队 经办人' }],
  findClasses: async () => [{ value: 'G0206', label: '安全隐患—飞线充电' }],
  findCases: async () => [{ value: 1, label: 'WZ-MD-20260930-0001 楼道飞线充电 · 待立案' }],
}

function FormPage() {
  return (
    <FormServicesContext value={services}>
      <CasePage />
      <Suspense fallback={null}>
        <FormDrawer
          open
          title="派遣"
          onClose={() => {}}
          onSubmit={() => {}}
          submitLabel="派遣"
          schema={{
            type: 'object',
            required: ['unitId', 'reason', 'severity'],
            properties: {
              unitId: { type: 'integer', format: 'unit', title: '主办单位（不填按建议派遣）' },
              severity: { type: 'integer', title: '级别', enum: [1, 2, 3, 4], 'x-names': ['红', '橙', '黄', '蓝'] },
              reason: {
                type: 'string',
                format: 'multiline',
                title: '派往其他单位的理由',
                maxLength: 500,
                description: '请引职责清单条款',
              },
              on: { type: 'string', format: 'date', title: '约定日期' },
              extendBy: { type: 'integer', title: '延长（与原时限同单位）', minimum: 1, maximum: 60 },
              urgent: { type: 'boolean', title: '是否加急' },
              papers: { type: 'array', title: '附件', items: { type: 'string', format: 'file' } },
            },
          }}
        />
      </Suspense>
    </FormServicesContext>
  )
}

function ProcessPage() {
  return (
    <Shell who={{ post: '数据局管理员', name: '许*', unit: '区数据局' }} current="/processes" rail>
      <div className="y-pagehead">
        <h1>上报办理</h1>
      </div>
      <div className="y-page">
        <Suspense fallback={null}>
          <ProcessDrawing
            definition={reportProcess as unknown as DrawnDefinition}
            current="handling"
            passed={['reported', 'accepted', 'filed', 'dispatched', 'handling']}
            height={640}
          />
        </Suspense>
      </div>
    </Shell>
  )
}

const pages: Record<string, () => ReactNode> = {
  inbox: () => <InboxPage />,
  case: () => <CasePage />,
  login: () => <LoginPage />,
  form: () => <FormPage />,
  process: () => <ProcessPage />,
}
if (page === 'inbox') holdNow(Date.parse(at('09-30 16:42:36')))
if (page === 'case') holdNow(Date.parse(at(caseNow)))
const outline = (await (await fetch(outlineUrl)).json()) as GeoJSON.FeatureCollection

createRoot(document.getElementById('root')!).render(
  <TextProvider catalogue={gather(language, [language === 'en' ? en : zh])}>{pages[page]?.()}</TextProvider>,
)
