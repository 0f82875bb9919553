/**
 * Rebuilds units-wuzhong.json, posts-wuzhong.json and grids-wuzhong.json from unit-kinds.json, the divisions and the
 * named demo people below.
 *
 * Usage: node build-org.ts
 *
 * Every person is invented. Who holds a post that a written case or an acceptance script names is fixed in NAMED;
 * all other holders are drawn from two name lists by position, so a rebuild gives the same people.
 */
import { readFileSync, writeFileSync } from 'node:fs'
import { join } from 'node:path'
import { pinyin } from 'pinyin-pro'

type Kind = { kind: string; name: string; shortName: string; lines: string[]; staff?: string; limited?: boolean }
type Unit = {
  code: string
  kind: string
  level: 'county' | 'town' | 'village'
  name: string
  shortName: string
  division: string
  lines: string[]
  parent: string | null
  /** A limited unit (物业, 管养单位) may only be 协办: it never leads, signs a reply or sees the reporter. */
  limited: boolean
}
type Account = { login: string; name: string; phone: string; featured?: string }
type Post = {
  code: string
  unit: string
  role: string
  title: string
  division: string
  roster: 'A' | 'B' | null
  holders: string[]
}

const here = import.meta.dirname
const read = (name: string) => JSON.parse(readFileSync(join(here, name), 'utf8'))
const kinds: { county: Kind[]; town: Kind[] } = read('unit-kinds.json')
const divisions: [string, string, string | null][] = read('divisions-3205.json').rows
const points: Record<string, [number, number]> = read('village-points-320506.json').points

/** Log-in prefixes of the townships: initials of the name as locals say it (甪直 is Lùzhí). */
const TOWN_PREFIX: Record<string, string> = {
  '320506001': 'cq',
  '320506003': 'yx',
  '320506004': 'gx',
  '320506005': 'hj',
  '320506006': 'xs',
  '320506009': 'cn',
  '320506010': 'th',
  '320506100': 'lz',
  '320506103': 'md',
  '320506104': 'xk',
  '320506107': 'ds',
  '320506108': 'gf',
  '320506109': 'jt',
  '320506110': 'lh',
}

/** post code → log-in, name, and (for the log-in page) what this person is there to show. */
const NAMED: Record<string, { login: string; name: string; featured?: string }> = {
  '320506103-command.intakeClerk.A': { login: 'md-zhou', name: '周敏', featured: '木渎镇受理员' },
  '320506103-command.dutyChief.A': { login: 'md-chen', name: '陈国安', featured: '木渎镇值班长' },
  '320506103-command.dispatcher.A': { login: 'md-xu', name: '徐晓燕', featured: '木渎镇派遣员' },
  '320506103-enforcement.handler': { login: 'md-wu', name: '吴志坚', featured: '木渎镇综合执法局经办人' },
  '320506103001003-grid.gridWorker': { login: 'md-wang', name: '王丽琴', featured: '香溪社区第 03 网格网格员' },
  '320506103001002-grid.gridWorker': { login: 'md-zhao', name: '赵一鸣', featured: '香溪社区第 02 网格网格员' },
  '320506-fire.handler.A': { login: 'fire-he', name: '何俊' },
  '320506-fire.handler.B': { login: 'fire-sun', name: '孙立', featured: '区消防救援大队经办人（B 岗）' },
  '320506-fire.unitLeader': { login: 'fire-qian', name: '钱卫东', featured: '区消防救援大队分管负责人' },
  '320506-command.countyDirector.A': { login: 'cmd-gao', name: '高明远', featured: '区指挥中心值班主任' },
  '320506-command.countyDirector.B': { login: 'cmd-shen', name: '沈洁' },
  '320506-data.bureauAdmin': { login: 'data-gu', name: '顾文博', featured: '区数据局管理员' },
  '320506-data.meetingSecretary': { login: 'data-lu', name: '陆思齐', featured: '会务秘书' },
  '320506-experts.expert.1': { login: 'expert-fang', name: '方守诚', featured: '评审专家' },
  '320506-experts.expert.2': { login: 'expert-yan', name: '严敏之', featured: '评审专家' },
  '320506-experts.expert.3': { login: 'expert-jiang', name: '蒋维新', featured: '评审专家' },
  '320506-discipline.auditor': { login: 'audit-shi', name: '施正平', featured: '审计' },
  '320506-approval.handler': { login: 'approval-tang', name: '唐佳', featured: '区行政审批局经办人' },
  '320506-housing.handler': { login: 'housing-jin', name: '金宇航', featured: '区住建局经办人' },
  '320506-housing.unitLeader': { login: 'housing-fei', name: '费建中', featured: '区住建局分管负责人' },
  '320506100-command.dutyChief.A': { login: 'lz-shen', name: '沈建华', featured: '甪直镇值班长' },
  '320506100-command.intakeClerk.A': { login: 'lz-ma', name: '马婷婷', featured: '甪直镇受理员' },
}

