import { test } from 'uvu';
import * as assert from 'uvu/assert';
import { type BaseImage, baseImageSchema } from '../../../orchestrator/config/base/base-image.ts';
import { chainOf, contentOf } from '../../../orchestrator/config/base/base-image-chain.ts';
import {
  readBaseLock,
  renderBaseLock,
  type UnsealedBaseLock,
} from '../../../orchestrator/config/base/base-lock-file.ts';
import { distributionOf, distributionsSettings } from '../../../orchestrator/config/base/distribution.ts';
import { decodeYaml } from '../../../orchestrator/config/yaml.ts';
import { type Diagnostic, renderDiagnostic } from '../../../orchestrator/core/diagnostic.ts';
import { asDigest } from '../../../orchestrator/core/digest.ts';

const heads = (complaints: readonly Diagnostic[]): readonly string[] =>
  complaints.map((each) => renderDiagnostic(each).split('\n')[0] ?? '');

function complaints(text: string): readonly string[] {
  const decoded = decodeYaml('base-image.yaml', `schema: 1\ndescription: a base\n${text}`, baseImageSchema);
  return decoded.ok ? [] : heads(decoded.error);
}

test('a definition in its shortest form', () => {
  assert.equal(complaints('distributions: {al2: {}}\n'), []);
});

test('what is wrong is complained of at its place', () => {
  assert.equal(complaints('distributions: {al2022: {}}\n'), [
    'base-image.yaml:3:17: error: unknown field "al2022"',
  ]);
  assert.equal(complaints('distributions:\n  al2: {packages: ["a b"], keys: [12]}\n'), [
    'base-image.yaml:4:20: error: distributions.al2.packages.0: expected the name of a package',
    'base-image.yaml:4:35: error: distributions.al2.keys.0: expected a key as rpm lists it',
  ]);
  const rootfs = [
    'rootfs:',
    '  directories: [{path: /a/../b, mode: 9}]',
    '  trust: [{path: /c, format: der}]',
    '  remove: [usr/share/doc]',
    'distributions: {}',
  ];
  assert.equal(complaints(rootfs.join('\n')), [
    'base-image.yaml:4:24: error: rootfs.directories.0.path: expected an absolute path without "." and ".."',
    'base-image.yaml:4:39: error: rootfs.directories.0.mode: expected a mode in octal digits, such as 1777',
    'base-image.yaml:5:30: error: rootfs.trust.0.format: Invalid option: expected one of "pem-bundle"|"openssl-bundle"|"java-cacerts"|"edk2-cacerts"|"pem-directory-hash"',
    'base-image.yaml:6:12: error: rootfs.remove.0: expected an absolute path',
  ]);
});

function image(
  parent: string | undefined,
  al2: Partial<BaseImage['distributions']['al2']>,
): { image: BaseImage } {
  const text = JSON.stringify({
    schema: '1',
    description: 'x',
    ...(parent === undefined ? {} : { parent }),
    distributions: { al2 },
  });
  const decoded = decodeYaml('x', text, baseImageSchema);
  if (!decoded.ok) throw new Error(heads(decoded.error).join('\n'));
  return { image: decoded.value.value };
}

test('an image has what it stands on, and does without less', () => {
  const images = new Map([
    ['base', image(undefined, { packages: ['setup'], without: [{ name: 'glibc', because: 'x' }] })],
    ['glibc', image('base', { packages: ['glibc'], without: [{ name: 'bash', because: 'y' }] })],
  ]);
  const chain = chainOf(images, 'glibc');
  assert.equal([...chain.keys()], ['glibc', 'base']);
  const content = contentOf([...chain.values()].map((each) => each.image).reverse(), 'al2');
  assert.equal(content, {
    packages: ['setup', 'glibc'],
    dependencies: 'listed',
    without: [{ name: 'bash', because: 'y' }],
  });
});

const sha256 = asDigest('a'.repeat(64));
const locked = (name: string, arch: string) => ({
  ...{ name, epoch: 0, version: '2.10', release: '1.20', arch, sha256, size: 7 },
  url: `https://example.com/${name}.rpm`,
});
const pins: UnsealedBaseLock = {
  image: 'base',
  distribution: 'al2',
  repositories: [{ name: 'core', arch: 'x86_64', base: 'https://example.com/', repomd: sha256 }],
  keys: [],
  packages: { aarch64: [locked('a', 'noarch')], x86_64: [locked('b', 'noarch'), locked('a', 'x86_64')] },
};

test('a lock is read as it was written, in one order whatever the order it came in', () => {
  const text = renderBaseLock(pins);
  const read = readBaseLock('al2.lock.yaml', text);
  if (!read.ok) throw new Error(heads(read.error).join('\n'));
  assert.equal(
    read.value.packages.x86_64?.map(({ name }) => name),
    ['a', 'b'],
  );
  const { digest, schema, ...rest } = read.value;
  assert.is(renderBaseLock(rest), text);
  const [b, a] = pins.packages.x86_64 ?? [];
  if (a === undefined || b === undefined) throw new Error('two packages');
  const { image: name, ...others } = pins;
  const turned = { ...others, packages: { x86_64: [a, b], aarch64: [locked('a', 'noarch')] }, image: name };
  assert.is(renderBaseLock(turned), text);
  assert.match(text, '    - {name: a, epoch: 0, version: 2.10, release: 1.20, arch: noarch,');
  assert.ok([digest, schema].every((each) => each.length > 0));
});

test('an edit by hand is seen', () => {
  const text = renderBaseLock(pins).replace('2.10', '2.11');
  const read = readBaseLock('al2.lock.yaml', text);
  assert.match(
    read.ok ? '' : (heads(read.error)[0] ?? ''),
    /^al2\.lock\.yaml:4:9: error: the lock was edited by hand/,
  );
});

test('settings replace what a distribution has by default, member by member', () => {
  const text =
    'al2023: {releasever: "2023.6"}\nal2: {repositories: [{name: own, base: "https://example.com/{arch}/"}]}\n';
  const decoded = decodeYaml('settings', text, distributionsSettings);
  if (!decoded.ok) throw new Error(heads(decoded.error).join('\n'));
  const { releasever, repositories } = distributionOf('al2023', decoded.value.value);
  assert.is(releasever, '2023.6');
  assert.match(repositories[0]?.mirrorList ?? '', '{releasever}/{arch}/mirror.list');
  assert.equal(distributionOf('al2', decoded.value.value).repositories[0]?.name, 'own');
  const both = decodeYaml('settings', 'al2: {repositories: [{name: own}]}', distributionsSettings);
  assert.match(both.ok ? '' : (heads(both.error)[0] ?? ''), 'expected either a mirrorList or a base');
});

test.run();
