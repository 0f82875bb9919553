import { afterAll, beforeAll, describe, expect, it } from 'vitest'
import { type Desk, Town, written } from './support/town.ts'

let town: Town

beforeAll(async () => {
  town = await Town.open(written)
})
afterAll(() => town?.close())

/** A file as a surveyor would send it, with what is wrong in it. */
async function fileWithFaults(desk: Desk): Promise<string> {
  const answer = await desk.ask('/grid-export?format=geojson&datum=gcj02&under=320506103002&kind=general')
  const file = JSON.parse(answer.text) as {
    features: { properties: Record<string, unknown>; geometry: { type: string; coordinates: number[][][] } }[]
  }
  const [first, second] = file.features
  // One corner is pulled far over the border: it overlaps a neighbour and leaves the village, and a gap opens.
  const ring = first!.geometry.coordinates[0]!
  ring[1] = [ring[1]![0]! + 0.004, ring[1]![1]! + 0.003]
  file.features.push({ ...second!, properties: { ...second!.properties } })
  file.features.push({ ...second!, properties: { 网格代码: '320506103999001', 网格名称: '不知何处的网格' } })
  return JSON.stringify(file)
}

describe('grids', () => {
  it('are listed and shown on the map of the county, and one by one', async () => {
    const desk = await town.official('data-gu')
    await desk.goto('/grids')
    await desk.look('grids')
    await desk.goto('/grids/map')
    await desk.look('grids-map')
    await desk.goto('/grids/map?town=320506103')
    await desk.look('grids-map-town')
    await desk.goto('/grids/320506103001003')
    await desk.page.getByText('在办事项').first().waitFor()
    await desk.look('grid')
  })

  it('an import names every fault; mended, it is published by somebody else', async () => {
    const drafter = await town.official('md-yin')
    const text = await fileWithFaults(drafter)
    await drafter.goto('/grids/import')
    await drafter.look('grid-import')
    await drafter.page
      .getByLabel('GeoJSON 文件')
      .setInputFiles({ name: '花苑社区勘界.geojson', mimeType: 'application/geo+json', buffer: Buffer.from(text) })
    await drafter.page.getByLabel(/GCJ-02/).check()
    await drafter.page.getByLabel('调整依据').fill('木网格〔2026〕2 号')
    await drafter.page.getByRole('button', { name: '导入并检查' }).click()
    await drafter.page.waitForURL(/\/grids\/changes\/\d+/)
    for (const fault of ['代码重复', '没有这个村（社区）', '超出村（社区）界线', '重叠'])
      await drafter.page.getByText(fault, { exact: true }).first().waitFor()
    await drafter.page.locator('.y-fault').filter({ hasText: '超出村（社区）界线' }).first().click()
    await drafter.look('grid-import-faults')

    // The two that make no sense are left out, the corner goes back to where it was.
    for (const name of ['不知何处的网格']) {
      await drafter.page.getByRole('button', { name: '全部网格' }).click()
      await drafter.page.getByRole('button', { name }).first().click()
      await drafter.page.getByRole('button', { name: '移出方案' }).click()
    }
    const second = drafter.page.locator('.y-grids-list button').last()
    await second.click()
    await drafter.page.getByRole('button', { name: '移出方案' }).click()
    await drafter.page.locator('.y-grids-list button').first().click()
    const lon = drafter.page.getByLabel('顶点 2 经度')
    const lat = drafter.page.getByLabel('顶点 2 纬度')
    const moved = [Number(await lon.inputValue()), Number(await lat.inputValue())]
    await lon.fill((moved[0]! - 0.004).toFixed(6))
    await lon.press('Enter')
    await lat.fill((moved[1]! - 0.003).toFixed(6))
    await lat.press('Enter')
    await drafter.page.getByText('目前没有问题，请保存').waitFor()
    // A corner is reached and moved by the keyboard alone; undo takes it back.
    const corner = drafter.page.getByRole('button', { name: '顶点 1', exact: true })
    await corner.focus()
    await drafter.page.keyboard.press('Shift+ArrowRight')
    await drafter.page.keyboard.press('Shift+ArrowRight')
    await drafter.page.getByText(/还有 \d+ 处问题/).waitFor()
    await drafter.look('grid-editor')
    await drafter.page.getByRole('button', { name: '撤销一步' }).click()
    await drafter.page.getByRole('button', { name: '撤销一步' }).click()
    await drafter.page.getByText('目前没有问题，请保存').waitFor()
    await drafter.page.getByRole('button', { name: '保存并检查' }).click()
    await drafter.page.getByText('检查通过，等待发布').waitFor()

    const leader = await town.official('md-qin')
    await leader.goto(new URL(drafter.page.url()).pathname.replace(/^.*\/console/, ''))
    await leader.page.getByText('检查通过，可以发布').waitFor()
    await leader.page.getByRole('button', { name: '发布', exact: true }).click()
    const form = leader.page.getByRole('dialog')
    await form.getByText('没有在办事项和岗位受影响').waitFor()
    await form.getByRole('button', { name: '发布', exact: true }).click()
    await leader.page
      .getByText(/起生效/)
      .first()
      .waitFor()
    await leader.look('grid-published')
    expect(leader.errors).toEqual([])
  })

  it('a split shows where open cases and posts go, and leaves a lineage', async () => {
    const drafter = await town.official('md-yin')
    await drafter.goto('/grids/320506103001003')
    await drafter.page.getByRole('link', { name: '拆分' }).click()
    await drafter.page.getByRole('heading', { name: /^拆分/ }).waitFor()
    await drafter.page.getByText('分为 2 个网格').waitFor()
    await drafter.page.getByLabel('第 1 个网格的名称').fill('香溪社区第 05 网格')
    await drafter.page.getByLabel('第 2 个网格的名称').fill('香溪社区第 06 网格')
    await drafter.look('grid-split')
    await drafter.page.getByRole('button', { name: '生成草稿并检查' }).click()
    const form = drafter.page.getByRole('dialog')
    await drafter.fill(form, '调整依据', '户数超过 500，木网格〔2026〕3 号')
    await form.getByRole('button', { name: '生成草稿并检查' }).click()
    await drafter.page.getByText('检查通过，等待发布').waitFor()

    const leader = await town.official('md-qin')
    await leader.goto(new URL(drafter.page.url()).pathname.replace(/^.*\/console/, ''))
    await leader.page.getByRole('button', { name: '发布', exact: true }).click()
    const publishing = leader.page.getByRole('dialog')
    await publishing.getByText('岗位随之到').waitFor()
    await leader.look('grid-split-preview')
    await publishing.getByRole('button', { name: '发布', exact: true }).click()
    await leader.page
      .getByText(/起生效/)
      .first()
      .waitFor()
    await leader.goto('/grids/320506103001003')
    await leader.page.getByRole('heading', { name: '谱系' }).waitFor()
    await leader.look('grid-lineage')
    await leader.page.getByRole('link', { name: '香溪社区第 05 网格' }).first().click()
    await leader.page.getByText('王丽琴').first().waitFor()
    await leader.goto('/grids/changes')
    await leader.look('grid-changes')
  })

  it('a new dedicated grid is drawn, cut out of the one around it, and gets its code', async () => {
    const desk = await town.official('md-yin')
    await desk.goto('/grids/320506103003001')
    await desk.page.getByRole('button', { name: '勘界' }).click()
    const form = desk.page.getByRole('dialog')
    await desk.fill(form, '调整依据', '新建农贸市场投入使用')
    await form.getByRole('button', { name: '勘界' }).click()
    await desk.page.waitForURL(/\/grids\/changes\/\d+/)
    await desk.page.getByRole('button', { name: '新画网格' }).click()
    await desk.page.getByRole('menuitem', { name: '专属网格' }).click()
    await desk.page.getByRole('button', { name: '顶点 1', exact: true }).waitFor()
    const corner = desk.page.getByRole('button', { name: '顶点 1', exact: true })
    await corner.focus()
    await desk.page.keyboard.press('Shift+ArrowRight')
    await desk.page.getByText('目前没有问题，请保存').waitFor()
    await desk.look('grid-drawn')
    await desk.page.getByRole('button', { name: '保存并检查' }).click()
    await desk.page.getByText('检查通过，等待发布').waitFor()
    await desk.page.getByText('320506103003801').first().waitFor()
  })

  it('borders of villages are tried first and then taken in', async () => {
    const desk = await town.official('data-gu')
    const answer = JSON.parse((await desk.ask('/grid-shapes?under=320506103001')).text)
    const feature = { type: 'Feature', properties: { code: '320506103001' }, geometry: answer.villages[0].shape }
    const file = {
      type: 'FeatureCollection',
      features: [feature, { ...feature, properties: { code: '320506103999' } }],
    }
    const send = async (features: unknown[]) => {
      await desk.page.getByLabel('GeoJSON 文件').setInputFiles({
        name: '村社区界线.geojson',
        mimeType: 'application/geo+json',
        buffer: Buffer.from(JSON.stringify({ ...file, features })),
      })
      await desk.page.getByRole('button', { name: '试检查' }).click()
    }
    await desk.goto('/grids/import')
    await desk.page.getByLabel('村（社区）界线').check()
    await desk.page.getByLabel(/GCJ-02/).check()
    await desk.page.getByLabel('调整依据').fill('民政勘界成果')
    await send(file.features)
    await desk.page.getByText('没有这个村（社区）').waitFor()
    await desk.look('grid-borders')
    await send([feature])
    await desk.page.getByText('没有错误，可以入库').waitFor()
    await desk.page.getByRole('button', { name: '确认入库' }).click()
    await desk.page.getByText('1 个村（社区）的界线已入库').waitFor()
  })

  it('neighbours are merged from the map or the list', async () => {
    const drafter = await town.official('md-yin')
    await drafter.goto('/grids/320506103001001/merge')
    await drafter.page.getByLabel('香溪社区第 02 网格').check()
    await drafter.look('grid-merge')
  })
})
