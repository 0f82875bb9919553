import type { Arrival, Evaluation } from '#modules/services/whistle/domain/turn-up.ts'
import type { CasePart, CasePartProps } from '#ui/case/case-part.ts'
import { exactTime } from '#ui/clock/county-time.ts'
import { useText } from '#ui/i18n/TextProvider.tsx'

interface Called {
  unitId: number
  unit: string
}

const list = <T,>(value: unknown) => (Array.isArray(value) ? (value as T[]) : [])

/** Who was called, who came when, and what the town says of it. */
function TurnUp({ data, state }: CasePartProps) {
  const { t } = useText()
  const roll = list<Called>(data.roll)
  const arrivals = list<Arrival>(data.arrivals)
  const evaluations = list<Evaluation>(data.evaluations)
  const late = list<number>(data.lateUnits)
  const how = (unitId: number, arrival: Arrival | undefined) => {
    if (arrival) return arrival.late ? 'late' : 'in'
    return state === 'called' && !late.includes(unitId) ? 'waiting' : 'missing'
  }
  return (
    <section>
      <h2 className="y-sec">
        {t('whistle.part.title')} <small>{t('whistle.part.of', { n: roll.length, m: arrivals.length })}</small>
      </h2>
      <table className="y-table tight">
        <thead>
          <tr>
            <th>{t('whistle.part.unit')}</th>
            <th>{t('whistle.part.turnout')}</th>
            <th>{t('whistle.part.arrival')}</th>
            <th>{t('whistle.part.people')}</th>
            <th>{t('whistle.part.words')}</th>
          </tr>
        </thead>
        <tbody>
          {roll.map(({ unitId, unit }) => {
            const arrival = arrivals.find((one) => one.unitId === unitId)
            const turnout = how(unitId, arrival)
            return (
              <tr key={unitId}>
                <td>{unit}</td>
                <td>
                  {turnout === 'in' || turnout === 'waiting' ? (
                    t(`whistle.turnout.${turnout}`)
                  ) : (
                    <b>{t(`whistle.turnout.${turnout}`)}</b>
                  )}
                </td>
                <td>{arrival ? exactTime(arrival.at) : '—'}</td>
                <td>{arrival?.people ?? '—'}</td>
                <td>{evaluations.find((one) => one.unitId === unitId)?.words ?? '—'}</td>
              </tr>
            )
          })}
        </tbody>
      </table>
    </section>
  )
}

export const casePart: CasePart = { definitions: ['whistle'], Part: TurnUp }
