import { type SampleDivisionRow, sampleSeed } from '#modules/foundation/org/server/sample-county.ts'
import { commonSeed, knownDivisions, type OrgSeed, wuzhongSeed } from '#modules/foundation/org/server/set-up.ts'
import type { County } from '#platform/db/counties.ts'

/**
 * What a new county begins with: the demo county 吴中区 with its people, the sample county of the masked appeals, and
 * every other one with its divisions (where they are known), lines, rules of grants, a command centre and a data bureau,
 * but nobody in them.
 */
export function seedOf(county: County): OrgSeed {
  if (county.regionPrefix === '320506' && county.demo) return wuzhongSeed()
  if (county.slug === 'sample') return sampleSeed(sampleDivisions(county))
  return bareSeed(county)
}

/** The districts of A市 that the masked texts name: six 区, two 县, one 市. */
const SAMPLE_DISTRICTS = ['A1区', 'A2区', 'A3区', 'A4区', 'A5区', 'A6区', 'A7县', 'A8县', 'A9市']

function sampleDivisions(county: County): SampleDivisionRow[] {
  const code = (index: number) => `${county.regionPrefix}${String(index + 1).padStart(3, '0')}`
  return [
    [county.regionPrefix, county.parentName, null],
    ...SAMPLE_DISTRICTS.map((name, index): SampleDivisionRow => [code(index), name, county.regionPrefix]),
  ]
}

function bareSeed(county: County): OrgSeed {
  const root = {
    code: county.regionPrefix,
    name: county.name,
    shortName: county.name,
    parentCode: null,
    center: null,
    illustrative: false,
  }
  const known = knownDivisions(county.regionPrefix)
  const unit = (kind: string, name: string) => ({
    code: `${county.regionPrefix}-${kind}`,
    kind,
    level: 'county' as const,
    name: `${county.name}${name}`,
    shortName: name,
    division: county.regionPrefix,
    lines: ['party-government'],
    parent: null,
    limited: false,
  })
  const command = unit('command', '集成指挥中心')
  const data = unit('data', '数据局')
  const post = (code: string, role: string, title: string) => ({
    code: `${code}.${role}`,
    unit: code,
    role,
    title,
    division: county.regionPrefix,
    roster: null,
    holders: [],
  })
  return {
    ...commonSeed(),
    divisions: known.length > 0 ? known : [root],
    units: [command, data],
    accounts: [],
    posts: [
      post(command.code, 'countyDirector', '值班主任'),
      post(command.code, 'intakeClerk', '受理员'),
      post(command.code, 'dutyChief', '值班长'),
      post(command.code, 'dispatcher', '派遣员'),
      post(data.code, 'bureauAdmin', '管理员'),
    ],
  }
}
