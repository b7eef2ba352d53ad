import { test } from 'uvu';
import * as assert from 'uvu/assert';
import { type Project, projectSchema } from '../../orchestrator/config/project/project.ts';
import { branded, isProjectName } from '../../orchestrator/core/names.ts';
import { selectImages } from '../../orchestrator/workspace/image-selection.ts';
import { failureOf, unwrap } from '../oci/registry/rig.ts';
import { lockWith } from '../rig/image-lock.ts';

const [minimal, standard] = ['eks-distro-minimal-base', 'eks-distro-base'];

/** Images, written `name`, `name on base` or `name on base or standard`. */
function recipe(...images: readonly string[]): Project {
  return projectSchema.parse({
    schema: '1',
    description: 'a tool',
    builds: [{ programs: [{ package: './tool' }] }],
    images: images.map((text) => {
      const [, name, base, second] = /^(\S+)(?: on (\S+))?(?: or (\S+))?$/.exec(text) ?? [];
      const minimalBase = { minimal: base, ...(second === undefined ? {} : { standard: second }) };
      const below = base?.startsWith('eks-distro') ? minimalBase : { image: base };
      return { name, programs: ['tool'], ...(base === undefined ? {} : { base: below }) };
    }),
  });
}

const name = (text: string) => branded(isProjectName, text);
const recipes = new Map([
  [name('org/low'), recipe(`org/low on ${minimal} or ${standard}`, 'org/plain')],
  [name('org/middle'), recipe('org/middle on org/low')],
  [name('org/top'), recipe('org/top/first on org/middle', `org/top/second on ${minimal}-iptables`)],
  [name('org/bare'), recipe()],
]);
const projects = [...recipes.keys(), 'org/unknown'];
const lock = lockWith([], projects);

function selected(patterns: readonly string[], of: readonly string[] = projects) {
  const selection = unwrap(selectImages(lock, of, recipes, patterns));
  const names = [...recipes.values()].flatMap(({ images }) => images.map(({ name }) => name));
  return { ...selection, images: names.filter(selection.isWanted) };
}

test('all images of the selected projects, and what those stand on', () => {
  const all = selected([]);
  assert.equal(all.images, ['org/low', 'org/plain', 'org/middle', 'org/top/first', 'org/top/second']);
  assert.equal([...all.projects].sort(), ['org/low', 'org/middle', 'org/top']);
  assert.equal([...all.bases].sort(), [minimal, `${minimal}-iptables`]);
  const top = selected([], ['org/top']);
  assert.equal(top.images, ['org/top/first', 'org/top/second'], 'what it stands on was not asked for');
  assert.equal([...top.projects].sort(), ['org/low', 'org/middle', 'org/top']);
});

test('patterns: whole names, globs, and the last words of a name', () => {
  const choices: readonly (readonly [readonly string[], readonly string[]])[] = [
    [['org/low'], ['org/low']],
    [['first'], ['org/top/first']],
    [['top/second'], ['org/top/second']],
    [['org/top/*'], ['org/top/first', 'org/top/second']],
    [['org/*'], ['org/low', 'org/plain', 'org/middle']],
    [['**'], ['org/low', 'org/plain', 'org/middle', 'org/top/first', 'org/top/second']],
    [
      ['plain', 'org/l*', 'plain'],
      ['org/low', 'org/plain'],
    ],
    [['!org/plain'], ['org/low', 'org/middle', 'org/top/first', 'org/top/second']],
    [
      ['!org/plain', '!org/low'],
      ['org/middle', 'org/top/first', 'org/top/second'],
    ],
    [['!org/top/second', 'org/top/*'], ['org/top/first']],
  ];
  for (const [patterns, images] of choices) assert.equal(selected(patterns).images, images, patterns.join());
});

