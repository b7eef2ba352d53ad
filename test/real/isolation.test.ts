import { mkdirSync, mkdtempSync, rmSync } from 'node:fs';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import * as assert from 'uvu/assert';
import { asDigest } from '../../orchestrator/core/digest.ts';
import { openStore } from '../../orchestrator/store/open-store.ts';
import { noIsolation, probeIsolation } from '../../orchestrator/tool/process/isolation.ts';
import { createRunProcess } from '../../orchestrator/tool/process/run-process.ts';
import { unwrap } from '../oci/registry/rig.ts';
import { runMain, testHost } from '../rig/host.ts';
import { reportIn } from '../rig/report.ts';
import { createRepository } from '../rig/repository.ts';
import { suite } from '../rig/suite.ts';
import { warmCache } from '../rig/warm.ts';
import { writeFiles } from '../rig/world.ts';
import { checksumLine, pinsOf } from '../rig/world-content.ts';

const sums = `golang.org/x/text v0.0.0-20170915032832-14c0d48ead0c h1:qgOY6WgZOaTkIIMiVjBQcw93ERBE4m30iBm00nkL0i8=
golang.org/x/text v0.0.0-20170915032832-14c0d48ead0c/go.mod h1:NqM8EUOU14njkJ3fqMW+pc6Ldnwhi/IjpwHt7yyuwOQ=
rsc.io/quote v1.5.2 h1:w5fcysjrx7yqtD/aO+QwRjYZOKnaM9Uh2b40tElTs3Y=
rsc.io/quote v1.5.2/go.mod h1:LzX7hefJvL54yjefDEDHNONDjII0t9xZLPXsUe+TKr0=
rsc.io/sampler v1.3.0 h1:7uVkIFmeBqHfdjD+gZwtXXI+RODJ2Wc4O7MPEh/QiW4=
rsc.io/sampler v1.3.0/go.mod h1:T1hPZKmBbMNahiBKFy5HrXp6adAjACjK9JXDnKaTXpA=
`;

/** Builds that want a network, with a real Go. */
const test = suite<{ folder: string }>('isolation');

const release = 'v1-30-eks-5';
const go = '1.22.12';

test.before(async (context, defer) => {
  const folder = mkdtempSync(join(tmpdir(), 'isolation-'));
  defer(() => rmSync(folder, { recursive: true }));
  context.folder = folder;
  await warmCache(join(folder, 'cache'));
  await createRepository(join(folder, 'git/org/tool.git'), {
    commits: [
      {
        files: {
          'go.mod': 'module tool.example\n\ngo 1.16\n\nrequire rsc.io/quote v1.5.2\n',
          'go.sum': sums,
          'main.go': 'package main\n\nimport _ "rsc.io/quote"\n\nfunc main() {}\n',
        },
        tags: ['v1.0.0'],
      },
    ],
  });
  await createRepository(join(folder, 'git/upstream.git'), {
    commits: [
      {
        files: {
          'release/1-30/production/RELEASE': '5\n',
          ...pinsOf('org/tool', 'v1.0.0', go, [checksumLine('tool', 'linux/amd64', 'tool', 'another')]),
        },
        tags: [release],
      },
    ],
  });
  writeFiles(folder, {
    'package/package.json': '{ "version": "0.0.0" }\n',
    'root/eksd-rebuild.yaml':
      'upstream: ../git/upstream.git\nbuildTooling: ../git/none.git\nsources: ../git/{org}/{repo}.git\ntoolchains: { downloads: ../no-site }\n',
  });
});

const environment = Object.fromEntries(
  Object.entries(process.env).flatMap(([name, value]) => (value === undefined ? [] : [[name, value]])),
);

/** @param words beside the release. */
async function verify(folder: string, words: readonly string[]) {
  const host = testHost({
    cwd: join(folder, 'root'),
    packageFolder: join(folder, 'package'),
    env: { ...environment, EKSD_REBUILD_CACHE: join(folder, 'cache') },
  });
  const recipe = `schema: 1
description: A program
builds:
  - programs:
      - name: tool
        package: .
`;
  writeFiles(folder, { 'root/projects/org/tool/project.yaml': recipe });
  const imported = await runMain(['import', release], host);
  assert.is(imported.code, 0, imported.stderr);
  const ran = await runMain(['verify', release, ...words], host);
  const report = reportIn(join(folder, 'root/out', release, 'report.json'));
  const node = report.nodes.find(({ kind }) => kind === 'go-build');
  const modules = report.nodes.find(({ kind }) => kind === 'modules');
  return { ...ran, node, modules, command: node?.commands.findLast(({ argv }) => argv[1] === 'build') };
}

/** Has the store say that no module was fetched, as long as `body` runs. */
async function withoutModules(folder: string, key: string, body: () => Promise<void>): Promise<void> {
  const { pid } = process;
  const store = unwrap(
    await openStore(join(folder, 'cache'), { pid, host: 'test.example', now: Date.now, random: Math.random }),
  );
  const result = await store.lookup(asDigest(key));
  assert.ok(result !== undefined);
  const empty = unwrap(await store.temporaryFolder());
  mkdirSync(join(empty, 'gopath', 'pkg', 'mod'), { recursive: true });
  writeFiles(empty, { 'gopath/pkg/mod/none': '' });
  unwrap(await store.record({ ...result, tree: unwrap(await store.addTree(empty)) }));
  try {
    await body();
  } finally {
    unwrap(await store.record(result));
    await store.close();
  }
}

test('a build that wants a module which was not fetched does not get it, and the record says why', async ({
  folder,
}) => {
  const whole = await verify(folder, []);
  assert.is(whole.node?.status, 'ran', whole.stdout);
  await withoutModules(folder, whole.modules?.key ?? '', async () => {
    const plain = createRunProcess({ isolation: noIsolation, now: Date.now });
    const isolation = await probeIsolation(plain, environment['PATH'] ?? '');
    const { code, stdout, node, command } = await verify(folder, ['--fresh']);
    assert.is(code, 3, stdout);
    assert.is(node?.status, 'failed');
    assert.match(stdout, /rsc\.io\/quote.*module lookup disabled by GOPROXY=off/s);
    assert.is(command?.exitCode, 1);
    assert.is(command?.env['GOPROXY'], 'off');
    assert.is(command?.isolation, isolation.network);
  });
});

test('the same build with the module compiles, with its stamp', async ({ folder }) => {
  const { code, node, command } = await verify(folder, ['--fresh']);
  assert.is(code, 1, 'it is other than what the release says was published');
  assert.is(node?.status, 'ran');
  assert.is(command?.exitCode, 0);
});

test.run();
