import { type Catalogue, gather, type Language, type LocaleFile } from '#ui/i18n/catalogue.ts'
import own from './locale/zh-CN.json' with { type: 'json' }

const modules = import.meta.glob<LocaleFile>('#modules/*/*/mobile/locale/zh-CN.json', {
  eager: true,
  import: 'default',
})

/** Chinese comes with the page; English is fetched by who wants it. */
export const chinese: Catalogue = gather('zh-CN', [own, ...Object.values(modules)])

export async function loadCatalogue(language: Language): Promise<Catalogue> {
  if (language === 'zh-CN') return chinese
  const { english } = await import('./english.ts')
  return english
}
