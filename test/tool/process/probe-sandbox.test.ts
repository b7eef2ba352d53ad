import { mkdtempSync, rmSync, writeFileSync } from 'node:fs';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import * as assert from 'uvu/assert';
import { probeSandbox } from '../../../orchestrator/tool/process/probe-sandbox.ts';
import type { RunProcess } from '../../../orchestrator/tool/process/process.ts';
import type { Protection, Sandbox } from '../../../orchestrator/tool/process/sandbox.ts';
import { suite } from '../../rig/suite.ts';

const test = suite<{ bin: string }>('probe of the sandbox');
test.before((context, defer) => {
  context.bin = mkdtempSync(join(tmpdir(), 'bwrap-'));
  defer(() => rmSync(context.bin, { recursive: true }));
  writeFileSync(join(context.bin, 'bwrap'), '', { mode: 0o755 });
});

const machine = {
  ...{ uid: 1000, platform: 'linux/amd64' },
  limiter: { hasGroups: true, enter: () => ({ prefix: [], leave: () => {} }) },
};

/** What a process sees of itself in a sandbox that does what it should. */
const shown = {
  network: 'Inter-|   Receive\n face |bytes packets\n    lo: 0 0 0 0\n',
  status: 'Name:\tcat\nUid:\t0\t0\t0\t0\nCapEff:\t0000000000000000\nNoNewPrivs:\t1\nSeccomp:\t2\n',
};

/** A machine that refuses some protections, and one on which processes in a sandbox see this. */
function refusing(refused: readonly Protection[], seen = shown): (sandbox: Sandbox) => RunProcess {
  return ({ lacks }) =>
    async () => {
      const [first] = refused.filter((each) => !lacks.has(each));
      const ended = { signal: undefined, spawnError: undefined, aborted: false, seconds: 0 };
      if (first !== undefined) return { ...ended, exitCode: 1, stdout: '', stderr: `bwrap: no ${first}\n` };
      return { ...ended, exitCode: 0, stdout: seen.network + seen.status, stderr: '' };
    };
}

test('all of it', async ({ bin }) => {
  const { sandbox, missing } = await probeSandbox(refusing([]), bin, machine);
  assert.equal([sandbox?.bwrap, sandbox?.lacks.size, missing], [join(bin, 'bwrap'), 0, []]);
});

test('what the machine refuses is left out, and said in words; the rest is in force', async ({ bin }) => {
  for (const refused of [['processes'], ['filter'], ['size', 'users']] as const) {
    const { sandbox, missing } = await probeSandbox(refusing(refused), bin, machine);
    assert.equal([...(sandbox?.lacks ?? [])].sort(), [...refused].sort());
    assert.is(missing.length, refused.length);
  }
  const { missing } = await probeSandbox(refusing(['processes']), bin, machine);
  assert.equal(missing, ["the machine's list of processes is seen (bwrap: no processes)"]);
});

test('one that does not do what it claims does not count', async ({ bin }) => {
  const cases = [
    [{ ...shown, network: `${shown.network}  eth0: 0 0 0 0\n` }, /bwrap leaves lo, eth0|bwrap leaves .*eth0/],
    [{ ...shown, status: shown.status.replace('CapEff:\t0', 'CapEff:\tf') }, /capabilities/],
    [{ ...shown, status: shown.status.replace('NoNewPrivs:\t1', 'NoNewPrivs:\t0') }, /capabilities/],
  ] as const;
  for (const [seen, why] of cases) {
    const { sandbox, missing } = await probeSandbox(refusing([], seen), bin, machine);
    assert.is(sandbox, undefined);
    assert.match(missing.join(), why);
  }
  const unfiltered = { ...shown, status: shown.status.replace('Seccomp:\t2', 'Seccomp:\t0') };
  const { sandbox } = await probeSandbox(refusing([], unfiltered), bin, machine);
  assert.equal([...(sandbox?.lacks ?? [])], ['filter']);
});

test('without bubblewrap there is none, and root without control groups has no limit of processes', async ({
  bin,
}) => {
  const none = await probeSandbox(refusing([]), '/nowhere', machine);
  assert.is(none.sandbox, undefined);
  assert.match(
    none.missing.join(),
    /tasks see the files and processes of the machine: bwrap .* is not on the PATH/,
  );
  const limiter = { ...machine.limiter, hasGroups: false };
  const root = await probeSandbox(refusing([]), bin, { ...machine, uid: 0, limiter });
  assert.match(root.missing.join(), /processes is not limited/);
  assert.equal((await probeSandbox(refusing([]), bin, { ...machine, limiter })).missing, []);
});

test.run();
