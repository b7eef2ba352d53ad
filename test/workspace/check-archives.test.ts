import { test } from 'uvu';
import * as assert from 'uvu/assert';
import { decodeProject } from '../../orchestrator/workspace/decode-project.ts';

const recipe = `schema: 1
description: a tool
component: tools
builds:
  - programs:
      - package: ./cmd/tool
      - name: ctl
        package: ./cmd/control
        platforms: [linux/amd64]
images:
  - name: org/app
    programs: [tool]
archives:
  - kind: archive
    folder: tools
    file: tool-{os}-{arch}-{tag}.tar.gz
    platforms: [linux/amd64, windows/amd64]
    description: tool for {os}/{arch}
    members:
      - programs: [tool]
      - at: images
        images: [org/app]
      - licenses: yes
  - kind: image
    folder: tools
    file: bin/{os}/{arch}/{file}
    platforms: [linux/amd64]
    images: [org/app]
    format: oci
  - kind: program
    folder: tools
    file: bin/{os}/{arch}/{file}
    platforms: [linux/amd64]
    programs: [tool, ctl]
`;

/** Complaints as `line:column message`. */
function complaintsOf(text: string): readonly string[] {
  const decoded = decodeProject('project.yaml', text);
  if (decoded.ok) return [];
  return decoded.error.map(({ location, message }) => `${location?.line}:${location?.column} ${message}`);
}

test('a recipe with files of every kind', () => {
  assert.equal(complaintsOf(recipe), []);
});

const wrong: readonly (readonly [what: string, from: string, to: string, ...said: string[]])[] = [
  [
    'a program that no build makes',
    'programs: [tool, ctl]',
    'programs: [tool, cli]',
    '34:22 no build of this recipe makes cli',
  ],
  [
    'a platform that no build of a program has',
    '[linux/amd64]\n    programs: [tool, ctl]',
    '[linux/amd64, linux/arm64]\n    programs: [tool, ctl]',
    '34:22 no build makes ctl for linux/arm64',
  ],
  [
    'a member that no build makes',
    '- programs: [tool]\n      - at',
    '- programs: [tool, tol]\n      - at',
    '20:26 no build of this recipe makes tol',
  ],
  [
    'a program twice',
    'programs: [tool, ctl]',
    'programs: [tool, tool]',
    '34:22 tools/{tag}/bin/linux/amd64/tool is there twice',
  ],
  [
    'a member twice',
    '      - licenses: yes',
    '      - programs: [ctl, tool]\n      - licenses: yes\n      - licenses: yes',
    '23:20 no build makes ctl for windows/amd64',
    '23:25 tool is there twice',
    '25:19 LICENSES is there twice',
  ],
  [
    'a program in the place of a text',
    '- programs: [tool]\n      - at',
    '- programs: [tool, ctl]\n      - { at: tool, programs: [ctl] }\n      - at',
    '21:32 tool/ctl would be in a folder that is a file, or be that',
  ],
  [
    'a member of an era that is there anyway',
    '      - licenses: yes',
    '      - { when: { from: 2024-01-01 }, programs: [tool] }\n      - licenses: yes',
    '23:50 tool is there twice',
  ],
  [
    'a program in another entry',
    'programs: [tool, ctl]\n',
    'programs: [tool, ctl]\n  - kind: program\n    when: { from: 2024-01-01 }\n    folder: tools\n    file: bin/linux/amd64/{file}\n    platforms: [linux/amd64]\n    programs: [tool]\n',
    '40:16 tools/{tag}/bin/linux/amd64/tool is there twice',
  ],
  [
    'a file for every platform',
    'tool-{os}-{arch}-{tag}',
    'tool-{arch}-{tag}',
    '16:11 tools/{tag}/tool-amd64-{tag}.tar.gz is there twice',
  ],
  [
    'a member that leaves the archive',
    'at: images',
    'at: ../images',
    '21:13 archives.0.members.1.at: the path leaves its folder',
  ],
  ['an absolute member', 'at: images', 'at: /images', '21:13 archives.0.members.1.at: the path is absolute'],
  ['a program with a folder', 'programs: [tool, ctl]', 'programs: [../tool]', '34:16 '],
  [
    'a file that leaves the site',
    'file: tool-{os}',
    'file: ../tool-{os}',
    '16:11 archives.0.file: the path leaves its folder',
  ],
  ['a file with what no URL has', 'file: tool-{os}', "file: 'tool {os}", ''],
  [
    'an unknown placeholder',
    'file: tool-{os}',
    'file: tool-{system}',
    '16:11 archives.0.file: unknown placeholder; there are {tag}, {os}, {arch}, {file}',
  ],
  ['a folder that is none', 'folder: tools\n    file: tool', 'folder: ..\n    file: tool', '15:13 '],
  [
    'a platform that nobody knows',
    '[linux/amd64, windows/amd64]',
    '[linux/amd64, linux/amd65]',
    '17:30 archives.0.platforms.1: expected a platform, such as linux/amd64',
  ],
  [
    'an image that is none',
    'images: [org/app]\n    format',
    'images: [org/other]\n    format',
    '28:14 no image of this recipe is org/other',
    '22:18 no file of this recipe is the tar of org/app',
  ],
  [
    'an image for windows',
    '[linux/amd64]\n    images',
    '[windows/amd64]\n    images',
    '27:17 no image is for windows/amd64',
  ],
  [
    'a description without a component',
    'component: tools\n',
    '',
    '17:18 a manifest has files by their component, and none is named',
  ],
  [
    'an era that is no range',
    'kind: image\n',
    "kind: image\n    when: { version: 'x y' }\n",
    '25:22 "x y" is no semver range',
  ],
  [
    'an era of a member that is no range',
    '- at: images',
    "- when: { branch: 'x y' }\n        at: images",
    '21:25 "x y" is no semver range',
  ],
  ['a kind that is none', 'kind: program', 'kind: progam', ''],
  ['a file without its kind', '  - kind: program\n    folder', '  - folder', ''],
];

for (const [what, from, to, ...said] of wrong) {
  test(`${what}: at its line`, () => {
    const text = recipe.replace(from, to);
    assert.is.not(text, recipe);
    const complaints = complaintsOf(text);
    assert.is(complaints.length > 0, true);
    for (const each of said) {
      assert.ok(
        complaints.some((complaint) => complaint.startsWith(each)),
        `${each}\n${complaints.join('\n')}`,
      );
    }
  });
}

test('what applies in two eras is not there twice', () => {
  const text = recipe.replace(
    '      - licenses: yes',
    '      - { when: { before: 2024-01-01 }, at: x, programs: [tool] }\n      - { when: { from: 2024-01-01 }, at: x, programs: [tool] }',
  );
  assert.equal(complaintsOf(text), []);
});

test.run();