test('what is left out is told, but for what others stand on; what only other projects have may be excluded', () => {
  assert.equal(selected(['!plain', '!low']).leftOut, ['org/plain']);
  assert.equal(selected(['!plain', '!low', '!middle', '!first']).leftOut, [
    ...['org/low', 'org/plain', 'org/middle', 'org/top/first'],
  ]);
  assert.equal(selected(['!plain'], ['org/top']).images, ['org/top/first', 'org/top/second']);
  const failure = failureOf(selectImages(lock, ['org/top'], recipes, ['org/top/*', '!top/*']));
  assert.is(
    'message' in failure && failure.message,
    '--image leaves nothing: from org/top/first, org/top/second it subtracts !top/*.',
  );
});

test('only the projects and bases that the wanted ones take', () => {
  const plain = selected(['plain']);
  assert.equal([plain.projects, plain.bases], [['org/low'], []]);
  const second = selected(['second']);
  assert.equal([second.projects, second.bases], [['org/top'], [`${minimal}-iptables`]]);
  const middle = selected(['middle']);
  assert.equal([[...middle.projects].sort(), middle.bases], [['org/low', 'org/middle'], [minimal]]);
});

test('an image stands on one base: that of the family which its release had', () => {
  const old = { ...lock, branch: '1-18' };
  assert.equal(unwrap(selectImages(old, projects, recipes, ['org/low'])).bases, [standard]);
  assert.equal(unwrap(selectImages(old, projects, recipes, ['second'])).bases, [`${minimal}-iptables`]);
});

test('a project that the lock lacks is not built for what stands on it', () => {
  const without = lockWith([], ['org/middle']);
  const { projects: all } = unwrap(selectImages(without, ['org/middle'], recipes, []));
  assert.equal(all, ['org/middle']);
});

test('images that stand on each other in a circle do not go on for ever', () => {
  const circle = new Map([[name('org/low'), recipe('org/a on org/b', 'org/b on org/a')]]);
  assert.equal(unwrap(selectImages(lock, ['org/low'], circle, ['a'])).projects, ['org/low']);
});

test('images of other releases do not count, and one that is named is told', () => {
  const [before, after] = [{ before: '2020-01-01' }, { from: '2020-01-01' }];
  const image = (name: string, when: object, dockerfile: string, base?: object) => {
    return { name, when, dockerfile, programs: ['tool'], ...(base === undefined ? {} : { base }) };
  };
  const dated = projectSchema.parse({
    ...{ schema: '1', description: 'a tool', builds: [{ programs: [{ package: './tool' }] }] },
    images: [
      image('org/now', after, 'now.Dockerfile', { image: 'org/below' }),
      image('org/now', before, 'then.Dockerfile', { minimal: standard }),
      image('org/below', after, 'below.Dockerfile', { minimal }),
      image('org/gone', before, 'gone.Dockerfile'),
      image('org/other', after, 'other.Dockerfile'),
    ],
  });
  const both = new Map([[name('org/low'), dated]]);
  const now = unwrap(selectImages(lock, ['org/low'], both, ['now']));
  assert.equal(now.images, [
    { project: 'org/low', dockerfile: 'now.Dockerfile' },
    { project: 'org/low', dockerfile: 'below.Dockerfile' },
  ]);
  assert.equal(now.bases, [minimal]);
  assert.equal(failureOf(selectImages(lock, ['org/low'], both, ['gone'])), {
    reason: 'usage',
    message: 'v1-30-eks-5 has no image gone: other releases have it.',
    help: 'The images of v1-30-eks-5 are org/now, org/below, org/other.',
  });
});

test('a pattern that fits nothing is told, with the nearest names', () => {
  const failure = failureOf(selectImages(lock, projects, recipes, ['org/low', 'org/plane']));
  assert.equal(failure, {
    reason: 'unknown-name',
    what: 'image',
    name: 'org/plane',
    nearest: ['org/plain'],
    help: 'The images of v1-30-eks-5 are org/low, org/plain, org/middle, org/top/first, org/top/second.',
  });
  // Of a project that was not selected.
  assert.is(failureOf(selectImages(lock, ['org/top'], recipes, ['org/low'])).reason, 'unknown-name');
});

test.run();
