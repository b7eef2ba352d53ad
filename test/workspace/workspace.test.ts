import { mkdirSync, mkdtempSync, rmSync } from 'node:fs';
import { tmpdir } from 'node:os';
import { dirname, join } from 'node:path';
import * as assert from 'uvu/assert';
import { mergeSettings } from '../../orchestrator/config/settings/merge.ts';
import { type Settings, settingsSchema } from '../../orchestrator/config/settings/settings.ts';
import { decodeYaml } from '../../orchestrator/config/yaml.ts';
import type { Host } from '../../orchestrator/host.ts';
import { placeSettings } from '../../orchestrator/workspace/place-settings.ts';
import { type GlobalOptions, openWorkspace, type Workspace } from '../../orchestrator/workspace/workspace.ts';
import { failureOf, unwrap } from '../oci/registry/rig.ts';
import { testHost } from '../rig/host.ts';
import { type Sample, settingsSamples } from '../rig/settings-samples.ts';
import { suite } from '../rig/suite.ts';
import { writeFiles } from '../rig/world.ts';

const test = suite<{ folder: string }>('the settings in force');
test.before.each((context) => {
  context.folder = mkdtempSync(join(tmpdir(), 'workspace-'));
  mkdirSync(join(context.folder, 'root'));
});
test.after.each(({ folder }) => rmSync(folder, { recursive: true }));

const userFile = 'home/.config/eksd-rebuild/settings.yaml';
const rootFile = 'root/eksd-rebuild.yaml';

/** Opens the folder `root` of a user whose home is beside it. */
async function open(
  folder: string,
  options: GlobalOptions = {},
  given: Partial<Host> = {},
): Promise<Workspace> {
  const root = join(folder, 'root');
  const env = { HOME: join(folder, 'home') };
  return unwrap(await openWorkspace(options, testHost({ cwd: root, packageFolder: root, env, ...given })));
}

/** The text of a settings file with these keys: JSON is YAML. */
function textOf(samples: readonly Sample[]): string {
  return JSON.stringify(asObject(samples, 'given'));
}

function asObject(samples: readonly Sample[], what: 'given' | 'read'): object {
  const all = {};
  for (const { path, ...sample } of samples) {
    let at: Record<string, unknown> = all;
    for (const name of path.slice(0, -1)) at = at[name] = (at[name] ?? {}) as Record<string, unknown>;
    at[path.at(-1) ?? ''] = sample[what];
  }
  return all;
}

function read(text: string, folder = '/site'): Settings {
  const decoded = decodeYaml('settings.yaml', text, settingsSchema);
  if (!decoded.ok) throw new Error(JSON.stringify(decoded.error));
  return placeSettings(decoded.value.value, folder);
}

test('every key of the schema is read, and placed where it names a place', () => {
  const samples = settingsSamples();
  assert.equal(read(textOf(samples)), asObject(samples, 'read'));
});

test("no key of one file is lost by the others of another, whichever of them is the user's", () => {
  const samples = settingsSamples();
  const all = read(textOf(samples));
  for (const sample of samples) {
    const one = read(textOf([sample]));
    const others = read(textOf(samples.filter((each) => each !== sample)));
    for (const merged of [mergeSettings(one, others), mergeSettings(others, one)]) {
      assert.equal(merged, all, `something is lost beside ${sample.path.join(' ')}`);
    }
  }
});

test('an object that is one value is not mixed, and neither is a list; the later file has it', () => {
  const cases: readonly (readonly [earlier: string, later: string, merged?: string])[] = [
    ['ecr: {encryption: {type: KMS, kmsKey: alias/a}}', 'ecr: {encryption: {type: AES256}}'],
    ['ecr: {tagMutability: {default: IMMUTABLE, except: [a]}}', 'ecr: {tagMutability: {default: MUTABLE}}'],
    [
      `toolchains: {versions: {1.20: {source: {from: a.git, commit: ${'b'.repeat(40)}, bootstrap: 1.17.13}}}}`,
      'toolchains: {versions: {1.20: {source: {from: go, bootstrap: 1.19.3}}}}',
    ],
    ['ecr: {replicate: [eu-west-1, eu-west-2]}', 'ecr: {replicate: [ap-south-1]}'],
    [
      'builders: {linux/amd64: {buildx: a, slots: 2}, linux/arm64: unix:///a}',
      'builders: {linux/amd64: unix:///b}',
      'builders: {linux/amd64: unix:///b, linux/arm64: unix:///a}',
    ],
    [
      'registries: {a.example.com: {ca: a.pem, insecure: loopback}}',
      'registries: {a.example.com: {ca: b.pem}}',
      'registries: {a.example.com: {ca: b.pem, insecure: loopback}}',
    ],
  ];
  for (const [earlier, later, merged = later] of cases) {
    assert.equal(mergeSettings(read(earlier), read(later)), read(merged));
  }
});

