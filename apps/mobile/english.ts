import { type Catalogue, gather, type LocaleFile } from '#ui/i18n/catalogue.ts'
import own from './locale/en.json' with { type: 'json' }

const modules = import.meta.glob<LocaleFile>('#modules/*/*/mobile/locale/en.json', { eager: true, import: 'default' })

export const english: Catalogue = gather('en', [own, ...Object.values(modules)])
