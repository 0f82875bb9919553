import { ClassKeywords, type ClassSuggestion } from '#modules/management/duties/domain/class-keywords.ts'
import {
  ANY_PLACE,
  type ClassLimits,
  type ComingClasses,
  type DutyClass,
  type DutyItem,
  type DutyList,
  type DutyRuling,
  mayLead,
  type PlaceKind,
  parseUnit,
  type VillageItem,
} from '#modules/management/duties/domain/duty.ts'
import type { Directory, UnitRef } from '#platform/process/directory.ts'
import type { WhyPart } from '#platform/process/effect.ts'

export interface DutyQuestion {
  readonly classCode: string | null
  /** Kind of place; null or `any` = not known, then only clauses for any place hold. */
  readonly placeKind: string | null
  /** Town, 9 digits; null = place unknown. May be left out where the village is given. */
  readonly townCode: string | null
  /** Village or community, 12 digits. */
  readonly villageCode: string | null
  /** A component for which no owner or keeper could be found (无主部件). */
  readonly unowned?: boolean
  /** The instant whose list and rulings hold. */
  readonly at: Date
}

export interface DutyRoute {
  /** Who leads (主办); undefined: the county's triage desk owns it and a person decides. */
  readonly lead?: UnitRef
  /** Who helps (协办), as far as they exist at the place. */
  readonly co: readonly UnitRef[]
  readonly list: DutyList | null
  readonly itemId: number | null
  readonly itemCode: string | null
  readonly clauseNumber: string | null
  readonly documentNumber: string | null
  /** Set where a ruling decided: the named unit may not return the case. */
  readonly rulingNumber?: string
  /** Why, in parts with wording `text.<key>`. */
  readonly why: readonly WhyPart[]
  /** What in list and rulings contradicts itself here, for people to settle. */
  readonly conflict?: WhyPart
}

/** Danger to life in a text: the words, and the numbers to call at once. */
export interface Danger {
  readonly words: readonly string[]
  readonly calls: readonly string[]
}

export interface DutyBook {
  readonly classes: readonly DutyClass[]
  readonly placeKinds: readonly PlaceKind[]
  /** All versions. */
  readonly items: readonly DutyItem[]
  readonly rulings: readonly DutyRuling[]
  /** All versions of the list of village work items. */
  readonly villageItems?: readonly VillageItem[]
  /** What prepared versions will set of classes, the earliest first. */
  readonly coming?: readonly ComingClasses[]
}

/** Classes, duty list and rulings of one county in memory. Pure: the same question always has the same answer. */
export class Duties {
  readonly book: DutyBook
  readonly #classes: ReadonlyMap<string, DutyClass>
  readonly #placeKinds: ReadonlyMap<string, PlaceKind>
  readonly #items: ReadonlyMap<string, readonly DutyItem[]>
  readonly #rulings: ReadonlyMap<string, readonly DutyRuling[]>
  readonly #keywords: ClassKeywords

  constructor(book: DutyBook) {
    this.book = book
    this.#classes = new Map(book.classes.map((dutyClass) => [dutyClass.code, dutyClass]))
    this.#placeKinds = new Map(book.placeKinds.map((kind) => [kind.code, kind]))
    this.#items = Map.groupBy(book.items, (item) => item.classCode)
    this.#rulings = Map.groupBy(book.rulings, (ruling) => ruling.classCode)
    this.#keywords = new ClassKeywords(book.classes)
  }

  classOf(code: string): DutyClass | undefined {
    return this.#classes.get(code)
  }

  placeKind(code: string): PlaceKind | undefined {
    return this.#placeKinds.get(code)
  }

  /** Limits by class: 核实, 签收, 处置, 核查, 答复. */
  limitsOf(code: string): ClassLimits | undefined {
    return this.#classes.get(code)?.limits
  }

  /** Classes that a text may mean, the likeliest first, each with the words that decided; empty where none was found. */
  suggestClasses(text: string, limit = 5): ClassSuggestion[] {
    return this.#keywords.suggest(text, limit)
  }

  /**
   * Danger to life that a text tells of: by the words of one class where it is known, else by those of all.
   * @returns undefined where there is none
   */
  dangerIn(text: string, classCode?: string | null): Danger | undefined {
    const known = classCode ? this.#classes.get(classCode) : undefined
    const words = new Set<string>()
    const calls = new Set<string>()
    for (const dutyClass of known ? [known] : this.book.classes)
      for (const word of dutyClass.dangerWords)
        if (text.includes(word)) {
          words.add(word)
          for (const call of dutyClass.dangerCalls) calls.add(call)
        }
    return words.size === 0 ? undefined : { words: [...words], calls: [...calls].sort() }
  }

