import { mkdirSync, mkdtempSync, readdirSync, readFileSync, rmSync, writeFileSync } from 'node:fs';
import { tmpdir } from 'node:os';
import { basename, join } from 'node:path';
import * as assert from 'uvu/assert';
import { parse } from 'yaml';
import { crdPaths } from '../../orchestrator/publish/layout.ts';
import { readReleaseChannel } from '../../orchestrator/publish/manifest/channel.ts';
import { readReleaseManifest, writeReleaseManifest } from '../../orchestrator/publish/manifest/release.ts';
import { closeFakes } from '../oci/registry/fake-registry.ts';
import { type ApiServer, type KubectlRan, startApiServer } from '../rig/api-server.ts';
import { committedManifests } from '../rig/committed-manifests.ts';
import { oldManifest, ownManifest } from '../rig/manifests.ts';
import { readSiteFiles } from '../rig/published-site.ts';
import { type SiteServer, serveSite } from '../rig/site-server.ts';
import { lay, siteWorld } from '../rig/site-world.ts';
import { suite } from '../rig/suite.ts';

interface Context {
  folder: string;
  api: ApiServer;
  /** A site that `release` laid out. */
  site: SiteServer;
}

const test = suite<Context>('resources at an API server');

test.before(async (context, defer) => {
  defer(closeFakes);
  context.folder = mkdtempSync(join(tmpdir(), 'api-server-'));
  defer(() => rmSync(context.folder, { recursive: true }));
  context.site = await serveSite();
  defer(() => context.site.close());
  const world = await siteWorld();
  const settings = join(world.root, 'eksd-rebuild.yaml');
  const topic = 'release: { snsTopicArn: arn:aws:sns:us-east-1:123456789012:releases }\n';
  writeFileSync(settings, `${readFileSync(settings, 'utf8')}${topic}`);
  const laid = await lay(world, 'site', '--base-uri', context.site.url);
  assert.is(laid.code, 0, laid.stderr);
  context.site.files = readSiteFiles(join(world.root, 'site'));
  context.api = await startApiServer();
  defer(() => context.api.stop());
});

/** What nothing is to be complained of in, not even by a warning. */
function fine({ code, stdout, stderr }: KubectlRan): string {
  assert.equal([code, stderr], [0, ''], `${stdout}${stderr}`);
  return stdout;
}

/** Columns of a table, which two spaces part. */
function rows(table: string): readonly (readonly string[])[] {
  return table
    .trim()
    .split('\n')
    .map((line) => line.trim().split(/ {2,}/));
}

const strict = ['--dry-run=server', '--validate=strict'];

test("the commands of upstream's documentation, at a site of ours", async ({ api, site }) => {
  const apply = async (path: string) => fine(await api.kubectl('apply', '-f', `${site.url}/${path}`));
  const established = (name: string) => api.kubectl('wait', '--for=condition=Established', `crd/${name}`);
  const created = 'customresourcedefinition.apiextensions.k8s.io';
  const [channels, releases] = ['releasechannels', 'releases'].map(
    (name) => `${name}.distro.eks.amazonaws.com`,
  );
  assert.is(await apply(crdPaths.releasechannels), `${created}/${channels} created\n`);
  fine(await established(channels ?? ''));
  await apply('releasechannels/1-30.yaml');
  const listed = parse(fine(await api.kubectl('get', '-o', 'yaml', 'releasechannels')));
  assert.equal(
    listed.items.map(({ status }: { status: object }) => status),
    [{ active: true, latestRelease: 5 }],
  );

  assert.is(await apply(crdPaths.releases), `${created}/${releases} created\n`);
  fine(await established(releases ?? ''));
  await apply('kubernetes-1-30/kubernetes-1-30-eks-5.yaml');
  const shown = rows(fine(await api.kubectl('get', 'release', 'kubernetes-1-30-eks-5')));
  assert.equal(shown[0], ['NAME', 'RELEASE CHANNEL', 'RELEASE', 'RELEASE DATE']);
  assert.equal(shown[1]?.slice(0, 3), ['kubernetes-1-30-eks-5', '1-30', '5']);
  const text = fine(await api.kubectl('get', 'release', 'kubernetes-1-30-eks-5', '-o', 'yaml'));
  // What an API server gives back is what was served, and our reader takes it.
  const path = 'kubernetes-1-30/kubernetes-1-30-eks-5.yaml';
  const served = readReleaseManifest(site.files.get(path)?.toString() ?? '', path);
  const got = readReleaseManifest(text, 'got.yaml');
  assert.ok(served.ok && got.ok, JSON.stringify(got));
  assert.equal(got.value.components, served.value.components);
});

