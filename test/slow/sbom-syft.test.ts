import { execFileSync } from 'node:child_process';
import { mkdirSync, mkdtempSync, readFileSync, rmSync, writeFileSync } from 'node:fs';
import { tmpdir } from 'node:os';
import { dirname, join } from 'node:path';
import { fileURLToPath } from 'node:url';
import { Ajv } from 'ajv';
import addFormats from 'ajv-formats';
import * as assert from 'uvu/assert';
import { ok } from '../../orchestrator/core/result.ts';
import { readImageTree } from '../../orchestrator/oci/image/image-tree.ts';
import { rebuild } from '../../orchestrator/run/rebuild.ts';
import { sbomsOf } from '../../orchestrator/run/sbom/open.ts';
import { readPlatform } from '../../orchestrator/run/sbom/platform.ts';
import type { ProgramFacts } from '../../orchestrator/statement/sbom/facts.ts';
import { imageSbom, programSbom, type Sbom } from '../../orchestrator/statement/sbom/sbom.ts';
import { findHostGo } from '../../orchestrator/tool/go/go.ts';
import { noIsolation } from '../../orchestrator/tool/process/isolation.ts';
import { createRunProcess } from '../../orchestrator/tool/process/run-process.ts';
import { createInspector, type Inspector } from '../../orchestrator/verdict/inspect/gobinary.ts';
import { unwrap } from '../oci/registry/rig.ts';
import { buildkitPrograms, startBuildkitds } from '../rig/buildkitd.ts';
import { goTools } from '../rig/go-tools.ts';
import { testHost } from '../rig/host.ts';
import { writeImageLayout } from '../rig/image-layout.ts';
import { buildRpm, databaseMembers, installRpms } from '../rig/rpm-image.ts';
import { making, purlsIn, readSbom, spdxPurls } from '../rig/sbom-facts.ts';
import { suite } from '../rig/suite.ts';
import { warmCache } from '../rig/warm.ts';

/** What this program lists, beside what syft lists. Needs BuildKit, rpmbuild, rpm, and go with the module proxy: for all of syft. */
interface Context {
  readonly folder: string;
  readonly inspector: Inspector;
  readonly schema: ReturnType<Ajv['compile']>;
}

const test = suite<Context>('bills of materials by syft');

const repository = fileURLToPath(new URL('../../', import.meta.url)).replace(/\/$/, '');
const { syft = '' } = await goTools('syft', ['syft'], '-X main.version=1.57.1');
const { signal } = new AbortController();

test.before(async (context, defer) => {
  const folder = mkdtempSync(join(tmpdir(), 'sbom-syft-'));
  defer(() => rmSync(folder, { recursive: true, force: true }));
  const run = createRunProcess({ isolation: noIsolation, now: Date.now });
  const { PATH = '' } = process.env;
  const inspector = createInspector({
    ...{ packageFolder: repository, folder: join(folder, 'inspect'), run, signal },
    hostGo: () => findHostGo(run, { PATH, HOME: folder }, repository),
  });
  // The format's own schema comes with syft's module.
  const module = execFileSync('go', ['list', '-m', '-f', '{{.Dir}}', 'github.com/anchore/syft'], {
    cwd: join(repository, 'test', 'rig', 'syft'),
    encoding: 'utf8',
  }).trim();
  const schema = JSON.parse(
    readFileSync(join(module, 'schema', 'spdx-json', 'spdx-schema-2.3.json'), 'utf8'),
  );
  const ajv = new Ajv({ allErrors: true, strict: true });
  addFormats.default(ajv);
  Object.assign(context, { folder, inspector, schema: ajv.compile(schema) });
});

function askSyft(folder: string, ...words: readonly string[]): readonly string[] {
  const { PATH = '' } = process.env;
  const said = execFileSync(syft, [...words, '-o', 'json', '-q'], {
    env: { PATH, HOME: folder, TMPDIR: folder, SYFT_CHECK_FOR_APP_UPDATE: 'false' },
    encoding: 'utf8',
    maxBuffer: 2 ** 28,
    stdio: ['ignore', 'pipe', 'inherit'],
  });
  const { artifacts } = JSON.parse(said) as { artifacts: readonly { readonly purl: string }[] };
  return [...new Set(artifacts.map(({ purl }) => inLowerCase(purl)))].filter((purl) => purl !== '').sort();
}

/** The rules of package URLs want modules of Go in lower case, and trivy has them so; syft leaves them as it found them. */
function inLowerCase(purl: string): string {
  const [path = '', ...rest] = purl.split('@');
  return path.startsWith('pkg:golang/') ? [path.toLowerCase(), ...rest].join('@') : purl;
}

/** An image is no package to syft, and what it stands on is none in it. */
const withoutImages = (purls: readonly string[]) =>
  [...new Set(purls)].filter((purl) => !purl.startsWith('pkg:oci/'));

/** Valid by its schema and ours; and syft, which reads both formats, finds in each what we put there. */
async function check(sbom: Sbom, name: string, { folder, schema }: Context): Promise<readonly string[]> {
  const { cyclonedx, spdx } = await readSbom(sbom);
  assert.ok(schema(spdx), JSON.stringify(schema.errors));
  const purls = withoutImages(purlsIn(cyclonedx));
  assert.equal(withoutImages(spdxPurls(spdx)), purls);
  for (const [format, text] of Object.entries(sbom)) {
    const file = join(folder, `${name.replaceAll(/[ /]/g, '-')}.${format}.json`);
    writeFileSync(file, text);
    assert.equal(withoutImages(askSyft(folder, 'convert', file)), purls, `${name} ${format}`);
  }
  return purls;
}

