import type { Lock } from '../../orchestrator/config/lock/lock.ts';
import { readLock, renderLock } from '../../orchestrator/config/lock/lock-file.ts';
import { samplePins } from './pins.ts';

type BaseImage = ReturnType<typeof samplePins>['baseImages'][number];

/** The lock of `samplePins` with other base images, written `name tag` or `name tag digest`, and other projects. */
export function lockWith(bases: readonly string[], projects: readonly string[] = ['org/tool']): Lock {
  const pins = samplePins();
  const [project] = Object.values(pins.projects);
  const lock = readLock(
    'a.lock.yaml',
    renderLock({
      ...pins,
      baseImages: bases.map(baseImage),
      projects: Object.fromEntries(projects.map((name) => [name, project as NonNullable<typeof project>])),
    }),
  );
  if (!lock.ok) throw new Error(`the pins are malformed: ${JSON.stringify(lock.error)}`);
  return lock.value;
}

/** A pin, written the same way. */
export function baseImage(text: string): BaseImage {
  const [name = '', tag = '', digest] = text.split(' ');
  return { name, tag, file: 'EKS_DISTRO_BASE_TAG_FILE', ...(digest === undefined ? {} : { digest }) };
}