const SURNAMES =
  '张王李赵陈杨周吴徐孙马朱胡林郭何高罗郑梁谢宋唐许邓冯韩曹曾彭肖蔡潘田董袁于余叶蒋杜苏魏程吕丁沈任姚卢傅钟姜崔谭廖范汪陆金石戴贾韦夏邱方侯邹熊孟秦白江阎薛尹段雷黎史龙陶贺顾毛郝龚邵万钱严覃武施孔季柳俞戈华费浦查'
const GIVEN =
  '建国 晓敏 志强 丽华 伟明 秀英 国栋 雪琴 文杰 玉兰 永平 佳怡 立新 小芳 海峰 月娥 振华 春燕 俊杰 惠珍 德明 婷婷 光辉 美玲 少波 红梅 祖良 静怡 思远 凤仙 泽宇 彩霞 水根 梦洁 金根 雅琴 阿明 佩华 雨辰 素珍 林生 晨曦 兴元 慧芬 宏伟 巧云 耀东 诗涵 连生 莉萍 学军 亚男 关林 玲娣 子轩 菊英 福根 若彤 正荣 燕飞 志刚 文娟 一帆 桂芳 火生 丹丹 长福 欣妍 伯良 爱珍 浩然 琴芳 明华 倩倩 根土 琳 卫国 薇 三男 婉清 奇峰 云珍 龙生 可欣 洪生 银娣 天宇 敏华 全福 宁 新民 佳琪 祥林 敏芝 家豪 秋萍 寿康 紫涵 宗元 妙珍 嘉诚 云 培元 芸 良才 舒雅 景明 蕾 庆生 楠'.split(
    ' ',
  )

const accounts: Account[] = []
const posts: Post[] = []
const usedNames = new Set(Object.values(NAMED).map((person) => person.name))
const usedLogins = new Set(Object.values(NAMED).map((person) => person.login))
let drawn = 0

/** Spreads consecutive numbers so that neighbouring offices do not get the same run of surnames (FNV-1a). */
function scatter(n: number, salt: number): number {
  let hash = 2166136261 ^ salt
  for (const char of String(n)) hash = Math.imul(hash ^ char.charCodeAt(0), 16777619)
  return (hash >>> 3) & 0xffffff
}

/** The next invented name; `avoid` keeps surnames apart inside one office, where log-ins are made of them. */
function drawName(avoid?: Set<string>): string {
  for (;;) {
    const surname = SURNAMES[scatter(drawn, 7) % SURNAMES.length]!
    const given = GIVEN[scatter(drawn, 11) % GIVEN.length]!
    drawn += 1
    const name = surname + given
    if (usedNames.has(name) || avoid?.has(surname)) continue
    usedNames.add(name)
    avoid?.add(surname)
    return name
  }
}

function addAccount(login: string, name: string, featured?: string) {
  accounts.push({
    login,
    name,
    phone: `1990000${String(accounts.length + 1).padStart(4, '0')}`,
    ...(featured ? { featured } : {}),
  })
}

function surnameLogin(prefix: string, name: string): string {
  const base = `${prefix}-${pinyin(name[0]!, { toneType: 'none', surname: 'all', v: true })}`
  let login = base
  for (let n = 2; usedLogins.has(login); n += 1) login = `${base}${n}`
  usedLogins.add(login)
  return login
}

