import { pinyin } from 'pinyin-pro'
import { blindToken, blindTokens } from '#platform/crypto/blind-token.ts'
import type { KeyRing } from '#platform/crypto/key-ring.ts'

/**
 * Names are searched by three tokens each: in full, by pinyin, by initials. Stored together in one `bytea[]` column with a
 * GIN index; domains keep the kinds apart. Initials are few, so their frequencies can be seen by who holds the database.
 */

/** One form for a name: no spaces, no middle dots, Latin letters lower case. */
export function normaliseName(name: string): string {
  return name
    .normalize('NFKC')
    .replace(/[\s·•‧・・.]/g, '')
    .toLowerCase()
}

/** Pinyin without tones; surnames read as surnames (单 shan, 曾 zeng). ü is written v. */
export function namePinyin(name: string): { full: string; initials: string } {
  const syllables = pinyin(normaliseName(name), { toneType: 'none', type: 'array', surname: 'head', v: true })
  return { full: syllables.join(''), initials: syllables.map((syllable) => syllable.charAt(0)).join('') }
}

/** The tokens to store for a name. */
export function nameTokens(ring: KeyRing, name: string): Buffer[] {
  const normal = normaliseName(name)
  if (normal === '') return []
  const { full, initials } = namePinyin(normal)
  return [
    blindToken(ring, 'name', normal),
    blindToken(ring, 'name.pinyin', full),
    blindToken(ring, 'name.initials', initials),
  ]
}

/**
 * The tokens to look for, whatever the person typed: characters, pinyin or initials. `where name_tokens && ${…}::bytea[]`.
 */
export function nameQueryTokens(ring: KeyRing, query: string): Buffer[] {
  const normal = normaliseName(query)
  if (normal === '') return []
  if (!/^[a-z]+$/.test(normal)) return blindTokens(ring, 'name', normal)
  return ['name', 'name.pinyin', 'name.initials'].flatMap((domain) => blindTokens(ring, domain, normal))
}
