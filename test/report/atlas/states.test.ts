import { test } from 'uvu';
import * as assert from 'uvu/assert';
import { atlasTexts } from '../../../orchestrator/report/atlas/atlas.ts';
import { changesBetween } from '../../../orchestrator/report/atlas/changes.ts';
import { countFiles, stateOf } from '../../../orchestrator/report/atlas/counts.ts';
import { rowsOf } from '../../../orchestrator/report/atlas/data.ts';
import { describeKnown } from '../../../orchestrator/report/atlas/describe-known.ts';
import { knownDigests } from '../../../orchestrator/report/atlas/view/digest.ts';
import {
  atlasFile,
  atlasProject,
  atlasRelease,
  buildDigest,
  foundDigest,
  saidOf,
} from '../../rig/atlas-data.ts';

const identical = atlasFile('a', { said: saidOf('identical') });
const different = atlasFile('b', { said: saidOf('different', { found: foundDigest, build: buildDigest }) });
const unavailable = atlasFile('c', { said: saidOf('toolchain-unavailable') });
const unknown = atlasFile('d');

test('what is not known is never bad news, and never good news', () => {
  const states = [
    [identical],
    [identical, unavailable],
    [identical, unknown],
    [unavailable],
    [unavailable, unknown],
    [unknown],
    [],
    [identical, different, unknown],
  ].map((files) => stateOf(countFiles(files)));
  assert.equal(
    states.map(({ mood, mark }) => `${mood} ${mark}`),
    ['good ✔', 'good ✔', 'quiet ◔', 'quiet –', 'quiet ◔', 'quiet ·', 'quiet ·', 'bad ✖'],
  );
});

test('what changed is told by project, and what only one side knows is no change', () => {
  const patch = (sha256: string) => ({ path: 'p', sha256 });
  const before = atlasRelease(1, [
    atlasProject('org/a', [identical], { patches: [patch('1')] }),
    atlasProject('org/b', [identical, different]),
    atlasProject('org/gone', []),
    atlasProject('org/said', [identical], { repository: undefined, go: undefined }),
  ]);
  const after = atlasRelease(
    2,
    [
      atlasProject('org/a', [identical], {
        patches: [patch('1'), patch('2')],
        go: '1.21.10',
        version: 'v1.1.0',
      }),
      atlasProject('org/b', [identical, atlasFile('b', { content: 'another' })], { patches: [] }),
      atlasProject('org/new', []),
      atlasProject('org/said', [unknown]),
    ],
    { baseImages: [{ name: 'base', tag: '2' }] },
  );
  assert.equal(
    changesBetween(before, after).map(({ what, how }) => `${what}: ${how.join('; ')}`),
    [
      'org/a: v1.0.0 to v1.1.0; Go 1.21.9 to 1.21.10; 1 patch more',
      'org/b: 1 other file',
      'org/gone: no longer there',
      'org/new: new, v1.0.0',
      'base: new, 2',
    ],
  );
  assert.equal(changesBetween(after, after), []);
});

test('a file is found by what was published and by what was built, with all releases that have it', () => {
  const releases = [1, 2, 10].map((number) =>
    atlasRelease(number, [
      atlasProject('org/tool', [number === 10 ? { ...different, said: undefined } : different]),
    ]),
  );
  const known = knownDigests(rowsOf(releases));
  const found = (sha256: string | undefined) => known.find((each) => each.sha256 === sha256)?.as ?? [];
  assert.is(
    describeKnown('', found(different.expected), 3),
    [
      'b for linux/amd64, of org/tool v1.0.0: not known yet\n  as published\n  1 release: v1-30-eks-10\n',
      `b for linux/amd64, of org/tool v1.0.0: different\n  as published\n  built was ${foundDigest}\n  build ${buildDigest}\n  2 releases: v1-30-eks-1, v1-30-eks-2\n`,
    ].join('\n'),
  );
  assert.match(describeKnown('', found(foundDigest), 3), `published is ${different.expected}`);
  assert.match(describeKnown('abc', [], 1), /^abc is named by none of 1 release at hand/);
});

test('a release whose files nobody spoke of says so, and nothing of it is red', () => {
  const texts = atlasTexts([atlasRelease(1, [atlasProject('org/tool', [unknown])])], undefined);
  const page = texts.find(({ path }) => path === 'release/v1-30-eks-1.html')?.text() ?? '';
  assert.match(page, 'Nothing is known yet. 1 file is not known yet.');
  assert.not.match(page, /class="[^"]*\bbad\b/);
  assert.match(
    texts.find(({ path }) => path === 'badge/release/v1-30-eks-1.svg')?.text() ?? '',
    '>not known yet<',
  );
});

test.run();
