import { useState } from 'react'
import { useText } from '#ui/i18n/TextProvider.tsx'
import { Icon } from '#ui/icon/Icon.tsx'
import { Bones } from '#ui/mobile/Bones.tsx'
import { Failure } from '#ui/mobile/Failure.tsx'
import { Sheet } from '#ui/mobile/Sheet.tsx'
import type { Load } from '#ui/mobile/use-load.ts'
import { searchVillages, shortName } from '../place-search.ts'
import type { PublicPlaces } from '../public-places.ts'

interface Choice {
  townCode?: string | undefined
  villageCode?: string | undefined
}

/** Town, then village; or a few letters of the name. */
export function VillageSheet({
  places,
  onAgain,
  chosen,
  onClose,
  onChoose,
}: {
  places: Load<PublicPlaces>
  onAgain: () => void
  chosen: Choice
  onClose: () => void
  onChoose: (choice: Choice) => void
}) {
  const { t } = useText()
  const [typed, setTyped] = useState('')
  const towns = places.value?.towns ?? []
  const found = searchVillages(towns, typed)
  const searching = typed.trim() !== ''
  const openTown = chosen.townCode ?? chosen.villageCode?.slice(0, 9)
  return (
    <Sheet title={t('loop.m.village')} onClose={onClose}>
      {places.error && !places.value && <Failure error={places.error} onAgain={onAgain} />}
      {places.loading && !places.value && <Bones heights={[52, 52, 52, 52, 52]} slow={places.slow} />}
      {places.value && (
        <>
          <label className="m-label" htmlFor="village-search">
            {t('loop.m.village.search')}
          </label>
          <input
            id="village-search"
            className="m-input"
            type="search"
            enterKeyHint="search"
            autoComplete="off"
            value={typed}
            onChange={(event) => setTyped(event.target.value)}
          />
          <p className="m-small" role="status" style={{ minHeight: '1.6em' }}>
            {searching
              ? t(found.length > 0 ? 'loop.m.village.found' : 'loop.m.village.none', { count: found.length })
              : ''}
          </p>
          {searching ? (
            <ul className="m-card m-rows" hidden={found.length === 0}>
              {found.map(({ town, village }) => (
                <li key={village.code}>
                  <button
                    type="button"
                    className="m-row"
                    onClick={() => onChoose({ townCode: town.code, villageCode: village.code })}
                  >
                    <span className="y-grow">
                      <b>{shortName(village.name)}</b>
                      <small>{town.name}</small>
                    </span>
                    {village.code === chosen.villageCode && <Chosen />}
                  </button>
                </li>
              ))}
            </ul>
          ) : (
            <div className="m-card m-rows">
              {towns.map((town) => (
                <details key={town.code} name="town" open={town.code === openTown || undefined}>
                  <summary className="m-row">
                    <span className="y-grow">
                      <b>{town.name}</b>
                      {town.villages.length > 0 && (
                        <small>{t('loop.m.village.count', { count: town.villages.length })}</small>
                      )}
                    </span>
                    <span className="turn" aria-hidden="true">
                      <Icon name="right" size="s" />
                    </span>
                  </summary>
                  <ul className="m-rows" style={{ paddingLeft: 14 }}>
                    <li>
                      <button
                        type="button"
                        className="m-row"
                        onClick={() => onChoose({ townCode: town.code, villageCode: undefined })}
                      >
                        <span className="y-grow y-sub">{t('loop.m.village.townOnly', { town: town.name })}</span>
                        {!chosen.villageCode && chosen.townCode === town.code && <Chosen />}
                      </button>
                    </li>
                    {town.villages.map((village) => (
                      <li key={village.code}>
                        <button
                          type="button"
                          className="m-row"
                          onClick={() => onChoose({ townCode: town.code, villageCode: village.code })}
                        >
                          <span className="y-grow">{shortName(village.name)}</span>
                          {village.code === chosen.villageCode && <Chosen />}
                        </button>
                      </li>
                    ))}
                  </ul>
                </details>
              ))}
            </div>
          )}
        </>
      )}
    </Sheet>
  )
}

function Chosen() {
  const { t } = useText()
  return (
    <span style={{ color: 'var(--y-blue-600)' }}>
      <Icon name="check" />
      <span className="y-vh">{t('loop.m.village.chosen')}</span>
    </span>
  )
}
