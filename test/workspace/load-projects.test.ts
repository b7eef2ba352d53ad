import { mkdtempSync, rmSync } from 'node:fs';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import * as assert from 'uvu/assert';
import type { Project } from '../../orchestrator/config/project/project.ts';
import { renderDiagnostic } from '../../orchestrator/core/diagnostic.ts';
import { branded, isProjectName } from '../../orchestrator/core/names.ts';
import { decodeProject } from '../../orchestrator/workspace/decode-project.ts';
import { loadDockerfiles } from '../../orchestrator/workspace/load-projects.ts';
import type { Workspace } from '../../orchestrator/workspace/workspace.ts';
import { failureOf, unwrap } from '../oci/registry/rig.ts';
import { suite } from '../rig/suite.ts';
import { writeFiles } from '../rig/world.ts';

const test = suite<{ folder: string; workspace: Workspace }>('recipes of images');
test.before.each((context) => {
  context.folder = mkdtempSync(join(tmpdir(), 'recipes-'));
  const searchPath = ['root', 'package'].map((name) => join(context.folder, name));
  context.workspace = { searchPath } as unknown as Workspace;
});
test.after.each(({ folder }) => rmSync(folder, { recursive: true }));

const head = `schema: 1
description: a tool
builds:
  - programs:
      - package: ./tool
images:
`;

function decoded(images: string): Project {
  const result = decodeProject('project.yaml', head + images);
  if (!result.ok) throw new Error(result.error.map(renderDiagnostic).join('\n'));
  return result.value;
}

function filesOf(recipes: ReadonlyMap<string, Project>): Parameters<typeof loadDockerfiles>[1] {
  return [...recipes].flatMap(([project, { images }]) =>
    images.map(({ dockerfile }) => ({ project: branded(isProjectName, project), dockerfile })),
  );
}

test("each Dockerfile once; one of the root before the package's", async ({ folder, workspace }) => {
  writeFiles(folder, {
    'package/projects/org/tool/Dockerfile': 'FROM base\n',
    'package/projects/org/tool/other.Dockerfile': 'FROM scratch\n',
    'root/projects/org/tool/other.Dockerfile': 'FROM base\nUSER 1\n',
    'package/projects/org/kit/docker/Dockerfile': 'FROM base\n# kit\n',
  });
  const recipes = new Map([
    [
      'org/tool',
      decoded(`  - { name: a, programs: [tool] }
  - { name: b, programs: [tool] }
  - { name: c, programs: [tool], dockerfile: other.Dockerfile }
`),
    ],
    ['org/kit', decoded('  - { name: d, programs: [tool], dockerfile: docker/Dockerfile }\n')],
    ['org/bare', decoded('  []\n')],
  ]);
  assert.equal(
    [...unwrap(await loadDockerfiles(workspace, filesOf(recipes), '/'))],
    [
      ['org/tool Dockerfile', 'FROM base\n'],
      ['org/tool other.Dockerfile', 'FROM base\nUSER 1\n'],
      ['org/kit docker/Dockerfile', 'FROM base\n# kit\n'],
    ],
  );
});

test('one that is not there is told', async ({ workspace }) => {
  const recipes = new Map([['org/tool', decoded('  - { name: a, programs: [tool] }\n')]]);
  assert.equal(failureOf(await loadDockerfiles(workspace, filesOf(recipes), '/')), {
    reason: 'usage',
    message: 'The recipe of org/tool names a file Dockerfile, and projects/org/tool has none.',
    help: 'Put the Dockerfile beside project.yaml, or leave the image out of it.',
  });
});

test('ranges that are none are found where they stand, of images as of builds', () => {
  const result = decodeProject(
    'project.yaml',
    `${head}  - name: a
    programs: [tool]
    when: { version: '>=3.5.0-0', branch: '>=1.22' }
  - name: b
    programs: [tool]
    when: { version: 'since 3', branch: about 1.30 }
`,
  );
  assert.not.ok(result.ok);
  const complaints = result.ok ? [] : result.error;
  assert.equal(
    complaints.map(({ location, message }) => `${location.line}:${location.column} ${message}`),
    ['12:22 "since 3" is no semver range', '12:41 "about 1.30" is no semver range'],
  );
});

test('programs in C: their ranges are looked at as well, and an image that holds nothing else has no licences', () => {
  const result = decodeProject(
    'project.yaml',
    `${head}  - { name: a, programs: [halt] }
  - { name: b, programs: [halt], licenses: no }
  - { name: c, programs: [halt, tool] }
cBuilds:
  - { program: halt, source: halt.c, when: { version: later } }
`,
  );
  assert.equal(
    (result.ok ? [] : result.error).map(
      ({ location, message }) => `${location.line}:${location.column} ${message}`,
    ),
    [
      '11:55 "later" is no semver range',
      '7:16 licences are gathered of Go programs, and it holds none: say "licenses: no"',
    ],
  );
});

test('what an image may be called, hold and stand on', () => {
  const ok = decoded(`  - name: org/tool
    programs: [tool]
    base: { minimal: eks-distro-minimal-base, standard: eks-distro-base }
    licenses: no
    users: [{ name: app, uid: 1000, gid: 1000, home: /home/app }]
    links: { /usr/bin/tool: /tool }
`);
  const [image] = ok.images;
  assert.equal(
    [image?.dockerfile, image?.licenses, image?.users[0]?.shell, image?.users[0]?.uid],
    ['Dockerfile', 'no', '/sbin/nologin', 1000],
  );
  const wrong: readonly (readonly [string, string])[] = [
    ['name: Org/Tool, programs: [tool]', 'lower case'],
    ['name: a:v1, programs: [tool]', 'lower case'],
    ['name: a, programs: []', 'programs'],
    ['name: a, programs: [../tool]', 'programs'],
    ['name: a, programs: [tool], dockerfile: /Dockerfile', 'dockerfile'],
    ['name: a, programs: [tool], base: { minimal: alpine }', 'base'],
    ['name: a, programs: [tool], base: {}', 'base'],
    ['name: a, programs: [tool], base: { image: b, minimal: eks-distro-base }', 'base'],
    ['name: a, programs: [tool], licenses: maybe', 'licenses'],
    ['name: a, programs: [tool], links: { usr/bin/a: /a }', 'links'],
    ['name: a, programs: [tool], links: { /usr/../a: /a }', 'links'],
    ["name: a, programs: [tool], users: [{ name: 'a:b', uid: 1, gid: 1, home: /a }]", 'name of a user'],
    ['name: a, programs: [tool], users: [{ name: a, uid: -1, gid: 1, home: /a }]', 'uid'],
    ['name: a, programs: [tool], user: a', 'unknown field "user"'],
    ['name: a, programs: [tool], args: { SOURCE_DATE_EPOCH: 1 }', 'args'],
    ['name: a, programs: [tool], args: { HTTP_PROXY: x }', 'args'],
  ];
  for (const [text, why] of wrong) {
    const result = decodeProject('project.yaml', `${head}  - { ${text} }\n`);
    const said = result.ok ? '' : result.error.map(({ message }) => message).join('; ');
    assert.ok(said.includes(why), `${text}: ${said}`);
  }
});

test.run();
