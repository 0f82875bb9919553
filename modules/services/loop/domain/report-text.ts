import { redactText } from '#platform/logs/redact.ts'

const TITLE_LENGTH = 30

/** A title from the first sentence of a report, without numbers of persons. */
export function titleOf(text: string): string {
  const first = maskNumbers(text)
    .trim()
    .split(/[。！？!?；;\n]/)[0]!
    .trim()
  return first.length > TITLE_LENGTH ? `${first.slice(0, TITLE_LENGTH - 1)}…` : first || '未写明事由'
}

/** The text as officials' lists and the index hold it: phone and identity numbers masked, the rest as written. */
export function maskNumbers(text: string): string {
  return redactText(text)
}

/** Which emergency numbers the words of a report point to (danger first: the screen says so at once, no queue). */
const DANGER: readonly { number: '119' | '110' | '120'; words: RegExp }[] = [
  {
    number: '119',
    words: /着火|起火|冒烟|焦味|爆炸|煤气泄漏|燃气泄漏|飞线充电|拉电?线.{0,12}充电|电瓶.{0,8}(冒烟|发烫)/,
  },
  { number: '110', words: /打人|打架|持刀|砍人|抢劫|跟踪|家暴|威胁要杀|绑架|偷窃正在/ },
  { number: '120', words: /昏迷|晕倒|大出血|没有呼吸|叫不醒|中毒|自杀|跳楼|割腕|不想活/ },
]

export function dangerIn(text: string): ('119' | '110' | '120')[] {
  const found = DANGER.filter(({ words }) => words.test(text)).map(({ number }) => number)
  return /自杀|跳楼|割腕|不想活/.test(text) && !found.includes('110') ? [...found, '110'] : found
}

/** Kind of place that the words name, as the duty list distinguishes them. */
const PLACE_KINDS: readonly [string, RegExp][] = [
  ['stairwell', /楼道|楼梯间|单元门|电梯/],
  ['school', /学校|小学|中学|幼儿园/],
  ['housing-estate', /小区|花苑|新村|公寓|幢|单元|业主|物业|地库/],
  ['market', /菜场|市场|集市/],
  ['waters', /河|湖|塘|浜|港|水面|驳岸/],
  ['factory', /厂|车间|工业坊|工业园/],
  ['construction-site', /工地|施工/],
  ['road', /路口|公路|大道|马路|路段/],
  ['street', /街|沿街|店|摊/],
  ['village', /村/],
]

/** Best guess of the kind of place from its words; `any` where nothing is recognised. */
export function placeKindOf(placeText: string, text: string): string {
  for (const source of [placeText, text]) for (const [kind, words] of PLACE_KINDS) if (words.test(source)) return kind
  return 'any'
}
