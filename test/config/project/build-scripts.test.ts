import { test } from 'uvu';
import * as assert from 'uvu/assert';
import { decodeProject } from '../../../orchestrator/workspace/decode-project.ts';

const scripts = `    scripts:
      commands: [[hack/build.sh, 'cmd/{program}'], [go, version]]
      tools: [bash]
      environment: { PLATFORM: '{platform}', WHERE: '{checkout}', COMMIT: '{head}' }
      stamp: { file: VERSION_FILE, values: { VERSION: '{tag}' } }
      outputs: [{ from: 'out/{platform}/{file}', to: '{file}' }, { from: '**/made.*.go', to: . }]
`;

function recipe(text: string, layout = '    layout: { mode: modules }\n'): string {
  return `schema: 1\ndescription: A tool\nbuilds:\n  - programs: [{ package: ./cmd/tool }]\n${layout}${text}`;
}

/** The complaints about a recipe, a line each, without the place. */
function complaints(text: string, layout?: string): readonly string[] {
  const decoded = decodeProject('project.yaml', recipe(text, layout));
  return decoded.ok ? [] : decoded.error.map(({ message }) => message);
}

test('scripts are read as they stand there, with what is not said left open', () => {
  const decoded = decodeProject('project.yaml', recipe(scripts));
  if (!decoded.ok) throw new Error(JSON.stringify(decoded.error));
  const read = decoded.value.builds[0]?.scripts;
  assert.equal(read?.commands[0], ['hack/build.sh', 'cmd/{program}']);
  assert.is(read?.at, undefined);
  const few = '    scripts: { commands: [[./build.sh]], outputs: [{ from: a, to: a }] }\n';
  const small = decodeProject('project.yaml', recipe(few));
  if (!small.ok) throw new Error(JSON.stringify(small.error));
  assert.equal(
    [small.value.builds[0]?.scripts?.tools, small.value.builds[0]?.scripts?.environment],
    [[], {}],
  );
});

const wrong: readonly (readonly [what: string, before: string, after: string, complaint: RegExp])[] = [
  ['a tool that is not declared', 'tools: [bash]', 'commands2: x', /commands2/],
  ['a command that is none of the tools', '[go, version]', '[make, all]', /"make" is none of the tools/],
  ['a command outside of the checkout', 'hack/build.sh', '../build.sh', /leaves its folder/],
  ['a command by its absolute path', 'hack/build.sh', '/bin/true', /is absolute/],
  ['a go of the machine', '[bash]', '[bash, go]', /go is there/],
  ['a tool with a path', '[bash]', '[/bin/bash]', /name of a program/],
  [
    'a variable that every script has',
    'PLATFORM:',
    'PATH:',
    /no recipe sets PATH: every script gets one of its own/,
  ],
  ['an unknown placeholder', '{platform}', '{arch}', /unknown placeholder \{arch\}.*\{platform\}/],
  ['a folder where only the source speaks', "'{tag}'", "'{checkout}'", /unknown placeholder \{checkout\}/],
  [
    'a program where there is none',
    'COMMIT: ',
    "PROGRAM: '{program}', COMMIT: ",
    /unknown placeholder \{program\}/,
  ],
  ['a version that is not in the stamp', "'{head}'", "'{kubernetes.commit}'", /belongs into the stamp/],
  [
    'a path that the source would name',
    "'out/{platform}",
    "'{tag}/{platform}",
    /no placeholder \{tag\}.*\{file\}/,
  ],
  ['an output outside of the checkout', "'out/{platform}", "'../{platform}", /leaves its folder/],
  ['an output by an absolute place', "to: '{file}'", "to: '/{file}'", /is absolute|Invalid input/],
];
for (const [what, before, after, complaint] of wrong) {
  test(`${what} is refused`, () => {
    assert.ok(scripts.includes(before), before);
    const found = complaints(scripts.replace(before, after));
    assert.ok(
      found.some((each) => complaint.test(each)),
      JSON.stringify(found),
    );
  });
}

test('scripts without a layout are refused: licences would not know what is linked', () => {
  assert.equal(complaints(scripts, ''), ['a build with scripts needs a layout']);
});

test.run();