test('all releases and channels are shown in columns as upstream defines them, by the short name too', async ({
  api,
}) => {
  const [releases, channels] = fine(await api.kubectl('get', 'releases,releasechannels', '-A')).split('\n\n');
  assert.equal(rows(releases ?? '')[0], ['NAMESPACE', 'NAME', 'RELEASE CHANNEL', 'RELEASE', 'RELEASE DATE']);
  assert.equal(rows(channels ?? ''), [
    ['NAMESPACE', 'NAME', 'TOPICARN', 'ACTIVE', 'LATEST RELEASE'],
    [
      ...['default', 'releasechannel.distro.eks.amazonaws.com/1-30'],
      ...['arn:aws:sns:us-east-1:123456789012:releases', 'true', '5'],
    ],
  ]);
  assert.match(
    fine(await api.kubectl('get', 'rel', '-o', 'name')),
    'release.distro.eks.amazonaws.com/kubernetes-1-30-eks-5\n',
  );
});

test('every field is explained', async ({ api }) => {
  const components = fine(await api.kubectl('explain', 'release.status.components'));
  assert.match(components, /FIELD: components <\[\]Object>/);
  assert.match(components, /DESCRIPTION:\n {4}Its components\n/);
  assert.match(components, /assets\t<\[\]Object> -required-\n {4}What was built of it\n/);
  const fields = fine(await api.kubectl('explain', 'releasechannel', '--recursive'));
  assert.match(fields, /latestRelease\t<integer> -required-\n/);
  const asset = fine(await api.kubectl('explain', 'release.status.components.assets.type'));
  assert.match(asset, /ENUM:\n {4}Archive\n {4}Image\n/);
});

test('the manifests of all releases of the repository are taken, strictly', async ({ api, folder }) => {
  const texts = committedManifests();
  const all = join(folder, 'committed.yaml');
  writeFileSync(all, [...texts.values()].join('---\n'));
  assert.ok(texts.size > 10);
  const dry = fine(await api.kubectl('apply', '-n', 'kube-public', '--server-side', ...strict, '-f', all));
  assert.is(dry.trim().split('\n').length, texts.size);
  fine(await api.kubectl('apply', '-n', 'kube-public', '-f', all));
  const names = fine(await api.kubectl('get', 'releases,releasechannels', '-n', 'kube-public', '-o', 'name'));
  assert.is(names.trim().split('\n').length, texts.size);
  // A second time nothing is there to do.
  const again = fine(await api.kubectl('apply', '-n', 'kube-public', '-f', all));
  assert.not.match(again, /created|configured/);
});

test("the first of upstream's kind, and one of one's own, are taken, strictly", async ({ api, folder }) => {
  for (const text of [oldManifest, writeReleaseManifest(ownManifest)]) {
    writeFileSync(join(folder, 'taken.yaml'), text);
    fine(await api.kubectl('apply', ...strict, '-f', join(folder, 'taken.yaml')));
    fine(await api.kubectl('apply', '--server-side', ...strict, '-f', join(folder, 'taken.yaml')));
  }
});

