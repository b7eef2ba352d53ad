import { mkdirSync, readFileSync, writeFileSync } from 'node:fs';
import { dirname, join } from 'node:path';
import { renderBaseLock } from '../../orchestrator/config/base/base-lock-file.ts';
import { attack, badFiles, badTexts, badYaml } from '../rig/attack.ts';
import { suite } from '../rig/suite.ts';
import { newWorld, type World, writeFiles } from '../rig/world.ts';
import { patchOf, release } from '../rig/world-content.ts';

/** Files of the workspace that are none, are no text, or say what would take the program along. */
const test = suite<{ world: World }>('hostile files');

test.before(async (context) => {
  const world = await newWorld();
  context.world = world;
  writeFiles(world.root, {
    'base-images/small/base-image.yaml': 'schema: 1\ndescription: small\ndistributions: { al2: {} }\n',
    'base-images/small/al2.lock.yaml': renderBaseLock({
      ...{ image: 'small', distribution: 'al2', repositories: [], keys: [] },
      packages: { x86_64: [], aarch64: [] },
    }),
    'patches/org/tool/0001-own.patch': patchOf('cmd/tool/main.go', '// two', '// mine'),
  });
});

const plan = ['plan', release];

const recipe = 'root/projects/org/tool/project.yaml';

/** YAML of every kind, with the command that reads it first. */
const yaml: readonly (readonly [file: string, argv: readonly string[]])[] = [
  [`root/releases/${release}.lock.yaml`, plan],
  [`root/releases/${release}.overlay.yaml`, plan],
  [recipe, plan],
  ['root/eksd-rebuild.yaml', plan],
  ['home/.config/eksd-rebuild/settings.yaml', plan],
  ['root/more.yaml', [...plan, '--settings', 'more.yaml']],
  ['root/base-images/small/base-image.yaml', ['base', 'list']],
  ['root/base-images/small/al2.lock.yaml', ['base', 'check']],
];

for (const [file, argv] of yaml) {
  // One reader of YAML for all of them: all that it may meet is put into one file, and some of it into each.
  const kinds = file === recipe ? badYaml : badYaml.slice(0, 3);
  for (const planted of [...badFiles, ...badTexts, ...kinds]) {
    test(`${file}: ${planted.what}`, ({ world }) =>
      attack(world, { file: join(world.folder, file), planted, argv }));
  }
}

for (const planted of badFiles) {
  test(`a patch of the user's own: ${planted.what}`, ({ world }) =>
    attack(world, { file: join(world.root, 'patches/org/tool/0001-own.patch'), planted, argv: plan }));

  test(`a report that is named: ${planted.what}`, ({ world }) =>
    attack(world, {
      ...{ file: join(world.root, 'named.json'), planted },
      argv: [
        'cluster',
        release,
        '--registry',
        'registry.example.com/x',
        '--offline',
        '--report',
        'named.json',
        '--output',
        'made',
      ],
    }));
}

/** Folders of the workspace that are none. */
for (const folder of ['releases', 'patches/org/tool', 'base-images']) {
  test(`${folder} is a file`, ({ world }) =>
    attack(world, {
      file: join(world.root, folder),
      planted: { what: 'a file', plant: (path) => writeFileSync(path, ''), said: /is no folder/ },
      argv: folder === 'base-images' ? ['base', 'list'] : plan,
    }));
}

test("a recipe below what is no folder is not the package's", ({ world }) =>
  attack(world, {
    file: join(world.root, 'projects/org'),
    planted: {
      what: 'a file',
      plant: (path) => writeFileSync(path, ''),
      said: /lies below what is no folder/,
    },
    argv: plan,
    named: 'project.yaml',
  }));

test('a lock that is that of another release', ({ world }) => {
  const own = readFileSync(join(world.root, `releases/${release}.lock.yaml`), 'utf8');
  return attack(world, {
    file: join(world.root, 'releases/v1-30-eks-6.lock.yaml'),
    planted: {
      what: 'the lock of v1-30-eks-5',
      plant(path) {
        mkdirSync(dirname(path), { recursive: true });
        writeFileSync(path, own);
      },
      said: /v1-30-eks-6\.lock\.yaml:5:1: error: this is the lock of v1-30-eks-5/,
    },
    argv: ['plan', 'v1-30-eks-6'],
  });
});

test.run();
