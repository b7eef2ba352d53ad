import { mkdtempSync, rmSync } from 'node:fs';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import * as assert from 'uvu/assert';
import { type ImageLooking, imageSide } from '../../../orchestrator/commands/vulns/image-side.ts';
import type { Scanning } from '../../../orchestrator/commands/vulns/scanning.ts';
import { digestOf } from '../../../orchestrator/core/digest.ts';
import type { Failure } from '../../../orchestrator/core/failure.ts';
import { err, ok, type Result } from '../../../orchestrator/core/result.ts';
import { listImages } from '../../../orchestrator/oci/image/open-image.ts';
import { openImageSource } from '../../../orchestrator/oci/image/open-source.ts';
import { writeBerkeley } from '../../../orchestrator/rpm/database/berkeley-write.ts';
import { rpmTag } from '../../../orchestrator/rpm/database/header.ts';
import type { DistributionState } from '../../../orchestrator/rpm/repository/plan-refresh.ts';
import type { Advisory } from '../../../orchestrator/rpm/repository/updateinfo.ts';
import type { KnownSide } from '../../../orchestrator/vulnerability/finding.ts';
import { writeImageLayout } from '../../rig/image-layout.ts';
import type { LayerMember } from '../../rig/layer.ts';
import { suite } from '../../rig/suite.ts';
import { finding } from '../../rig/vulnerabilities.ts';
import { headerBlob } from '../../rpm/database/headers.ts';

/** What is in an image, put together: what looks into programs, and what reads repositories, is of the test. */
const test = suite<{ folder: string }>('the side of an image');

test.before((context) => {
  context.folder = mkdtempSync(join(tmpdir(), 'image-side-'));
});
test.after(({ folder }) => rmSync(folder, { recursive: true }));

/** The header of a program for linux/amd64, and what comes after it. */
function program(text: string): Buffer {
  const header = Buffer.alloc(64);
  header.write('\x7fELF\x02\x01\x01', 'latin1');
  header.writeUInt16LE(2, 16);
  header.writeUInt16LE(62, 18);
  // The mark lies across two pieces of whatever reads it.
  return Buffer.concat([header, Buffer.alloc(65_536 - 64 - 5, '.'), Buffer.from(text, 'latin1')]);
}
const go = program('\xff Go buildinf: of this');
const other = program('of another language');

const osRelease = (version: string) => `NAME="Amazon Linux"\nID="amzn"\nVERSION_ID="${version}"\n`;

function rpms(...names: readonly string[]): Buffer {
  const number = (value: number) => {
    const bytes = Buffer.alloc(4);
    bytes.writeUInt32LE(value);
    return bytes;
  };
  const records = names.map((name, at) => ({
    key: number(at + 1),
    value: headerBlob({
      ...{
        [rpmTag.name]: name,
        [rpmTag.version]: '1.0',
        [rpmTag.release]: '2.amzn2',
        [rpmTag.arch]: 'x86_64',
      },
    }),
  }));
  return writeBerkeley(
    { kind: 'hash', records: [{ key: number(0), value: number(9) }, ...records] },
    'a seed',
  );
}

const advisory: Advisory = {
  ...{ id: 'ALAS2-2024-1', type: 'security', severity: 'medium', cves: ['CVE-2024-0009'] },
  packages: [{ name: 'openssl', arch: 'x86_64', epoch: 0, version: '1.0', release: '3.amzn2' }],
};

let opened = 0;