/** Who refuses a manifest: `both`, or our reader alone, since it takes more than a schema to see it. */
const broken: readonly (readonly [
  what: string,
  from: string | RegExp,
  to: string,
  who: 'both' | 'reader',
])[] = [
  ['no status', /status:[\s\S]*/, '', 'both'],
  ['no date', / {2}date: .*\n/, '', 'both'],
  ['a date that is none', /date: .*/, 'date: "yesterday"', 'both'],
  ['another system', 'os: linux', 'os: beos', 'both'],
  ['a number that is a text', 'number: 1', 'number: "one"', 'both'],
  ['number 0', 'number: 1', 'number: 0', 'both'],
  ['no components', / {2}components:[\s\S]*/, '  components: []\n', 'both'],
  ['another type', 'type: Image', 'type: Chart', 'both'],
  ['an archive that is an image', 'type: Image', 'type: Archive', 'both'],
  ['no hash', / {12}sha512: .*\n/, '', 'both'],
  ['a hash in upper case', /sha256: [0-9a-f]{4}/, 'sha256: ABCD', 'both'],
  ['a file of this machine', /uri: https:.*/, 'uri: file:///etc/passwd', 'both'],
  ['a digest that is none', /(uri: registry.*)/, '$1\n            imageDigest: latest', 'both'],
  ['an asset twice', 'name: widget-src.tar.gz', 'name: bin/linux/arm64/widget', 'both'],
  ['a component twice', 'name: gadget\n', 'name: widget\n', 'both'],
  ['a processor twice', '- amd64\n', '- arm64\n', 'both'],
  ['a field beside the hashes', / {12}sha256: /, '            md5: x\n            sha256: ', 'both'],
  ['another kind', 'kind: Release', 'kind: Releases', 'both'],
  ['the name of another release', 'name: kubernetes-1-18-eks-1', 'name: kubernetes-1-18-eks-2', 'reader'],
  ['a URI that leads out', '/artifacts/widget', '/artifacts/../widget', 'reader'],
];

for (const [what, from, to, who] of broken) {
  test(`refused by ${who === 'both' ? 'the API server and our reader' : 'our reader'}: ${what}`, async ({
    api,
    folder,
  }) => {
    const text = oldManifest.replace(from, to);
    assert.is.not(text, oldManifest);
    assert.not.ok(readReleaseManifest(text, 'release.yaml').ok);
    const file = join(folder, 'broken.yaml');
    writeFileSync(file, text);
    const ran = await api.kubectl('apply', ...strict, '-f', file);
    assert.is(ran.code, who === 'both' ? 1 : 0, `${ran.stdout}${ran.stderr}`);
  });
}

test('a channel that is none is refused by both', async ({ api, folder, site }) => {
  const good = site.files.get('releasechannels/1-30.yaml')?.toString() ?? '';
  for (const [from, to] of [
    ['active: true', 'active: "yes"'],
    ['latestRelease: 5', 'latestRelease: 0'],
    [/arn:aws:sns.*/, 'https://sns.example'],
    [/status:[\s\S]*/, ''],
  ] as const) {
    const text = good.replace(from, to);
    assert.is.not(text, good);
    assert.not.ok(readReleaseChannel(text, 'channel.yaml').ok);
    writeFileSync(join(folder, 'channel.yaml'), text);
    assert.is((await api.kubectl('apply', ...strict, '-f', join(folder, 'channel.yaml'))).code, 1, text);
  }
});

/** A folder with manifests of upstream's own, which are no part of the repository: as files of YAML, or pages that quote them. */
const upstreams = process.env['EKSD_REBUILD_UPSTREAM_MANIFESTS'];

if (upstreams === undefined) {
  test("upstream's own are left out: EKSD_REBUILD_UPSTREAM_MANIFESTS is not set", () => undefined);
} else {
  test("upstream's own manifests are taken, strictly, and shown", async ({ api, folder }) => {
    const own = join(folder, 'upstream');
    mkdirSync(own);
    for (const name of readdirSync(upstreams)) {
      const text = readFileSync(join(upstreams, name), 'utf8');
      const quoted = /^```yaml\n([\s\S]*?)^```$/m.exec(text)?.[1] ?? text;
      if (quoted.includes('\nkind: Release\n')) writeFileSync(join(own, `${basename(name)}.yaml`), quoted);
    }
    const { length } = readdirSync(own);
    assert.ok(length > 0, `there is none in ${upstreams}`);
    fine(await api.kubectl('create', 'namespace', 'upstream'));
    fine(await api.kubectl('apply', ...strict, '-n', 'upstream', '-f', own));
    fine(await api.kubectl('apply', '-n', 'upstream', '-f', own));
    const shown = rows(fine(await api.kubectl('get', 'releases', '-n', 'upstream')));
    assert.is(shown.length, length + 1);
    assert.equal(shown[0], ['NAME', 'RELEASE CHANNEL', 'RELEASE', 'RELEASE DATE']);
  });
}

test.run();
