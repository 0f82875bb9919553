import path from 'node:path'
import { describe, expect, it } from 'vitest'
import { ConfigError, loadConfig, repositoryRoot } from '#platform/config/config.ts'

function problemsOf(env: Record<string, string>): string {
  try {
    loadConfig(env)
  } catch (error) {
    expect(error).toBeInstanceOf(ConfigError)
    return (error as Error).message
  }
  throw new Error('the configuration was accepted')
}

describe('loadConfig', () => {
  it('has safe values when nothing is set', () => {
    const config = loadConfig({})
    expect(config).toMatchObject({
      port: 8080,
      host: '127.0.0.1',
      demo: false,
      varDir: path.join(repositoryRoot, 'var'),
      keyDir: path.join(repositoryRoot, 'var', 'keys'),
      logLevel: 'info',
      crypto: 'standard',
    })
    expect(config.databaseUrl).toBeUndefined()
    expect(config.unknown).toEqual([])
  })

  it('reads every kind of value', () => {
    const config = loadConfig({
      PORT: ' 9000 ',
      YITI_VAR: '/srv/yiti',
      DATABASE_URL: 'postgres://yiti:x@db:5432/yiti',
      YITI_DB_PREPARED: '0',
      YITI_LOG_LEVEL: 'debug',
      YITI_CRYPTO: 'national',
    })
    expect(config).toMatchObject({
      port: 9000,
      varDir: '/srv/yiti',
      keyDir: '/srv/yiti/keys',
      databaseUrl: 'postgres://yiti:x@db:5432/yiti',
      databasePrepared: false,
      logLevel: 'debug',
      crypto: 'national',
    })
  })

  it('takes an empty variable as unset, and a flag before a variable', () => {
    expect(loadConfig({ PORT: '', YITI_DEMO: '' })).toMatchObject({ port: 8080, demo: false })
    expect(loadConfig({ PORT: '1', YITI_DEMO: 'false' }, { port: 0, demo: true })).toMatchObject({
      port: 0,
      demo: true,
    })
  })

  it('cannot be changed afterwards', () => {
    const config = loadConfig({}) as { port: number }
    expect(() => {
      config.port = 1
    }).toThrow(TypeError)
  })

  it.each([
    ['PORT', '80x'],
    ['PORT', '65536'],
    ['PORT', '8.5'],
    ['PORT', '0x50'],
    ['YITI_DEMO', 'yes'],
    ['YITI_LOG_LEVEL', 'loud'],
    ['YITI_WORKERS', '-1'],
    ['YITI_PUBLIC_URL', 'yiti.example'],
    ['YITI_HOST', 'a b'],
  ])('refuses %s=%s and says in both languages what is right', (name, value) => {
    const message = problemsOf({ [name]: value })
    expect(message).toContain(`${name} 的值“${value}”不对，应为`)
    expect(message).toContain(`${name}: “${value}” is not `)
  })

  it('names all problems at once', () => {
    const message = problemsOf({ PORT: 'x', YITI_LOG_LEVEL: 'y' })
    expect(message).toContain('PORT')
    expect(message).toContain('YITI_LOG_LEVEL')
  })

  it('never repeats the password of a database address', () => {
    expect(problemsOf({ DATABASE_URL: 'mysql://root:geheim@db/x' })).not.toContain('geheim')
  })

  it('keeps demo accounts on this machine', () => {
    expect(problemsOf({ YITI_DEMO: 'true', YITI_HOST: '0.0.0.0' })).toContain('127.0.0.1')
    expect(loadConfig({ YITI_DEMO: 'true', YITI_HOST: '::1' }).demo).toBe(true)
    expect(loadConfig({ YITI_HOST: '0.0.0.0' }).host).toBe('0.0.0.0')
  })

  it('wants certificate and key together', () => {
    expect(problemsOf({ YITI_TLS_CERT: 'a.pem' })).toContain('YITI_TLS_KEY')
  })

  it('lists variables that nothing reads', () => {
    expect(loadConfig({ YITI_PROT: '80', HOME: '/root' }).unknown).toEqual(['YITI_PROT'])
  })
})
