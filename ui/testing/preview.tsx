import '#ui/theme/tokens.css'
import '#ui/theme/base.css'
import { type ReactNode, useState } from 'react'
import { createRoot } from 'react-dom/client'
import { clockText, weekdayText } from '#ui/clock/county-time.ts'
import { holdNow, useNow } from '#ui/clock/server-clock.ts'
import { gather } from '#ui/i18n/catalogue.ts'
import { TextProvider, useText } from '#ui/i18n/TextProvider.tsx'
import { Icon } from '#ui/icon/Icon.tsx'
import { DeadlineBand } from '#ui/inbox/DeadlineBand.tsx'
import { InboxTable } from '#ui/inbox/InboxTable.tsx'
import en from '#ui/locale/en.json' with { type: 'json' }
import zh from '#ui/locale/zh-CN.json' with { type: 'json' }
import { type NavEntry, PageShell, type PageShellProps } from '#ui/shell/PageShell.tsx'
import { at, calendar } from '#ui/testing/fixture-time.ts'
import { inboxItems } from '#ui/testing/inbox-fixture.ts'

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
      <div className="y-row" style={{ padding: '12px 24px 8px' }}>
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

const pages: Record<string, () => ReactNode> = { inbox: () => <InboxPage /> }
if (page === 'inbox') holdNow(Date.parse(at('09-30 16:42:36')))

createRoot(document.getElementById('root')!).render(
  <TextProvider catalogue={gather(language, [language === 'en' ? en : zh])}>{pages[page]?.()}</TextProvider>,
)
