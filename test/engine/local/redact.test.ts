import { test } from 'uvu';
import * as assert from 'uvu/assert';
import { recording } from '../../../orchestrator/engine/local/command-record.ts';
import type { Command, CommandRecord } from '../../../orchestrator/tool/process/process.ts';

const canary = 'canary-4711';

async function record(command: Partial<Command>): Promise<CommandRecord> {
  const records: CommandRecord[] = [];
  const run = recording(
    async () => ({
      exitCode: 0,
      signal: undefined,
      spawnError: undefined,
      aborted: false,
      stdout: '',
      stderr: '',
      seconds: 0,
    }),
    'namespace',
    () => [],
    (each) => records.push(each),
  );
  await run({ program: 'git', args: [], cwd: '/', env: {}, network: 'allowed', ...command });
  return records[0] as CommandRecord;
}

test('nothing of the user reaches the record of a command that fetches', async () => {
  const recorded = await record({
    args: ['clone', `https://me:${canary}@example.com/a.git`],
    env: {
      GOPROXY: `https://me:${canary}@proxy.example.com,direct`,
      GIT_CONFIG_VALUE_0: canary,
      HTTPS_PROXY: `http://me:${canary}@example.com`,
      HOME: `/home/${canary}`,
      LC_ALL: 'C',
    },
  });
  assert.not.match(JSON.stringify(recorded), canary);
  assert.is(recorded.env['GOPROXY'], 'https://proxy.example.com,direct');
  assert.is(recorded.env['LC_ALL'], 'C');
  assert.equal(recorded.argv, ['git', 'clone', 'https://example.com/a.git']);
});

test("keys of BuildKit's caches are withheld, and names of layouts are no credentials", async () => {
  const cache = `type=s3,bucket=b,secret_access_key=${canary}`;
  const base = 'context:base=oci-layout://base@sha256:0123';
  const recorded = await record({ program: 'buildctl', args: ['--export-cache', cache, '--opt', base] });
  assert.equal(recorded.argv, [
    ...['buildctl', '--export-cache', 'type=s3,bucket=b,secret_access_key=***', '--opt', base],
  ]);
});

test('what a compile task gets is recorded as it is', async () => {
  const recorded = await record({ network: 'none', env: { GIT_CONFIG_COUNT: '7' } });
  assert.is(recorded.env['GIT_CONFIG_COUNT'], '7');
});

test.run();