/** A main module's version is the tag that was checked out; syft guesses it from the stamps, or leaves it out. */
const withoutVersion = (purls: readonly string[], module: string) =>
  purls.map((purl) => (purl.split('@')[0] === `pkg:golang/${module}` ? `pkg:golang/${module}` : purl)).sort();

test('a program of hundreds of modules: the same packages, at the same versions', async (context) => {
  const report = unwrap(await context.inspector.build(syft));
  const facts: ProgramFacts = {
    ...{
      name: 'syft',
      sha256: unwrap(await context.inspector.inspect(syft)).sha256 as ProgramFacts['sha256'],
    },
    ...{ platform: 'linux/amd64', build: report.build, licenses: new Map() },
  };
  const purls = await check(programSbom(facts, making), 'syft', context);
  assert.ok(purls.length > 200, `${purls.length}`);
  assert.equal(askSyft(context.folder, 'scan', `file:${syft}`), purls);
});

test('an image of a distribution: its packages and a program that nobody knows', async (context) => {
  const { folder, inspector } = context;
  const root = join(folder, 'root');
  installRpms(folder, root, [buildRpm(folder, 'one', '1.0'), buildRpm(folder, 'two++', '2.0~rc1')]);
  const program = join(
    folder,
    'inspect',
    execFileSync('ls', [join(folder, 'inspect')], { encoding: 'utf8' }).split('\n')[0] ?? '',
  );
  const layout = join(folder, 'distribution');
  writeImageLayout(layout, {
    layers: [
      [
        { path: 'etc/os-release', content: 'ID="amzn"\nVERSION_ID="2"\nPRETTY_NAME="Amazon Linux 2"\n' },
        ...databaseMembers(join(root, 'var/lib/rpm')),
        { path: 'usr/bin/removed', content: readFileSync(program), mode: 0o755 },
      ],
      [
        { path: 'usr/bin/.wh.removed', content: '' },
        { path: 'usr/local/bin/strange', content: readFileSync(program), mode: 0o755 },
      ],
    ],
  });
  const tree = unwrap(await readImageTree(layout));
  const scratch = join(folder, 'scratch');
  mkdirSync(scratch, { recursive: true });
  const finding = {
    name: 'distribution',
    scratch,
    signal,
    inspector,
    seen: new Map(),
    known: async () => ok(undefined),
  };
  const platform = unwrap(await readPlatform(tree, 'linux/amd64', finding));
  assert.equal(
    platform.programs.map(({ paths, layer }) => [paths, layer]),
    [[['/usr/local/bin/strange'], 1]],
  );
  const facts = { name: 'org/image', tag: 'v1', digest: platform.digest, platforms: [platform] };
  const purls = await check(imageSbom(facts, making), 'distribution', context);
  assert.ok(
    purls.includes(
      'pkg:rpm/amzn/two%2B%2B@2.0~rc1-1.test?arch=noarch&distro=amzn-2&upstream=two%2B%2B-2.0~rc1-1.test.src.rpm',
    ),
    purls.join(),
  );
  assert.equal(askSyft(folder, 'scan', `oci-dir:${layout}`), purls);
});

test('every image and program of the sample: the same but for the versions of main modules', async (context) => {
  const { folder } = context;
  const { buildctl } = await buildkitPrograms();
  const stops: (() => unknown)[] = [];
  const [daemon] = await startBuildkitds((stop) => stops.push(stop), {});
  try {
    const cwd = join(folder, 'work');
    mkdirSync(cwd);
    const cache = join(folder, 'cache');
    await warmCache(cache);
    const builders = `builders:\n  linux/amd64: ${daemon?.address}\n  linux/arm64: ${daemon?.address}\n`;
    writeFileSync(join(cwd, 'eksd-rebuild.yaml'), builders);
    const PATH = `${dirname(buildctl)}:${process.env['PATH']}`;
    const env = { ...process.env, PATH, EKSD_REBUILD_CACHE: cache };
    const host = testHost({ cwd, packageFolder: repository, env });
    const main = [
      'sample.example/greeter',
      'sample.example/toolbox/v2',
      'sample.example/clock/clockd',
      'sample.example/clock/clockctl',
    ];
    const plain = (purls: readonly string[]) => main.reduce(withoutVersion, withoutImages(purls));
    let checked = 0;
    const done = await rebuild('sample', { log: 'line' }, host, {
      images: {},
      async use(rebuilt) {
        const sboms = await sbomsOf(rebuilt, host);
        for (const image of rebuilt.report.images ?? []) {
          for (const { platform, sbom, subject } of unwrap(await sboms.ofImage(image))) {
            const purls = await check(sbom, `${image.image} ${platform}`, context);
            if (platform === undefined) continue;
            assert.ok(image.platforms.some(({ digest }) => digest === subject));
            const tree = rebuilt.images.get(image.image)?.folder ?? '';
            const told = askSyft(folder, 'scan', `oci-dir:${tree}`, '--platform', platform);
            assert.equal(plain(told), plain(purls), `${image.image} ${platform}`);
            checked += 1;
          }
        }
        const verdicts = rebuilt.report.verdicts.filter(({ found }) => found !== undefined);
        for (const verdict of verdicts) {
          const { name, platform, node } = verdict;
          const purls = await check(unwrap(await sboms.ofProgram(verdict)), `${name} ${platform}`, context);
          const tree = rebuilt.report.nodes.find(({ id }) => id === node)?.tree;
          assert.ok(tree !== undefined);
          const told = askSyft(folder, 'scan', `file:${join(rebuilt.store.treePath(tree), name)}`);
          assert.equal(plain(told), plain(purls), `${name} ${platform}`);
          checked += 1;
        }
        return ok(undefined);
      },
    });
    assert.ok(done.ok, JSON.stringify(done));
    assert.ok(checked > 15, `${checked}`);
  } finally {
    for (const stop of stops.reverse()) await stop();
  }
});

test.run();