  /**
   * Who is responsible: class × kind of place × duty list, rulings before the list. A narrower kind of place goes before a
   * wider one, a later ruling before an earlier one. Where nothing is found, or the place is unknown, nobody leads and the
   * triage desk decides.
   * @param countyDivision division code of the county, for units at county level
   */
  route(question: DutyQuestion, directory: Directory, countyDivision: string): DutyRoute {
    const { at } = question
    const townCode = question.townCode ?? question.villageCode?.slice(0, 9) ?? null
    const place = { county: countyDivision, town: townCode, village: question.villageCode }
    const dutyClass = question.classCode ? this.#classes.get(question.classCode) : undefined
    if (!dutyClass) return triage(directory, { key: 'duties.why.class_unknown', params: {} })

    const kinds = this.kindsOf(question.placeKind)
    const kind = question.placeKind === ANY_PLACE ? undefined : this.#placeKinds.get(question.placeKind ?? '')
    const match: WhyPart = kind
      ? { key: 'duties.why.match', params: { class: dutyClass.fullName, place: kind.name } }
      : { key: 'duties.why.match_class', params: { class: dutyClass.fullName } }
    if (!townCode) return triage(directory, match, { key: 'duties.why.place_unknown', params: {} })

    const items = this.#itemsFor(dutyClass.code, kinds, at)
    const item = items[0]
    const rulings = this.#rulingsFor(dutyClass.code, kinds, at)
    const ruling = rulings.find((candidate) => !item || allowed(item, candidate.lead))
    const rule = ruling ?? item
    const territory = (question.unowned || !item) && !ruling ? dutyClass.fallback : null
    if (territory) {
      const unit = unitOf(territory, place, directory)
      if (unit) {
        const fits = { class: dutyClass.fullName, unit: unit.shortName }
        return {
          lead: unit,
          co: [],
          list: null,
          itemId: null,
          itemCode: null,
          clauseNumber: null,
          documentNumber: null,
          why: [
            { key: 'duties.why.lead', params: { unit: unit.shortName } },
            match,
            { key: question.unowned ? 'duties.why.territory' : 'duties.why.territory_no_item', params: fits },
          ],
        }
      }
    }
    if (!rule) return triage(directory, match, { key: 'duties.why.no_item', params: {} })

    const facts = {
      list: item?.list ?? null,
      itemId: item?.id ?? null,
      itemCode: item?.code ?? null,
      clauseNumber: item?.clauseNumber ?? null,
      documentNumber: item?.documentNumber ?? null,
      ...(ruling ? { rulingNumber: ruling.number } : {}),
      ...conflictOf(items, rulings, ruling),
    }
    if (!ruling && item && !allowed(item, item.lead))
      return { ...triage(directory, match, { key: 'duties.why.recovered_to_town', params: clauseOf(item) }), ...facts }

    const lead = unitOf(rule.lead, place, directory)
    if (!lead) {
      const missing: WhyPart = ruling
        ? { key: 'duties.why.ruling_unit_missing', params: { number: ruling.number } }
        : { key: 'duties.why.unit_missing', params: clauseOf(rule as DutyItem) }
      return { ...triage(directory, match, missing), ...facts }
    }
    const co = rule.co.flatMap((text) => unitOf(text, place, directory) ?? [])
    const why: WhyPart[] = [{ key: 'duties.why.lead', params: { unit: lead.shortName } }, match]
    if (ruling) {
      why.push({
        key: 'duties.why.ruling',
        params: { number: ruling.number, decision: plainDecision(ruling.decision) },
      })
      if (item && item.lead !== ruling.lead) {
        const otherwise = unitOf(item.lead, place, directory)
        if (otherwise)
          why.push({ key: 'duties.why.otherwise', params: { ...clauseOf(item), unit: otherwise.shortName } })
      }
    } else if (item) {
      if (kind && item.placeKind !== kind.code && item.placeKind !== ANY_PLACE)
        why.push({
          key: 'duties.why.wider',
          params: { place: this.#placeKinds.get(item.placeKind)?.name ?? item.placeKind },
        })
      why.push({ key: `duties.why.${item.list}`, params: { ...clauseOf(item), unit: lead.shortName } })
    }
    const keeper = dutyClass.caretaker ? unitOf(dutyClass.caretaker, place, directory) : undefined
    if (keeper) why.push({ key: 'duties.why.caretaker', params: { unit: keeper.shortName } })
    if (co.length > 0)
      why.push({ key: 'duties.why.co', params: { units: co.map((unit) => unit.shortName).join('、') } })
    return { lead, co, why, ...facts }
  }

  /** The list of village work items as it holds at an instant. */
  villageItemsAt(at: Date): VillageItem[] {
    return (this.book.villageItems ?? []).filter(
      (item) => item.validFrom <= at && (item.validTo === null || at < item.validTo),
    )
  }

  /** Whether villages may lead matters of a class: it stands on their list of work items as their own (自办). */
  villagesMayLead(classCode: string, at: Date): boolean {
    return this.villageItemsAt(at).some((item) => item.classCode === classCode && item.share === 'lead')
  }

  /** The same duties with the classes as they hold at an instant; the object itself where nothing is coming. */
  at(instant: Date): Duties {
    const due = (this.book.coming ?? []).filter((coming) => coming.at <= instant)
    const later = this.book.classes.some((entry) => entry.startsOn && entry.startsOn > instant)
    if (due.length === 0 && !later) return this
    const fields = new Map<string, Partial<DutyClass>>()
    for (const { patches } of due)
      for (const patch of patches) fields.set(patch.code, { ...fields.get(patch.code), ...patch.fields })
    return new Duties({
      ...this.book,
      classes: this.book.classes
        .filter((entry) => !entry.startsOn || entry.startsOn <= instant)
        .map((entry) => ({ ...entry, ...fields.get(entry.code) })),
      coming: (this.book.coming ?? []).filter((coming) => coming.at > instant),
    })
  }

  /** The item that holds for a class and kind of place at an instant, a wider one where there is none of its own. */
  itemAt(classCode: string, placeKind: string, at: Date): DutyItem | undefined {
    return this.#itemsFor(classCode, this.kindsOf(placeKind), at)[0]
  }

  /** The kind of place, then what it lies in, then any. */
  kindsOf(placeKind: string | null): string[] {
    const kinds: string[] = []
    for (
      let kind = this.#placeKinds.get(placeKind ?? '');
      kind && !kinds.includes(kind.code);
      kind = this.#placeKinds.get(kind.within ?? '')
    )
      if (kind.code !== ANY_PLACE) kinds.push(kind.code)
    kinds.push(ANY_PLACE)
    return kinds
  }

  /** Items that hold at the instant for the narrowest kind that has any; more than one is a contradiction. */
  #itemsFor(classCode: string, kinds: readonly string[], at: Date): DutyItem[] {
    const current = (this.#items.get(classCode) ?? []).filter(
      (item) => item.validFrom <= at && (item.validTo === null || at < item.validTo),
    )
    for (const kind of kinds) {
      const found = current.filter((item) => item.placeKind === kind)
      if (found.length > 0) return found.sort((a, b) => b.validFrom.getTime() - a.validFrom.getTime() || b.id - a.id)
    }
    return []
  }

