import loop from '#modules/services/loop/mobile/locale/en.json' with { type: 'json' }
import { type Catalogue, gather } from '#ui/i18n/catalogue.ts'
import own from './locale/en.json' with { type: 'json' }

export const english: Catalogue = gather('en', [own, loop])
