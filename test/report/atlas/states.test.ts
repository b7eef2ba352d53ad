import { test } from 'uvu';
import * as assert from 'uvu/assert';
import { digestOf } from '../../../orchestrator/core/digest.ts';
import { atlasTexts } from '../../../orchestrator/report/atlas/atlas.ts';
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
    ['good ✔', 'good ✔', 'quiet ◔', 'quiet –', 'quiet ◔', 'quiet ·', 'quiet –', 'bad ✖'],
  );
});

test('no file that came out as published hides one that did not', () => {
  const uncompared = atlasFile('e', { said: saidOf('identical', { comparable: false }) });
  const { mood, words } = stateOf(countFiles([uncompared, uncompared, different]));
  assert.equal([mood, words], ['bad', '1 comparable file is not identical']);
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

test('builds of one version are told apart by their Go and digits, on the page of a script and of a file that several of them make', async () => {
  const again = digestOf('the same with another Go');
  const releases = [buildDigest, again].map((build, at) =>
    atlasRelease(at + 1, [
      atlasProject('org/tool', [atlasFile('a', { said: saidOf('identical', { build }) })], {
        ...(at === 0 ? {} : { go: '1.21.13', flavour: 'eks-go' }),
      }),
      atlasProject('org/other', [atlasFile('alone', { said: saidOf('identical') })]),
    ]),
  );
  const script = 'go build\n';
  const texts = await atlasTexts(releases, {
    stepsOf: async ({ release }) => ({ release: release.name, script, confirmed: 'yes' }),
  });
  const linksOf = async (place: string) => {
    const html = (await texts.find(({ path }) => path === `${place}.html`)?.text()) ?? '';
    const links = html.matchAll(/<a href="\.\.\/(?:build|project)\/[^"]*">(org\/|v1)(.*?)<\/a>/g);
    return [...links].map(([, start = '', rest = '']) => start + rest.replaceAll(/<[^>]*>/g, ''));
  };
  const words = [`(Go 1.21.9, ${buildDigest.slice(0, 12)})`, `(Go 1.21.13 (eks-go), ${again.slice(0, 12)})`];
  assert.equal(
    (await linksOf(`script/${digestOf(script).slice(0, 20)}`)).filter((link) => link.includes('(')),
    words.map((each) => `v1.0.0 ${each}`),
  );
  const ofFile = await linksOf(`sha256/${digestOf('a').slice(0, 2)}`);
  assert.equal(ofFile.sort(), words.map((each) => `org/tool v1.0.0 ${each}`).sort());
  assert.equal(await linksOf(`sha256/${digestOf('alone').slice(0, 2)}`), ['org/other v1.0.0']);
});

test('of what has no published SHA-256 it is not said how many different files it is', async () => {
  const without = { ...unknown, expected: undefined };
  const files = [identical, identical, different, without, { ...without, name: '*' }];
  const texts = await atlasTexts([atlasRelease(1, [atlasProject('org/tool', files)])]);
  const json = async (path: string) =>
    JSON.parse((await texts.find((each) => each.path === path)?.text()) ?? '');
  const front = await json('index.json');
  assert.equal([front.files, front.distinct, front.counts.all], [3, 2, 5]);
  assert.is((await json('project/org/tool.json')).versions[0].distinct, 2);
});

test('a release whose files nobody spoke of says so, and nothing of it is red', async () => {
  const texts = await atlasTexts([atlasRelease(1, [atlasProject('org/tool', [unknown])])]);
  const page = (await texts.find(({ path }) => path === 'release/v1-30-eks-1.html')?.text()) ?? '';
  assert.match(page, 'Nothing is known yet. 1 file is not known yet.');
  assert.not.match(page, /class="[^"]*\bbad\b/);
  assert.match(
    (await texts.find(({ path }) => path === 'badge/release/v1-30-eks-1.svg')?.text()) ?? '',
    '>not known yet<',
  );
});

test('the legend of files explains every mark that stands there, and sends nobody to a page that is none', async () => {
  const legendOf = async (...files: readonly ReturnType<typeof atlasFile>[]) => {
    const texts = await atlasTexts([atlasRelease(1, [atlasProject('org/tool', files)])]);
    const page = (await texts.find(({ path }) => path === 'release/v1-30-eks-1.html')?.text()) ?? '';
    const [, legend = '', table = ''] =
      /<h2 id="files">Files<\/h2><p class="dim">(.*?)<\/p>(.*)/s.exec(page) ?? [];
    for (const mark of '✔✖–·')
      assert.is(
        legend.includes(`${mark} `),
        table.includes(`${mark} `) || table.includes(`>${mark}<`),
        `${mark}: ${legend}`,
      );
    assert.match(legend, /^[^a-z]/);
    return legend;
  };
  assert.not.match(await legendOf(unknown), 'the page of its build');
  assert.match(await legendOf(identical, unknown), 'the page of its build');
  await legendOf(different, unavailable);
  await legendOf(identical);
});

test('the front says how files become known, as long as some are not', async () => {
  const frontOf = async (file: ReturnType<typeof atlasFile>) => {
    const texts = await atlasTexts([atlasRelease(1, [atlasProject('org/tool', [file])])]);
    return (await texts.find(({ path }) => path === 'index.html')?.text()) ?? '';
  };
  assert.match(await frontOf(unknown), '<code>eksd-rebuild audit</code>');
  assert.not.match(await frontOf(identical), 'eksd-rebuild audit');
});

test('what is said of files that differ is not said on pages of the documentation', async () => {
  const texts = await atlasTexts([atlasRelease(1, [atlasProject('org/tool', [different])])]);
  const said = async (path: string) =>
    (await texts.find((each) => each.path === path)?.text())?.toString().includes('meant harm');
  assert.equal([await said('docs/index.html'), await said('release/v1-30-eks-1.html')], [false, true]);
});

test.run();
