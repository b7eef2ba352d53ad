import { mkdirSync, readdirSync, readFileSync, rmSync, statSync } from 'node:fs';
import { join } from 'node:path';
import { test } from 'uvu';
import * as assert from 'uvu/assert';
import { asDigest } from '../../../orchestrator/core/digest.ts';
import type { Failure } from '../../../orchestrator/core/failure.ts';
import { err, ok, type Result } from '../../../orchestrator/core/result.ts';
import { asNodeId } from '../../../orchestrator/plan/node-base.ts';
import type { CBuildNode } from '../../../orchestrator/plan/node-c.ts';
import { compileProgram } from '../../../orchestrator/task/c/build.ts';
import { cBuildInputs } from '../../../orchestrator/task/c/inputs.ts';
import type { ImageBuild } from '../../../orchestrator/tool/buildkit/builder.ts';
import { writeImageLayout } from '../../rig/image-layout.ts';
import { writeFiles } from '../../rig/world.ts';
import { fakeContext } from '../task-context.ts';

const [source, compiler] = [asNodeId('source'), asNodeId('compiler')];
const node: CBuildNode = {
  ...{ kind: 'c-build', id: asNodeId('c-build pause linux/arm64'), needs: [source, compiler], title: '' },
  ...{ projects: [], source, file: 'build/pause/pause.c', program: 'pause', flags: ['-static', '-DA="b"'] },
  ...{ platform: 'linux/arm64', compiler, gcc: 'cross-gcc', on: 'linux/amd64' },
};

/** The header of a program in ELF for a processor, by its number. */
function elf(machine: number): Buffer {
  const header = Buffer.alloc(64);
  header.write('\x7fELF\x02\x01\x01', 'latin1');
  header.writeUInt16LE(2, 16);
  header.writeUInt16LE(machine, 18);
  return header;
}

interface Ran {
  readonly result: Awaited<ReturnType<typeof compileProgram>>;
  readonly builds: readonly ImageBuild[];
  readonly dockerfile: string;
  readonly files: readonly string[];
  readonly output: string;
}

interface Wish {
  readonly node?: Partial<CBuildNode>;
  readonly user?: string;
  readonly machine?: number;
  readonly fails?: Failure;
}

/** Runs the task on a fleet that gives a program for a processor, and lets a test look at what it asked for. */
async function run(wish: Wish, look: (ran: Ran) => void): Promise<void> {
  const context = fakeContext(() => undefined, {}, { source: 's', compiler: 'c' });
  writeFiles(context.folder, {
    's/facts.json': JSON.stringify({ headUnixTime: 1_700_000_000 }),
    's/source/build/pause/pause.c': 'int main(void) { return 0; }\n',
    's/source/other.c': '',
  });
  writeImageLayout(join(context.folder, 'c'), {
    layers: [[{ path: 'usr/bin/gcc', content: 'gcc' }]],
    config: wish.user === undefined ? {} : { User: wish.user },
  });
  const builds: ImageBuild[] = [];
  const asked = { dockerfile: '', files: [] as readonly string[] };
  const fleet = {
    secrets: [],
    whyNone: async () => undefined,
    async build(build: ImageBuild): Promise<Result<readonly string[], Failure>> {
      builds.push(build);
      asked.dockerfile = readFileSync(join(build.dockerfile, 'Dockerfile'), 'utf8');
      asked.files = readdirSync(build.context);
      if (wish.fails !== undefined) return err(wish.fails);
      mkdirSync(build.output, { recursive: true });
      const content = elf(wish.machine ?? 183);
      writeImageLayout(build.output, { layers: [[{ path: 'pause', content, mode: 0o755 }]] });
      return ok(['a note']);
    },
  };
  const result = await compileProgram({ ...node, ...wish.node }, context, { fleet });
  look({ result, builds, ...asked, output: context.output });
  rmSync(context.folder, { recursive: true });
}