function addPost(
  key: string,
  unit: Unit,
  role: string,
  title: string,
  options: {
    division?: string
    roster?: 'A' | 'B'
    login?: string
    prefix?: string
    surnames?: Set<string>
    holder?: string
  } = {},
): string {
  let login = options.holder
  if (!login) {
    const named = NAMED[key]
    const name = named?.name ?? drawName(options.surnames)
    if (named) options.surnames?.add(name[0]!)
    login = named?.login ?? options.login ?? surnameLogin(options.prefix!, name)
    usedLogins.add(login)
    addAccount(login, name, named?.featured)
  }
  posts.push({
    code: key,
    unit: unit.code,
    role,
    title,
    division: options.division ?? unit.division,
    roster: options.roster ?? null,
    holders: [login],
  })
  return login
}

const units: Unit[] = []
const grids: { code: string; name: string; village: string; point: [number, number] }[] = []

// County.
const COUNTY = '320506'
for (const kind of kinds.county) {
  const unit: Unit = {
    code: `${COUNTY}-${kind.kind}`,
    kind: kind.kind,
    level: 'county',
    name: kind.name,
    shortName: kind.shortName,
    division: COUNTY,
    lines: kind.lines,
    parent: null,
    limited: kind.limited ?? false,
  }
  units.push(unit)
  const surnames = new Set<string>()
  const prefix = kind.kind === 'command' ? 'cmd' : kind.kind
  if (kind.staff === 'command') {
    for (const roster of ['A', 'B'] as const) {
      addPost(`${unit.code}.countyDirector.${roster}`, unit, 'countyDirector', '值班主任', { roster, prefix, surnames })
      addPost(`${unit.code}.intakeClerk.${roster}`, unit, 'intakeClerk', '受理员', { roster, prefix, surnames })
    }
    addPost(`${unit.code}.dutyChief.A`, unit, 'dutyChief', '值班长', { roster: 'A', prefix, surnames })
    addPost(`${unit.code}.dispatcher.A`, unit, 'dispatcher', '派遣员', { roster: 'A', prefix, surnames })
  } else if (kind.kind === 'fire') {
    for (const roster of ['A', 'B'] as const)
      addPost(`${unit.code}.handler.${roster}`, unit, 'handler', '经办人', { roster, prefix, surnames })
    addPost(`${unit.code}.unitLeader`, unit, 'unitLeader', '分管负责人', { prefix, surnames })
  } else if (kind.kind === 'experts') {
    for (const [index, title] of ['高校专家', '规划设计专家', '行业专家'].entries())
      addPost(`${unit.code}.expert.${index + 1}`, unit, 'expert', title, { prefix: 'expert', surnames })
  } else if (kind.staff !== 'none') {
    addPost(`${unit.code}.handler`, unit, 'handler', '经办人', { prefix, surnames })
    if (!unit.limited) addPost(`${unit.code}.unitLeader`, unit, 'unitLeader', '分管负责人', { prefix, surnames })
  }
  if (kind.kind === 'data') {
    addPost(`${unit.code}.bureauAdmin`, unit, 'bureauAdmin', '管理员', { prefix, surnames })
    addPost(`${unit.code}.meetingSecretary`, unit, 'meetingSecretary', '会务秘书', { prefix, surnames })
  }
  if (kind.kind === 'discipline')
    addPost(`${unit.code}.auditor`, unit, 'auditor', '审计', { prefix: 'audit', surnames })
}

