import type { Static } from 'typebox'
import type { CasePageShape, InboxItemShape } from '#platform/process/contract.ts'
import type { CaseClockView } from '#ui/case/CaseHeader.tsx'
import type { TraceHop } from '#ui/case/trace.ts'
import { exactTime } from '#ui/clock/county-time.ts'
import type { Text } from '#ui/i18n/TextProvider.tsx'
import type { InboxItem } from '#ui/inbox/inbox-item.ts'
import { describeForm, type FormSchema } from '#ui/schema-form/form-schema.ts'
import { severityOf } from '../case-words.ts'

export type CasePage = Static<typeof CasePageShape>
export type ServerInboxItem = Static<typeof InboxItemShape>

/** The form of each action, for labelling what was submitted. */
export type FormOf = (action: string) => FormSchema | undefined

const clean = (parts: (string | null | undefined | false)[]): string => parts.filter(Boolean).join(' · ')

/** Wording of a key of the kind `<prefix>.<value>`; the value itself where nobody has worded it. */
export function wordOf({ t, has }: Text, prefix: string, value: string | null | undefined): string {
  if (!value) return ''
  const key = `${prefix}.${value}`
  return has(key) ? t(key) : value
}

export function toInboxItem(item: ServerInboxItem, text: Text, myUnits: ReadonlySet<number>): InboxItem {
  const { language, t } = text
  const unit = item.unit
  const place = item.villageName ?? item.townName
  return {
    id: String(item.id),
    caseId: item.caseId,
    title: place && !item.title.includes(place) ? `${place} · ${item.title}` : item.title,
    note: clean([item.number, item.className ?? item.definitionName[language], item.stateName[language]]),
    severity: severityOf(item.severity),
    task: item.todo[language],
    since: item.openedAt,
    source: wordOf(text, 'source', item.source),
    holder: unit
      ? myUnits.has(unit.id)
        ? t('console.inbox.ownPost', { role: wordOf(text, 'role', item.role) })
        : clean([unit.shortName, wordOf(text, 'role', item.role)])
      : t('console.inbox.myself'),
    due: item.dueAt
      ? {
          at: item.dueAt,
          unit: (item.clockUnit ?? 'workHour') as NonNullable<InboxItem['due']>['unit'],
          overdue: item.overdue,
          provisional: item.provisional,
        }
      : null,
    limit: item.clockUnit === 'urgentHour' ? t('ui.unit.urgentHour') : null,
    action: item.action && item.actionName ? { key: item.action, label: item.actionName[language] } : null,
    bulkKind: item.bulk && item.action ? `${item.definitionKey}/${item.state}/${item.action}` : null,
  }
}

export function toClocks(page: CasePage, text: Text): CaseClockView[] {
  return page.clocks.map((clock) => ({
    key: clock.key,
    name: clock.name[text.language],
    limit: clock.limit,
    due: {
      at: clock.dueAt,
      unit: clock.limit.unit,
      overdue: clock.overdue,
      pausedAt: clock.pausedAt,
      provisional: clock.provisional,
    },
    stoppedAt: clock.stoppedAt,
  }))
}

/**
 * The trace as the screen tells it. A hop to a state that the case reached before the one it comes from is a way back;
 * one that was explained decides something.
 */
export function toHops(page: CasePage, text: Text, formOf: FormOf): TraceHop[] {
  const { language, t, has } = text
  const firstSeen = new Map<string, number>()
  return page.trace.map((hop) => {
    if (!firstSeen.has(hop.toState)) firstSeen.set(hop.toState, hop.hop)
    const from = hop.fromState === null ? undefined : firstSeen.get(hop.fromState)
    const back = from !== undefined && firstSeen.get(hop.toState)! < from
    const who =
      hop.actorKind === 'staff'
        ? [
            hop.unitName,
            hop.roleName ? wordOf(text, 'role', hop.roleName) : '',
            hop.actorName,
            hop.acting ? t('console.case.acting') : '',
          ]
            .filter(Boolean)
            .join(' ')
        : wordOf(text, 'console.actor', hop.actorKind)
    const sentences = hop.why.map((w) => (has(w.key) ? t(w.key, readable(w.params)) : '')).filter(Boolean)
    // A sentence that ends in a colon announces the others.
    const announced = /[：:]\s*$/.test(sentences[0] ?? '')
    const why = sentences
      .slice(announced ? 1 : 0)
      .map((sentence, i, all) =>
        /[；。;.，,：:]\s*$/.test(sentence) || i === all.length - 1
          ? sentence
          : `${sentence}${language === 'en' ? '; ' : '；'}`,
      )
      .join('')
    return {
      id: hop.hop,
      at: hop.at,
      what: hop.actionName[language],
      who,
      note: hop.note,
      mark: back ? ('back' as const) : why ? ('key' as const) : ('plain' as const),
      phase: hop.phase,
      why: why || announced ? { title: announced ? sentences[0]! : t('console.case.why'), text: why } : null,
      details: hop.form
        ? describeForm(formOf(hop.action), hop.form, language, t('ui.yes'), t('ui.no'), page.names).filter(
            (d) => d.value !== '' && d.value !== hop.note,
          )
        : [],
      deviceAt: hop.deviceAt,
    }
  })
}

export function holderWords(page: CasePage, text: Text, myName: string): string {
  return page.holders
    .map((h) =>
      h.accountName === myName
        ? text.t('console.case.you')
        : [h.unitName, wordOf(text, 'role', h.role), h.accountName].filter(Boolean).join(' '),
    )
    .filter((words, i, all) => all.indexOf(words) === i)
    .slice(0, 4)
    .join(text.language === 'en' ? '; ' : '；')
}

const INSTANT = /^\d{4}-\d\d-\d\dT\d\d:\d\d(:\d\d(\.\d+)?)?Z$/

/** Instants among the values of a reason, as people read them. */
function readable<V>(params: Record<string, V>): Record<string, V | string> {
  return Object.fromEntries(
    Object.entries(params).map(([key, value]) => [
      key,
      typeof value === 'string' && INSTANT.test(value) ? exactTime(value).slice(0, 16) : value,
    ]),
  )
}