test('one file is compiled without a shell, on the platform that the compiler runs on', async () => {
  await run({}, ({ result, builds, dockerfile, files, output }) => {
    assert.equal(result, ok({ notes: ['a note'] }));
    assert.is(builds[0]?.platform, 'linux/amd64');
    assert.is(builds[0]?.epoch, 1_700_000_000);
    assert.equal(files, ['pause.c']);
    assert.match(
      dockerfile,
      'RUN --network=none --mount=type=bind,target=/source ["cross-gcc","-static","-DA=\\"b\\"","-o","/program/pause","/source/pause.c"]\n',
    );
    assert.not.match(dockerfile, 'USER');
    assert.equal(readdirSync(output), ['pause']);
    assert.is(statSync(join(output, 'pause')).mode & 0o777, 0o755);
  });
});

test('an image that is run by another user compiles as root', async () => {
  await run({ user: '65532' }, ({ dockerfile }) => assert.match(dockerfile, '\nUSER 0\nWORKDIR /program\n'));
});

test('a program for another processor than that asked for is none', async () => {
  await run({ machine: 62 }, ({ result, output }) => {
    assert.match(JSON.stringify(result), 'what was compiled for linux/arm64 is for linux/amd64');
    assert.equal(readdirSync(output), []);
  });
});

test('a source that the checkout lacks, or that leads out of it, is not compiled', async () => {
  await run({ node: { file: 'build/gone.c' } }, ({ result, builds }) => {
    assert.match(JSON.stringify(result), 'the checkout has no file build/gone.c');
    assert.is(builds.length, 0);
  });
  await run({ node: { file: '../../facts.json' } }, ({ result }) => {
    assert.is(result.ok ? '' : result.error.reason, 'unsafe-path');
  });
});

const said: readonly (readonly [output: string, why: string | undefined])[] = [
  ['runc run failed: exec: "cross-gcc": executable file not found in $PATH', 'it has no such program'],
  ['exec /usr/bin/gcc: exec format error', 'the builder cannot run programs of that platform'],
  ['/usr/bin/ld: cannot find -lc: No such file or directory', 'it has no static C library'],
  ['/usr/bin/ld: cannot find crt1.o: No such file or directory', 'it has no static C library'],
  ['pause.c:1:10: fatal error: stdio.h: No such file or directory', 'it has no headers of a C library'],
  ["gcc: fatal error: cannot execute 'cc1': execvp: No such file", 'its gcc lacks a part of itself'],
  ['pause.c:3:1: error: expected declaration', undefined],
];

for (const [output, why] of said) {
  test(`what the compiler's image lacks: ${why ?? 'nothing'}`, async () => {
    const fails: Failure = {
      reason: 'command-failed',
      command: 'buildctl',
      exitCode: 1,
      signal: undefined,
      output,
    };
    await run({ fails }, ({ result }) => {
      if (result.ok) throw new Error('it succeeded');
      if (why === undefined) return assert.equal(result.error, fails);
      const { error } = result;
      assert.match(error.reason === 'usage' ? error.message : '', `cannot: ${why}.\n${output}`);
    });
  });
}

test('the compiler, the source, the words of the call and both platforms make the key; no name of a node does', () => {
  const needs = new Map([
    [source, asDigest('a'.repeat(64))],
    [compiler, asDigest('b'.repeat(64))],
  ]);
  const key = (given: Partial<CBuildNode> = {}) => JSON.stringify(cBuildInputs({ ...node, ...given }, needs));
  const changes: readonly Partial<CBuildNode>[] = [
    { flags: [] },
    { gcc: 'gcc' },
    { on: 'linux/arm64' },
    { platform: 'linux/amd64' },
    { file: 'other.c' },
    { program: 'other' },
    { source: compiler },
    { compiler: source },
  ];
  assert.is(new Set([key(), ...changes.map(key)]).size, changes.length + 1);
  assert.is(key({ id: asNodeId('x'), title: 'x', projects: ['x'] }), key());
});

test.run();
