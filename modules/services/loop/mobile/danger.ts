import { dangerIn } from '../domain/report-text.ts'

export type EmergencyNumber = '119' | '110' | '120'

/** Words that only might mean danger: the screen asks. What surely means danger is the server's list, asked as well. */
const HINTS: readonly { number: EmergencyNumber; words: RegExp }[] = [
  {
    number: '119',
    words:
      /充电|电线|线路老化|短路|着火|起火|失火|火灾|冒烟|浓烟|火|烟|焦味|焦糊|烧焦|爆炸|煤气|燃气|瓦斯|漏气|汽油|烟花|困在电梯|被困|溺水|落水/g,
  },
  { number: '110', words: /打人|打架|动手|持刀|拿刀|抢|偷|威胁|跟踪|家暴|虐待|闯进|闹事|炸药/g },
  { number: '120', words: /受伤|流血|昏迷|晕倒|摔伤|骨折|中毒|触电|叫不醒|没有呼吸|心脏|抽搐/g },
]
const LIFE = /自杀|轻生|跳楼|割腕|不想活|活不下去/g
/** Everyday words that hold one of the above and mean no harm. */
const HARMLESS =
  /火车|火锅|红火|火腿|烟酒|油烟|禁烟|香烟|抽烟|吸烟|烟头|烟囱|抢修|抢险|抢种|抢占|偷懒|偷工减料|偷倒|偷排|充电桩|充电站|焦点/g

const ORDER: readonly EmergencyNumber[] = ['119', '110', '120']
const MOST_WORDS = 3

export interface Danger {
  /** Numbers that fit, in the order 119, 110, 120. */
  numbers: EmergencyNumber[]
  /** The words that made the screen ask, as they were written. */
  words: string[]
  /** Somebody may want to take their life: the screen speaks differently. */
  life: boolean
}

/**
 * Whether the words of a report point to danger, while it is being written. Danger comes first, so this rather asks once
 * too often; it never holds a report back.
 */
export function dangerOf(text: string): Danger | undefined {
  const plain = text.replace(HARMLESS, ' ')
  const words = new Set<string>()
  const numbers = new Set<EmergencyNumber>(dangerIn(text))
  for (const { number, words: pattern } of HINTS)
    for (const [word] of plain.matchAll(pattern)) {
      numbers.add(number)
      words.add(word)
    }
  const life = plain.match(LIFE)
  if (life) {
    numbers.add('110')
    numbers.add('120')
    for (const word of life) words.add(word)
  }
  if (numbers.size === 0) return undefined
  return {
    numbers: ORDER.filter((number) => numbers.has(number)),
    words: [...words].slice(0, MOST_WORDS),
    life: life !== null,
  }
}
