import loop from '#modules/services/loop/mobile/locale/zh-CN.json' with { type: 'json' }
import { type Catalogue, gather, type Language } from '#ui/i18n/catalogue.ts'
import own from './locale/zh-CN.json' with { type: 'json' }

/** Chinese comes with the page; English is fetched by who wants it. */
export const chinese: Catalogue = gather('zh-CN', [own, loop])

export async function loadCatalogue(language: Language): Promise<Catalogue> {
  if (language === 'zh-CN') return chinese
  const { english } = await import('./english.ts')
  return english
}
