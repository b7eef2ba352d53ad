import { test } from 'uvu';
import * as assert from 'uvu/assert';
import { uuidOf } from '../../../orchestrator/statement/sbom/identity.ts';
import { nameLicense, referenceOf } from '../../../orchestrator/statement/sbom/license.ts';
import { moduleUrl, purlOf } from '../../../orchestrator/statement/sbom/purl.ts';

for (const [path, version, url] of [
  ['github.com/BurntSushi/toml', 'v1.2.0', 'pkg:golang/github.com/burntsushi/toml@v1.2.0'],
  ['stdlib', '1.21.9', 'pkg:golang/stdlib@1.21.9'],
  ['a.example/b', 'v2.0.0+incompatible', 'pkg:golang/a.example/b@v2.0.0%2Bincompatible'],
  ['a.example/b', undefined, 'pkg:golang/a.example/b'],
  ["a.example/(b)'!*~_", 'v1', 'pkg:golang/a.example/%28b%29%27%21%2A~_@v1'],
  ['a.example//b/', 'v1', 'pkg:golang/a.example%2F%2Fb%2F@v1'],
] as const) {
  test(`the package URL of ${path} ${version}`, () => assert.is(moduleUrl(path, version), url));
}

test('qualifiers are sorted, and those without a value left out', () => {
  const qualifiers = { upstream: 'a b.src.rpm', arch: 'x86_64', epoch: '', distro: undefined };
  const url = purlOf({
    type: 'rpm',
    namespace: 'amzn',
    name: 'libstdc++',
    version: '1:2~rc1^git',
    qualifiers,
  });
  assert.is(url, 'pkg:rpm/amzn/libstdc%2B%2B@1:2~rc1%5Egit?arch=x86_64&upstream=a%20b.src.rpm');
});

for (const [declared, kind] of [
  ['Apache-2.0', 'expression'],
  ['BSD-3-Clause AND (MIT OR LicenseRef-Other)', 'expression'],
  ['GPL-2.0-or-later WITH Classpath-exception-2.0', 'expression'],
  ['DocumentRef-x:LicenseRef-y', 'text'],
  ['GPLv2+', 'text'],
  [`MIT${' AND MIT'.repeat(2000)}`, 'text'],
  [' ', 'unknown'],
  [undefined, 'unknown'],
] as const) {
  test(`a licence that is declared as ${declared?.slice(0, 60)}: ${kind}`, () =>
    assert.is(nameLicense({ declared }).kind, kind));
}

test('names of licences that differ only in strange characters are kept apart', () => {
  assert.is.not(referenceOf('GPLv2+'), referenceOf('GPLv2'));
});

// By Python's uuid: uuid5(uuid5(NAMESPACE_URL, 'urn:eksd-rebuild:sbom'), 'text').
test('a number out of a text is a UUID of version 5', () =>
  assert.is(uuidOf('text'), 'c8d29bb3-4c45-564b-a76a-c2eeb5cd70f6'));

test.run();
