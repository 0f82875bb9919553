import {
  commonSeed,
  type OrgSeed,
  type SeedAccount,
  type SeedPost,
  type SeedUnit,
} from '#modules/foundation/org/server/set-up.ts'

/** Rows of `sample-divisions.json`: code, name, code of the parent; the one without a parent is the city. */
export type SampleDivisionRow = readonly [code: string, name: string, parent: string | null]

/** What a city calls the department of each line. */
const DEPARTMENTS: Record<string, { name: string; shortName: string }> = {
  'urban-construction': { name: '住房和城乡建设局', shortName: '住建局' },
  environment: { name: '生态环境局', shortName: '生态环境局' },
  transport: { name: '交通运输局', shortName: '交通局' },
  'education-culture-sports': { name: '教育局', shortName: '教育局' },
  'labour-social-security': { name: '人力资源和社会保障局', shortName: '人社局' },
  'commerce-tourism': { name: '商务局', shortName: '商务局' },
  'health-family-planning': { name: '卫生健康委员会', shortName: '卫健委' },
  'public-security': { name: '公安局', shortName: '公安局' },
  'civil-affairs': { name: '民政局', shortName: '民政局' },
  agriculture: { name: '农业农村局', shortName: '农业农村局' },
  'emergency-fire': { name: '应急管理局', shortName: '应急局' },
  'market-regulation': { name: '市场监督管理局', shortName: '市场监管局' },
  water: { name: '水务局', shortName: '水务局' },
  'natural-resources': { name: '自然资源局', shortName: '自然资源局' },
  'party-government': { name: '人民政府办公室', shortName: '政府办' },
}

/** Code of the department that answers for a line in the sample county. */
export function sampleDepartmentCode(city: string, line: string): string {
  return `${city}-department-${line}`
}

/**
 * The county of the real, masked appeals (脱敏样例库): a command centre, one department for each line, a command centre
 * in each district. Names of people there are those of their posts: nobody is invented where the texts are real.
 */
export function sampleSeed(rows: readonly SampleDivisionRow[]): OrgSeed {
  const city = rows.find(([, , parent]) => parent === null)
  if (!city) throw new Error('the sample divisions name no city')
  const [cityCode, cityName] = city
  const common = commonSeed()
  const units: SeedUnit[] = []
  const accounts: SeedAccount[] = []
  const posts: SeedPost[] = []

  const addUnit = (unit: Omit<SeedUnit, 'parent' | 'limited'>): SeedUnit => {
    const made = { ...unit, parent: null, limited: false }
    units.push(made)
    return made
  }
  const addPost = (unit: SeedUnit, role: string, title: string, login: string, featured = false) => {
    const name = `${unit.shortName}${title}`
    accounts.push({ login, name, ...(featured ? { featured: title } : {}) })
    posts.push({
      code: `${unit.code}.${role}`,
      unit: unit.code,
      role,
      title,
      division: unit.division,
      roster: null,
      holders: [login],
    })
  }

  const command = addUnit({
    code: `${cityCode}-command`,
    kind: 'command',
    level: 'county',
    name: `${cityName}集成指挥中心`,
    shortName: '市指挥中心',
    division: cityCode,
    lines: ['party-government'],
  })
  addPost(command, 'countyDirector', '值班主任', 'sample-director')
  addPost(command, 'intakeClerk', '受理员', 'sample-intake', true)
  addPost(command, 'dutyChief', '值班长', 'sample-chief', true)
  addPost(command, 'dispatcher', '派遣员', 'sample-dispatch', true)

  const data = addUnit({
    code: `${cityCode}-data`,
    kind: 'data',
    level: 'county',
    name: `${cityName}数据局`,
    shortName: '市数据局',
    division: cityCode,
    lines: ['party-government'],
  })
  addPost(data, 'bureauAdmin', '管理员', 'sample-admin', true)

  for (const line of common.lines) {
    const department = DEPARTMENTS[line.code]
    if (!department) throw new Error(`no department is named for line ${line.code}`)
    const unit = addUnit({
      code: sampleDepartmentCode(cityCode, line.code),
      kind: 'department',
      level: 'county',
      name: `${cityName}${department.name}`,
      shortName: `市${department.shortName}`,
      division: cityCode,
      lines: [line.code],
    })
    const featured = line.code === 'urban-construction'
    addPost(unit, 'handler', '经办人', `sample-${line.code}`, featured)
    addPost(unit, 'unitLeader', '分管负责人', `sample-${line.code}-lead`, featured)
  }

  for (const [code, name] of rows.filter(([district]) => district.length === 9)) {
    const unit = addUnit({
      code: `${code}-command`,
      kind: 'command',
      level: 'town',
      name: `${name}集成指挥中心`,
      shortName: `${name}指挥中心`,
      division: code,
      lines: ['party-government'],
    })
    const number = code.slice(6)
    addPost(unit, 'intakeClerk', '受理员', `sample-${number}-intake`)
    addPost(unit, 'dutyChief', '值班长', `sample-${number}-chief`)
    addPost(unit, 'dispatcher', '派遣员', `sample-${number}-dispatch`)
    addPost(unit, 'handler', '经办人', `sample-${number}-handler`)
  }

  return {
    ...common,
    divisions: rows.map(([code, name, parent]) => ({
      code,
      name,
      shortName: name,
      parentCode: parent,
      center: null,
      illustrative: false,
    })),
    units,
    accounts,
    posts,
  }
}
