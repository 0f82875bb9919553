import { useState } from 'react'
import { listDivisions } from '#modules/foundation/org/contract.ts'
import type { RouteOutput } from '#platform/contract/route.ts'
import { useApi } from '#ui/api/use-api.ts'
import { useText } from '#ui/i18n/TextProvider.tsx'

type Division = RouteOutput<typeof listDivisions>['items'][number]

const MOST = 8
const GRID = 15

/** Finds a village or a grid by its name; a grid takes its village with it and shows where it lies. */
export function PlaceSearch({
  divisions,
  county,
  onPick,
}: {
  /** Divisions that the form offers. */
  divisions: readonly Division[]
  county: string
  onPick: (division: string, at: { lon: number; lat: number } | undefined) => void
}) {
  const { t } = useText()
  const [typed, setTyped] = useState('')
  const wanted = typed.normalize('NFKC').replace(/\s/g, '')
  const all = useApi(
    listDivisions,
    { under: divisions[0]?.code.slice(0, divisions[0].code.length > 9 ? 9 : 6) ?? county, depth: GRID },
    { enabled: wanted.length >= 2, staleTime: 600_000 },
  )
  const names = new Map((all.data?.items ?? []).map((d) => [d.code, d.shortName]))
  const found = wanted.length < 2 ? [] : (all.data?.items ?? []).filter((d) => d.level >= 9 && matches(d, wanted))
  return (
    <div className="find">
      <input
        type="search"
        aria-label={t('loop.desk.place')}
        placeholder={t('loop.desk.place')}
        value={typed}
        onChange={(event) => setTyped(event.target.value)}
      />
      {wanted.length >= 2 && all.data && found.length === 0 && (
        <p className="y-xs y-muted">{t('loop.desk.place.none')}</p>
      )}
      {found.length > 0 && (
        <ul>
          {found.slice(0, MOST).map((d) => (
            <li key={d.code}>
              <button
                type="button"
                className="y-chip"
                onClick={() => {
                  setTyped('')
                  onPick(offered(divisions, d.code), d.level >= 12 ? (d.center ?? undefined) : undefined)
                }}
              >
                {d.level === 9
                  ? d.shortName
                  : `${names.get(d.code.slice(0, d.level === GRID ? 12 : 9)) ?? ''} ${d.shortName}`}
              </button>
            </li>
          ))}
        </ul>
      )}
    </div>
  )
}

function matches(division: Division, wanted: string): boolean {
  return division.name.includes(wanted) || division.shortName.includes(wanted)
}

/** The division that the form offers for a code: itself, or the one around it. */
function offered(divisions: readonly Division[], code: string): string {
  const depth = Math.max(...divisions.map((d) => d.code.length), 9)
  return code.slice(0, Math.min(code.length, depth))
}
