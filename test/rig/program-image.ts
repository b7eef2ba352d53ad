import { execFileSync } from 'node:child_process';
import { dirname, join } from 'node:path';
import { buildkitPrograms, startBuildkitd } from './buildkitd.ts';
import { debianMirror } from './debian-mirror.ts';
import { makeOnce } from './make-once.ts';
import { sharedPlace } from './shared-place.ts';

const repository = join(import.meta.dirname, '..', '..');

/** Has a daemon of its own make the image of this program, out of the packages that this machine has at hand. @param layout where it goes. */
export async function makeProgramImage(layout: string): Promise<void> {
  const { buildctl } = await buildkitPrograms();
  const daemon = await startBuildkitd();
  try {
    const PATH = `${dirname(buildctl)}:${process.env['PATH']}`;
    const place = { OUTPUT: layout, DEBIAN: debianMirror(), BUILDKIT_HOST: daemon.address };
    const stdio = ['ignore', 'ignore', 'inherit'] as const;
    execFileSync('make', ['image'], {
      cwd: repository,
      env: { ...process.env, PATH, ...place },
      stdio: [...stdio],
    });
  } finally {
    await daemon.stop();
  }
}

/** Such an image, an OCI layout, which is made once in a run. */
export async function programImage(): Promise<string> {
  const folder = join(sharedPlace('images'), 'program');
  await makeOnce(folder, (made) => makeProgramImage(join(made, 'layout')));
  return join(folder, 'layout');
}