async function sideOf(
  folder: string,
  layers: readonly (readonly LayerMember[])[],
  given: Partial<ImageLooking> & { readonly repositories?: Result<readonly Advisory[], Failure> } = {},
): Promise<KnownSide> {
  opened += 1;
  const layout = join(folder, String(opened));
  writeImageLayout(layout, { layers });
  const { signal } = new AbortController();
  const source = await openImageSource(layout, { name: 'it', scratch: layout, signal });
  assert.ok(source.ok);
  const images = await listImages(source.value);
  const [image] = images.ok ? images.value : [];
  assert.ok(image);
  const { repositories = ok([advisory]), ...more } = given;
  const scanning = {
    look: async ({ sha256, from }: { sha256: string; from: string }) =>
      ok({ side: { ...{ known: true, from, sha256: [sha256], gaps: [] }, findings: [finding()] } }),
  } as unknown as Scanning;
  const looking: ImageLooking = {
    ...{ scanning, scratch: folder, signal, known: new Map() },
    advisoriesOf: async () =>
      repositories.ok ? ok({ advisories: repositories.value } as unknown as DistributionState) : repositories,
    ...more,
  };
  const side = await imageSide(image, { name: 'it', from: 'here', version: undefined }, looking);
  assert.ok(side.ok, JSON.stringify(side));
  assert.is(`sha256:${side.value.sha256[0]}`, image.digest);
  return side.value;
}

const file = (path: string, content: string | Buffer, mode = 0o644): LayerMember => ({ path, content, mode });
const idsOf = ({ findings }: KnownSide) => findings.map(({ id, state }) => `${id} ${state}`);

test('its Go programs as a container sees them, and its packages by their advisories', async ({ folder }) => {
  const side = await sideOf(folder, [
    [
      file('etc/os-release', osRelease('2')),
      file('var/lib/rpm/Packages', rpms('openssl', 'zlib')),
      file('app', program('\xff Go buildinf: covered'), 0o755),
      file('gone', go, 0o755),
      file('tool', other, 0o755),
    ],
    [file('app', go, 0o755), file('.wh.gone', '')],
  ]);
  assert.equal(idsOf(side), ['CVE-2024-0001 affected', 'CVE-2024-0009 affected']);
  assert.equal(side.gaps, []);
});

test('what is known of how a program was built counts, and of several the worst', async ({ folder }) => {
  const fixed: KnownSide = {
    ...{ known: true, from: 'x', sha256: [], gaps: [] },
    findings: [finding({ state: 'fixed', why: 'a patch' })],
  };
  const known = new Map([[digestOf(go), fixed]]);
  assert.equal(idsOf(await sideOf(folder, [[file('app', go, 0o755)]], { known })), ['CVE-2024-0001 fixed']);
  const two = [file('app', go, 0o755), file('other', program('\xff Go buildinf: else'), 0o755)];
  assert.equal(idsOf(await sideOf(folder, [two], { known })), ['CVE-2024-0001 affected']);
});

test('what cannot be told is a gap: other packages, other programs, repositories that are out of reach', async ({
  folder,
}) => {
  const packages = file('var/lib/rpm/Packages', rpms('openssl'));
  const gapsOf = async (
    members: readonly LayerMember[],
    repositories?: Result<readonly Advisory[], Failure>,
  ) => {
    const side = await sideOf(folder, [members], repositories && { repositories });
    assert.equal(idsOf(side), []);
    return side.gaps;
  };
  assert.equal(await gapsOf([file('pause', other, 0o755)]), [
    '1 program of no language that is looked into: /pause.',
  ]);
  assert.equal(await gapsOf([file('var/lib/dpkg/status', 'Package: a\n')]), [
    "It has Debian's packages, of which no list is read.",
  ]);
  assert.equal(await gapsOf([packages]), ['Its 1 package: they are of no distribution that is known.']);
  assert.equal(await gapsOf([packages, file('etc/os-release', osRelease('2022'))]), [
    'Its 1 package: they are of no distribution that is known.',
  ]);
  const amazon = [packages, file('etc/os-release', osRelease('2023'))];
  assert.equal(await gapsOf(amazon, ok([])), ['Its 1 package: their repositories publish no advisories.']);
  const network = err<Failure>({ reason: 'network', what: 'reading core', detail: 'no such host' });
  const [told = ''] = await gapsOf(amazon, network);
  assert.match(told, /^Its 1 package: .*no such host/);
  const [unread = ''] = await gapsOf([file('var/lib/rpm/Packages', 'no database')]);
  assert.match(unread, 'Cannot read the rpm database');
});

test.run();
