import { Readable } from 'node:stream'
import sharp from 'sharp'
import { expect, it } from 'vitest'
import { sql } from '#platform/db/db.ts'
import { fileRoomOf } from '#platform/files/files.raw.ts'
import { receiveUpload } from '#platform/files/uploads.ts'
import { actOnCase } from '#platform/process/engine.ts'
import { withTestCounty } from '#platform/testing/test-county.ts'
import { openReport } from './open-report.ts'

it('the files of a case are as secret as the case: from the start, and when it becomes so', () =>
  withTestCounty(async (county) => {
    const here = await county.here()
    const photo = await sharp({ create: { width: 8, height: 8, channels: 3, background: '#7799aa' } })
      .jpeg()
      .toBuffer()
    const upload = async () =>
      (
        await receiveUpload(fileRoomOf(county.services, here), Readable.from([photo]), {
          name: 'a.jpg',
          actor: { kind: 'system', name: 'test' },
        })
      ).id
    const grades = (caseId: number) =>
      county.inCounty(async (tx) => {
        const { rows } = await sql<{ secrecy: string }>`
          select secrecy from files_file where owner_kind = 'case' and owner_id = ${caseId}`.execute(tx)
        return rows.map(({ secrecy }) => secrecy)
      })
    const open = async (text: string, classCode?: string) => {
      const fileIds = [await upload()]
      return county.asSystem(async (context) => {
        const { state } = await openReport(context, {
          text,
          villageCode: '320506103001',
          source: 'window',
          fileIds,
          ...(classCode ? { classCode } : {}),
        })
        return state
      })
    }
    const lamp = await open('香溪花苑门口路灯不亮')
    expect(await grades(lamp.id)).toEqual(['internal'])
    for (const [action, form] of [
      ['accept', {}],
      ['fileCase', { secrecy: 'secret' }],
    ] as const)
      await county.asSystem((context) => actOnCase(context, { caseId: lamp.id, action, form }))
    expect(await grades(lamp.id)).toEqual(['secret'])

    const { rows } = await county.inCounty((tx) =>
      sql<{ code: string }>`select code from duties_class where secrecy = 'secret' order by code limit 1`.execute(tx),
    )
    const secret = await open('邻居家里有人打孩子', rows[0]!.code)
    expect(secret.secrecy).toBe('secret')
    expect(await grades(secret.id)).toEqual(['secret'])
  }))
