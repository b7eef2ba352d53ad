import { mkdtempSync, readFileSync, rmSync } from 'node:fs';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import * as assert from 'uvu/assert';
import { digestOf } from '../../../orchestrator/core/digest.ts';
import type { Failure } from '../../../orchestrator/core/failure.ts';
import { err, ok, type Result } from '../../../orchestrator/core/result.ts';
import { readImageTree } from '../../../orchestrator/oci/image/image-tree.ts';
import { readPlatform } from '../../../orchestrator/run/sbom/platform.ts';
import type { PlatformFacts } from '../../../orchestrator/statement/sbom/facts.ts';
import type { BuildReport } from '../../../orchestrator/verdict/inspect/binary.ts';
import { unwrap } from '../../oci/registry/rig.ts';
import { buildInformation } from '../../rig/binary-report.ts';
import { writeImageLayout } from '../../rig/image-layout.ts';
import type { LayerMember } from '../../rig/layer.ts';
import { programFacts } from '../../rig/sbom-facts.ts';
import { suite } from '../../rig/suite.ts';

const test = suite<{ folder: string }>('what is in an image');

test.before((context, defer) => {
  context.folder = mkdtempSync(join(tmpdir(), 'sbom-platform-'));
  defer(() => rmSync(context.folder, { recursive: true }));
});

/** The first bytes of an ELF program for amd64, and then what is given. */
function elf(content: string): Buffer {
  const header = Buffer.alloc(64);
  header.write('\x7fELF\x02\x01\x01', 'latin1');
  header.writeUInt16LE(2, 16);
  header.writeUInt16LE(62, 18);
  return Buffer.concat([header, Buffer.from(content, 'latin1')]);
}

const mark = '\xff Go buildinf:';

/** @param answer what the inspector says of a file, by its content behind the header. */
async function look(
  folder: string,
  layers: readonly (readonly LayerMember[])[],
  answer: (content: string) => Result<BuildReport, Failure> = () => err(noProgram),
): Promise<{ readonly found: Result<PlatformFacts, Failure>; readonly asked: readonly string[] }> {
  const layout = mkdtempSync(join(folder, 'layout-'));
  writeImageLayout(layout, { layers });
  const tree = unwrap(await readImageTree(layout));
  const asked: string[] = [];
  const found = await readPlatform(tree, 'linux/amd64', {
    ...{ name: 'image', signal: new AbortController().signal, scratch: folder, seen: new Map() },
    inspector: {
      async build(file) {
        const content = readFileSync(file, 'latin1').slice(64);
        asked.push(content);
        return answer(content);
      },
    },
    known: async (sha256) => ok(sha256 === digestOf(elf('ours')) ? programFacts({ sha256 }) : undefined),
  });
  return { found, asked };
}

const noProgram: Failure = { reason: 'usage', message: 'Cannot look inside.', help: 'no program' };
const built = ok({ os: 'linux', arch: 'amd64', build: buildInformation() });

test('programs are found by their bytes, wherever they lie and whoever built them', async ({ folder }) => {
  const { found, asked } = await look(
    folder,
    [
      [
        { path: 'usr/bin/gone', content: elf(`${mark}gone`) },
        { path: 'usr/bin/strange', content: elf(`${mark}strange`) },
        { path: 'usr/lib/libc.so', content: elf('of C') },
      ],
      [
        { path: 'usr/bin/.wh.gone', content: '' },
        { path: 'ours', content: elf('ours') },
        { path: 'bin/ours', content: elf('ours') },
        { path: 'notes', content: `${mark} in a text` },
        { path: 'forged', content: elf(`${mark}forged`) },
        { path: 'link', hardLink: 'forged' },
      ],
    ],
    (content) => (content.endsWith('strange') ? built : err(noProgram)),
  );
  const { programs } = unwrap(found);
  assert.equal(
    programs.map(({ name, paths, layer, project }) => [name, paths, layer, project?.name]),
    [
      ['tool', ['/bin/ours', '/ours'], 1, 'org/tool'],
      ['strange', ['/usr/bin/strange'], 0, undefined],
    ],
  );
  assert.equal([...asked].sort(), [`${mark}forged`, `${mark}strange`]);
});

test('where a program cannot be looked into for another reason than its own, nothing is said', async ({
  folder,
}) => {
  const failure: Failure = { reason: 'aborted' };
  const { found } = await look(folder, [[{ path: 'a', content: elf(mark) }]], () => err(failure));
  assert.equal(found, err(failure));
});

test('a distribution says who it is behind a link, and what is not read of it is told', async ({
  folder,
}) => {
  const { found } = await look(folder, [
    [
      { path: 'usr/lib/os-release', content: 'ID=debian\nVERSION_ID="12"\n' },
      { path: 'etc/os-release', symbolicLink: '../usr/lib/os-release' },
      { path: 'var/lib/dpkg/status', content: 'Package: a\n' },
    ],
  ]);
  const { system, unread, rpms } = unwrap(found);
  assert.equal([system?.id, system?.version, unread, rpms], ['debian', '12', ['/var/lib/dpkg/status'], []]);
});

test('an rpm database that is none is refused, and not passed over', async ({ folder }) => {
  const { found } = await look(folder, [[{ path: 'var/lib/rpm/rpmdb.sqlite', content: 'no database' }]]);
  assert.match(JSON.stringify(found), /Cannot read the rpm database/);
});

test.run();
