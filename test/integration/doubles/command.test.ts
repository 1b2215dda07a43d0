import { type ChildProcess, spawn } from 'node:child_process'
import { once } from 'node:events'
import { fileURLToPath } from 'node:url'
import { describe, expect, it } from '@jest/globals'
import { NAMED_PLATFORMS } from '../../../src/doubles/names.ts'
import { tell } from '../../helpers/doubles.ts'
import { runProgram } from '../../helpers/run-program.ts'

const CLI = fileURLToPath(new URL('../../../src/streakline.js', import.meta.url))

/** Resolves with what was printed up to the last line that a double prints when it is there. */
async function untilStarted(child: ChildProcess): Promise<string> {
  let output = ''
  for await (const chunk of child.stdout as AsyncIterable<Buffer>) {
    output += chunk.toString()
    if (/STREAKLINE_PLATFORM_ORIGINS=\S+\n/.test(output)) break
  }
  return output
}

describe('streakline doubles', () => {
  it.each(NAMED_PLATFORMS.map(({ name }) => name))(
    'says with --help what the double of %s can be told',
    async (name) => {
      const { status, stdout } = await runProgram(process.execPath, [CLI, 'doubles', name, '--help'])
      expect(status).toBe(0)
      expect(stdout).toContain('--port')
      expect(stdout).toContain('POST /__control/faults')
      expect(stdout).toContain('GET /__control/world')
    },
  )

  it.each(NAMED_PLATFORMS.map(({ name }) => name))(
    'runs the double of %s until it is told to stop',
    async (name) => {
      const child = spawn(process.execPath, [CLI, 'doubles', name, '--port', '0'], {
        stdio: ['ignore', 'pipe', 'inherit'],
      })
      try {
        const output = await untilStarted(child)
        const [, origin = ''] =
          new RegExp(`^STREAKLINE_PLATFORM_ORIGINS=${name}=(http://127.0.0.1:\\d+)$`, 'm').exec(output) ?? []
        expect(JSON.stringify(await tell({ origin }, 'GET /world'))).toContain('"')
        child.kill('SIGTERM')
        const [code] = await once(child, 'exit')
        expect(code).toBe(0)
      } finally {
        child.kill('SIGKILL')
      }
    },
  )

  it('says in one sentence that a port is taken', async () => {
    const first = spawn(process.execPath, [CLI, 'doubles', 'voucherify', '--port', '0'], {
      stdio: ['ignore', 'pipe', 'inherit'],
    })
    try {
      const [, port = ''] = /127\.0\.0\.1:(\d+)/.exec(await untilStarted(first)) ?? []
      const { status, stderr } = await runProgram(process.execPath, [
        CLI,
        'doubles',
        'voucherify',
        '--port',
        port,
      ])
      expect(status).toBe(1)
      expect(stderr).toBe(`Port ${port} is taken by another program: name another with --port.\n`)
    } finally {
      first.kill('SIGTERM')
      await once(first, 'exit')
    }
  })

  it('says in one sentence what the double of Shopify lacks where packages for development are not installed', async () => {
    const hide = `import { registerHooks } from 'node:module'
      registerHooks({ resolve: (name, context, next) => next(name === 'graphql' ? 'not-installed' : name, context) })`
    const { status, stdout, stderr } = await runProgram(process.execPath, [
      '--import',
      `data:text/javascript,${encodeURIComponent(hide)}`,
      CLI,
      'doubles',
      'shopify',
      '--port',
      '0',
    ])
    expect([status, stdout]).toEqual([1, ''])
    expect(stderr).toMatch(/^The double of Shopify needs the package "graphql", .*: run "npm install"\.\n$/)
  })

  it('answers a control that is not there with those that are', async () => {
    const child = spawn(process.execPath, [CLI, 'doubles', 'voucherify', '--port', '0'], {
      stdio: ['ignore', 'pipe', 'inherit'],
    })
    try {
      const [, origin = ''] = /(http:\/\/127\.0\.0\.1:\d+)/.exec(await untilStarted(child)) ?? []
      const response = await fetch(`${origin}/__control/nothing`)
      expect(response.status).toBe(404)
      expect(((await response.json()) as { controls: string[] }).controls.join('\n')).toContain(
        'POST /__control/campaigns',
      )
      await expect(tell({ origin }, 'POST /clock', { advanceSeconds: 'x' })).rejects.toThrow('advanceSeconds')
    } finally {
      child.kill('SIGTERM')
      await once(child, 'exit')
    }
  })
})
