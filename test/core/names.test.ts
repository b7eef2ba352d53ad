import { test } from 'uvu';
import * as assert from 'uvu/assert';
import { parseJson } from '../../orchestrator/core/json-text.ts';
import {
  branded,
  isAssetName,
  isProgramName,
  isProjectName,
  isReleaseName,
  isTagName,
  projectsIn,
} from '../../orchestrator/core/names.ts';
import { readNumber } from '../../orchestrator/core/numbers.ts';
import { isPlatform } from '../../orchestrator/core/platform.ts';
import { whyStrangePath } from '../../orchestrator/core/relative-path.ts';

/** What is a name of each kind, and what is none; the hostile ones are in test/program. */
const kinds: readonly (readonly [is: (text: string) => boolean, good: string, bad: string])[] = [
  [isReleaseName, 'v1-30-eks-5 v1-0-eks-1 sample acme-2026.1 a', '.. a..b -a a/ a. con nul.x'],
  [isProjectName, 'etcd-io/etcd kubernetes/cloud-provider-aws a/b_c.d', 'etcd a/b/c a/ /b a/.b a/b. aux/b'],
  [isProgramName, 'etcd kube-apiserver cni_x c++ _x', 'a/b .a -a a. com1 a:b'],
  [isAssetName, 'livenessprobe.exe etcdctl a.tar.gz', 'nul.exe ../a a\\b a*'],
  [isTagName, 'v1.2.3 v1.30.1-eks-1 api/v3.5.0 v1+x', 'a..b -v a.lock a/ /a a//b a/.b v@{1} a~1'],
  [
    isPlatform,
    'linux/amd64 windows/386 darwin/arm64 js/wasm',
    'linux linux/z80 Linux/amd64 linux/amd64/v2 constructor/x',
  ],
];

for (const [is, good, bad] of kinds) {
  test(`${is.name}`, () => {
    for (const text of good.split(' ')) assert.ok(is(text), text);
    for (const text of ['', ' ', 'a b', 'a\n', 'a\0', '\u202ea', 'é', 'x'.repeat(300), ...bad.split(' ')])
      assert.not.ok(is(text), text);
  });
}

test('a brand is given to what has one alone; the names of a record are those that are some', () => {
  assert.is(branded(isReleaseName, 'v1'), 'v1');
  assert.throws(() => branded(isReleaseName, '../x'), TypeError);
  assert.equal(projectsIn({ 'a/b': 1, a: 2, 'c/d': 3 }), ['a/b', 'c/d']);
});

test('paths that somebody wrote down', () => {
  for (const good of ['a', 'a/b.patch', 'a b/c', 'é/ü', 'a/...b'])
    assert.is(whyStrangePath(good), undefined, good);
  const bad = {
    '../a': 'leaves its folder',
    'a/b ': /space or a dot/,
    'a\tb': /control/,
    'a\u200bb': /not seen/,
    'a\ud800': /not seen/,
  };
  for (const [path, why] of Object.entries(bad)) assert.match(whyStrangePath(path) ?? '', why);
  assert.match(whyStrangePath('é'.repeat(128)) ?? '', /longer than 255 bytes/);
  assert.match(whyStrangePath('a/'.repeat(2100).slice(0, -1)) ?? '', /longer than 4095 bytes/);
});

test('JSON of others: objects and lists, no deeper than anything needs', () => {
  assert.equal(parseJson('{"a":[1]}'), { a: [1] });
  for (const none of ['', '1', 'null', '"a"', '{', '{a:1}', '[1,]'])
    assert.is(parseJson(none), undefined, none);
  const nested = (depth: number) => `${'['.repeat(depth)}${']'.repeat(depth)}`;
  assert.ok(parseJson(nested(200)));
  assert.is(parseJson(nested(201)), undefined);
  assert.is(parseJson(nested(1_000_000)), undefined);
});

test('numbers of the command line: plain digits within bounds, which the complaint says', () => {
  const read = (text: string, isWhole = true) => {
    const number = readNumber('--x', text, {
      from: 1,
      to: 50,
      of: 'a number of things',
      isWhole,
      help: 'help',
    });
    return number.ok ? number.value : number.error.reason === 'usage' && number.error.message;
  };
  assert.equal([read('1'), read('50'), read('1.5', false)], [1, 50, 1.5]);
  for (const bad of ['0', '51', '-1', '+1', '01', '1e1', '0x1', '1.5', ' 1', '', 'NaN', 'Infinity', '１'])
    assert.is(read(bad), `--x takes a number of things from 1 to 50, not ${JSON.stringify(bad)}.`);
});

test.run();