  /** Rulings that hold at the instant: narrowest kind of place first, then the latest. */
  #rulingsFor(classCode: string, kinds: readonly string[], at: Date): DutyRuling[] {
    const rank = (ruling: DutyRuling) => kinds.findIndex((kind) => ruling.placeKinds.includes(kind))
    return (this.#rulings.get(classCode) ?? [])
      .filter(
        (ruling) => ruling.decidedAt <= at && (ruling.endedAt === null || at < ruling.endedAt) && rank(ruling) >= 0,
      )
      .sort((a, b) => rank(a) - rank(b) || b.decidedAt.getTime() - a.decidedAt.getTime())
  }
}

/** What the county took back never goes to a township, whatever an item or a ruling says. */
function allowed(item: DutyItem, lead: string): boolean {
  const unit = parseUnit(lead)
  return unit !== undefined && (item.list !== 'recovered' || mayLead(item.list, unit.level))
}

function clauseOf(item: DutyItem): { clause: string; document: string } {
  return { clause: item.clauseNumber, document: item.documentNumber }
}

function unitOf(
  text: string,
  place: { county: string; town: string | null; village: string | null },
  directory: Directory,
): UnitRef | undefined {
  const unit = parseUnit(text)
  const division = unit && place[unit.level]
  return unit && division ? directory.unitAt(division, unit.kind) : undefined
}

function triage(directory: Directory, ...why: WhyPart[]): DutyRoute {
  const desk = directory.triage()
  return {
    co: [],
    list: null,
    itemId: null,
    itemCode: null,
    clauseNumber: null,
    documentNumber: null,
    why: [
      desk ? { key: 'duties.why.triage', params: { unit: desk.shortName } } : { key: 'duties.why.nobody', params: {} },
      ...why,
    ],
  }
}

/** The decision as one sentence: that it cannot be returned holds for every ruling and is said after it. */
function plainDecision(decision: string): string {
  const said = decision.trim().replace(/[；;，,。]?\s*裁定后不得再退单?[。.]?$/, '')
  return /[。.]$/.test(said) ? said : `${said}。`
}

function conflictOf(
  items: readonly DutyItem[],
  rulings: readonly DutyRuling[],
  ruling: DutyRuling | undefined,
): { conflict: WhyPart } | undefined {
  const item = items[0]
  if (item && !ruling && !allowed(item, item.lead))
    return { conflict: { key: 'duties.conflict.recovered_to_town', params: clauseOf(item) } }
  const overruled = item && rulings.find((candidate) => !allowed(item, candidate.lead))
  if (item && overruled)
    return {
      conflict: { key: 'duties.conflict.ruling_recovered', params: { ...clauseOf(item), number: overruled.number } },
    }
  const other = items.find((candidate) => candidate.lead !== item?.lead)
  if (item && other)
    return {
      conflict: { key: 'duties.conflict.items', params: { clause: item.clauseNumber, other: other.clauseNumber } },
    }
  const rival = ruling && rulings.find((candidate) => candidate.lead !== ruling.lead)
  if (ruling && rival)
    return { conflict: { key: 'duties.conflict.rulings', params: { number: ruling.number, other: rival.number } } }
  if (ruling && item && item.validFrom > ruling.decidedAt && item.lead !== ruling.lead)
    return { conflict: { key: 'duties.conflict.newer_item', params: { ...clauseOf(item), number: ruling.number } } }
  return undefined
}