// Townships, their villages and grids.
const towns = divisions.filter(([code]) => code in TOWN_PREFIX)
for (const [town, townName] of towns) {
  const prefix = TOWN_PREFIX[town]!
  const surnames = new Set(
    Object.values(NAMED)
      .filter((person) => person.login.startsWith(`${prefix}-`))
      .map((person) => person.name[0]!),
  )
  for (const kind of kinds.town) {
    const unit: Unit = {
      code: `${town}-${kind.kind}`,
      kind: kind.kind,
      level: 'town',
      name: `${townName}${kind.name}`,
      shortName: `${townName.replace(/(街道|镇)$/, '')}${kind.shortName}`,
      division: town,
      lines: kind.lines,
      parent: null,
      limited: false,
    }
    units.push(unit)
    if (kind.staff === 'command') {
      for (const roster of ['A', 'B'] as const) {
        addPost(`${unit.code}.intakeClerk.${roster}`, unit, 'intakeClerk', '受理员', { roster, prefix, surnames })
        addPost(`${unit.code}.dutyChief.${roster}`, unit, 'dutyChief', '值班长', { roster, prefix, surnames })
      }
      addPost(`${unit.code}.dispatcher.A`, unit, 'dispatcher', '派遣员', { roster: 'A', prefix, surnames })
    } else {
      const title = kind.kind === 'party-office' ? '经办人（数字专员）' : '经办人'
      addPost(`${unit.code}.handler`, unit, 'handler', title, { prefix, surnames })
      addPost(`${unit.code}.unitLeader`, unit, 'unitLeader', '分管负责人', { prefix, surnames })
    }
  }

  for (const [village, fullName] of divisions.filter(([, , parent]) => parent === town)) {
    const isCommunity = /居(民)?委(员)?会$/.test(fullName)
    const name = fullName.replace(/居民委员会$|居委会$|委会$/, '')
    const short = name.replace(/(社区|村)$/, '')
    const login = `${prefix}-${pinyin(short, { toneType: 'none', type: 'array', v: true }).join('')}`
    const committee: Unit = {
      code: `${village}-committee`,
      kind: 'committee',
      level: 'village',
      name: isCommunity ? `${name}居民委员会` : `${name}村民委员会`,
      shortName: name,
      division: village,
      lines: ['civil-affairs', 'party-government'],
      parent: null,
      limited: false,
    }
    units.push(committee)
    const leader = addPost(
      `${committee.code}.unitLeader`,
      committee,
      'unitLeader',
      isCommunity ? '社区书记、主任' : '村书记、主任',
      { login: `${login}-lead` },
    )
    addPost(`${committee.code}.gridLeader`, committee, 'gridLeader', '网格长', { holder: leader })
    addPost(`${committee.code}.handler`, committee, 'handler', isCommunity ? '社区工作者' : '村委委员', {
      login: `${login}-desk`,
    })
    if (isCommunity) {
      const property: Unit = {
        code: `${village}-property`,
        kind: 'property',
        level: 'village',
        name: `${short}物业服务有限公司（演示）`,
        shortName: `${short}物业`,
        division: village,
        lines: ['urban-construction'],
        parent: committee.code,
        limited: true,
      }
      units.push(property)
      addPost(`${property.code}.handler`, property, 'handler', '项目经理', { login: `${login}-wy` })
    }
    const [lng, lat] = points[village]!
    const count = village === '320506103001' ? 4 : 2
    for (let n = 1; n <= count; n += 1) {
      const grid = `${village}${String(n).padStart(3, '0')}`
      const angle = (2 * Math.PI * n) / count
      grids.push({
        code: grid,
        name: `${name}第 ${String(n).padStart(2, '0')} 网格`,
        village,
        point: [
          Number((lng + 0.0008 * Math.cos(angle)).toFixed(5)),
          Number((lat + 0.0006 * Math.sin(angle)).toFixed(5)),
        ],
      })
      addPost(`${grid}-grid.gridWorker`, committee, 'gridWorker', '专职网格员', {
        division: grid,
        login: `${login}-g${n}`,
      })
    }
  }
}

const lines = (items: unknown[]) => items.map((item) => JSON.stringify(item)).join(',\n')
const write = (name: string, head: Record<string, unknown>, lists: Record<string, unknown[]>) =>
  writeFileSync(
    join(here, name),
    `{${JSON.stringify(head).slice(1, -1)},\n${Object.entries(lists)
      .map(([key, items]) => `${JSON.stringify(key)}:[\n${lines(items)}\n]`)
      .join(',\n')}\n}\n`,
  )

write(
  'units-wuzhong.json',
  { marker: '演示', county: COUNTY, note: '由 build-org.ts 生成；机构为演示设置，企业为虚构' },
  { units },
)
write(
  'posts-wuzhong.json',
  { marker: '演示', note: '由 build-org.ts 生成；人员均为虚构，演示密码由服务器设置' },
  { accounts, posts },
)
write(
  'grids-wuzhong.json',
  { marker: '示意', crs: 'GCJ-02', note: '由 build-org.ts 生成；网格为演示划分，坐标为示意' },
  { grids },
)