test("all keys of the user's file and the root's are in force, each with its places", async ({ folder }) => {
  const samples = settingsSamples();
  const parts = [0, 1].map((part) => textOf(samples.filter((_, at) => at % 2 === part)));
  const [user = '', root = ''] = parts;
  writeFiles(folder, { [userFile]: user, [rootFile]: root });
  const files = [userFile, rootFile].map((file, at) => read(parts[at] ?? '', dirname(join(folder, file))));
  const [first = {}, second = {}] = files;
  const { cache, limits, ...others } = mergeSettings(first, second);
  const workspace = await open(folder);
  for (const [name, value] of Object.entries(others)) {
    assert.equal(workspace[name as keyof Workspace], value, name);
  }
  assert.is(workspace.cache, cache);
  const inForce = { network: 7, builds: 5, memoryBytes: 2048 * 1024 ** 2, processes: 900, minutes: 90 };
  assert.equal(workspace.limits, inForce);
});

test("what counts: the command line, the environment, the file of --settings, the root's, the user's, a default", async ({
  folder,
}) => {
  const env = { HOME: join(folder, 'home') };
  const places = async (options: GlobalOptions, more: Readonly<Record<string, string>> = {}) => {
    const { cache, sources, upstream, limits } = await open(folder, options, { env: { ...env, ...more } });
    return [cache, sources, upstream, limits.network];
  };
  const [sources, upstream] = [
    'https://github.com/{org}/{repo}.git',
    'https://github.com/aws/eks-distro.git',
  ];
  assert.equal(await places({}), [join(folder, 'home/.cache/eksd-rebuild'), sources, upstream, 4]);
  writeFiles(folder, {
    [userFile]: 'cache: c\nsources: user\nupstream: user\nlimits: {network: 2}',
    [rootFile]: 'sources: root\nupstream: root',
    'root/more.yaml': 'upstream: more',
  });
  const users = join(folder, dirname(userFile), 'c');
  assert.equal(await places({}), [users, 'root', 'root', 2]);
  assert.equal(await places({ settings: 'more.yaml' }), [users, 'root', 'more', 2]);
  const [first] = await places({}, { EKSD_REBUILD_CACHE: 'from-environment' });
  assert.is(first, join(folder, 'root/from-environment'));
  const [second] = await places({ cache: 'named' }, { EKSD_REBUILD_CACHE: 'from-environment' });
  assert.is(second, join(folder, 'root/named'));
  const [third] = await places({}, { EKSD_REBUILD_CACHE: '' });
  assert.is(third, users);
});

test('without a home the settings need not be there, but a folder for the cache', async ({ folder }) => {
  const root = join(folder, 'root');
  const homeless = (env: Readonly<Record<string, string>>, options: GlobalOptions = {}) =>
    openWorkspace(options, testHost({ cwd: root, packageFolder: root, env }));
  for (const env of [{}, { HOME: '' }, { HOME: 'relative', XDG_CACHE_HOME: 'relative' }]) {
    const failure = failureOf(await homeless(env));
    assert.ok(failure.reason === 'usage' && failure.message.includes('HOME is not set'));
  }
  assert.is(unwrap(await homeless({}, { cache: '/c' })).cache, '/c');
  assert.is(unwrap(await homeless({ XDG_CACHE_HOME: '/c' })).cache, '/c/eksd-rebuild');
  const { cache } = await open(folder, {}, { env: { HOME: '' }, accountHome: '/home/account' });
  assert.is(cache, '/home/account/.cache/eksd-rebuild');
});

test.run();
