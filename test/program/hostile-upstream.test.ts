import * as assert from 'uvu/assert';
import { everything } from '../rig/attack.ts';
import { suite } from '../rig/suite.ts';
import { newWorld, publish, type World } from '../rig/world.ts';
import { checksumLine, pinsOf, upstreamFiles } from '../rig/world-content.ts';

const test = suite<{ world: World }>('hostile upstream');

test.before(async (context) => {
  context.world = await newWorld();
});

/** What upstream may have in its tree, each in a release of its own. */
const upstream: readonly (readonly [what: string, files: Readonly<Record<string, string>>, said: RegExp])[] =
  [
    ...['a b', 'a\u202eb', '-a', 'con', 'a.'].map(
      (name) =>
        [
          `a project ${JSON.stringify(name)}`,
          pinsOf(`org/${name}`, 'v1.0.0', '1.20.5', []),
          /Path ".*" in commit .* is no name of a project; it was not used\./,
        ] as const,
    ),
    ...['-v1', 'a..b', 'v1.lock', 'v1 v2', 'v1~1'].map(
      (tag) =>
        [
          `a tag ${tag}`,
          { 'projects/org/tool/1-30/GIT_TAG': `${tag}\n` },
          /GIT_TAG:1:1: error: expected a git tag's name/,
        ] as const,
    ),
    ...['../../etc/passwd', 'nul.exe', 'a b', '-o', 'tool.'].map(
      (name) =>
        [
          `a checksum of ${name}`,
          { 'projects/org/tool/1-30/CHECKSUMS': checksumLine('tool', 'linux/amd64', name, 'x') },
          /CHECKSUMS:1:1: error: this line is no checksum of a built file/,
        ] as const,
    ),
    [
      'a platform that is none',
      { 'projects/org/tool/1-30/CHECKSUMS': checksumLine('tool', 'linux/z80', 'tool', 'x') },
      /CHECKSUMS:1:1: error: this line is no checksum of a built file/,
    ],
    [
      'files that are one where case does not count',
      {
        'projects/org/tool/1-30/CHECKSUMS': ['tool', 'Tool']
          .map((name) => checksumLine('tool', 'linux/amd64', name, name))
          .join(''),
      },
      /CHECKSUMS:2:1: error: Tool for linux\/amd64 has a checksum in line 1 already/,
    ],
    ...['../../etc/passwd', '/etc/passwd', 'a\u001b[2Jb', 'nul', '$RELEASE/x', 'bin/{a,b}'].map(
      (path) =>
        [
          `a published file ${JSON.stringify(path)}`,
          { 'projects/org/tool/expected_artifacts': `SHA256SUM\n${path}\n` },
          /:projects\/org\/tool\/expected_artifacts:2:1: error: (this line is no path of a published file|there is no placeholder \$RELEASE)/,
        ] as const,
    ),
    [
      'a published file twice',
      { 'projects/org/tool/expected_images': 'bin/tool.tar\nbin/Tool.tar\n' },
      /expected_images:2:1: error: bin\/Tool\.tar stands in line 1 already/,
    ],
    [
      'a list without end',
      {
        'projects/org/tool/expected_artifacts': Array.from({ length: 200_000 }, (_, at) => `f${at}\n`).join(
          '',
        ),
      },
      /expected_artifacts:3001:1: error: the list is longer than 3000 lines/,
    ],
    [
      'a patch that is not seen as it is',
      { 'projects/org/tool/1-30/patches/0002-\u202ehctap.patch': 'x' },
      /Path ".*" in commit .* holds a character that is not seen/,
    ],
  ];

let before: Readonly<Record<string, string>> = {};

upstream.forEach(([what, files, said], at) => {
  test(`upstream has ${what}`, async ({ world }) => {
    const undone = Object.keys(before).map((path) => [path, upstreamFiles[path] ?? null] as const);
    await publish(world, 10 + at, { ...Object.fromEntries(undone), ...files });
    before = files;
    const names = everything(world);
    const ran = await world.run(['import', `v1-30-eks-${10 + at}`]);
    assert.is(ran.code, 2, ran.stderr);
    assert.match(ran.stderr, said);
    assert.equal(everything(world), names);
  });
});

test.run();
