import type { GoFlavour } from '../config/lock/lock.ts';
import { type BuilderGo, type ImageGo, shortName } from './builder-go.ts';
import { amazonLinuxGo, type EksGo, type EksGoState, eksGoFolder } from './eks-go.ts';
import { originByDate } from './go-origin.ts';
import { minorOf, type ReadVersion } from './go-version.ts';

/** What is known of upstream's Gos; each is undefined where the build tooling's repository was out of reach. */
export interface GoHistories {
  readonly builder: BuilderGo | undefined;
  readonly eksGo: EksGo | undefined;
}

/** Whose Go of a known version built something. */
export interface AttributedGo {
  readonly flavour: GoFlavour;
  /** Where that stands, or the rule. */
  readonly origin: string;
  /** For `eks-go` and `al2-rpm`; absent where its repository was out of reach. */
  readonly build: EksGoState | undefined;
  /** What another witness says of the RPM's number. */
  readonly others: readonly ReadVersion[];
}

/**
 * Finds out whose Go of a version built what was built at a moment.
 *
 * 1. The builder image's own scripts say where it had that version from, and which RPM: those of that moment, or where
 *    they name another version, those nearest to it that name this one; images came into use later than they were merged.
 * 2. Where they name no RPM, it is that of the last commit before that moment which changed the file RELEASE while its
 *    folder was at that version.
 * 3. Where no script can be read, the day decides.
 *
 * An RPM's patches are those that stood at the commit which released it. A number was released again now and then: the
 * last time before that moment counts.
 * @param time in seconds since 1970.
 */
export function attributeGo(version: string, time: number, { builder, eksGo }: GoHistories): AttributedGo {
  const minor = minorOf(version);
  const image = nearestImage(builder?.timeline(minor) ?? [], version, time);
  const found = image ?? originByDate(minor, time);
  const { flavour, origin } = found;
  if (flavour === 'al2-rpm' && eksGo !== undefined) {
    return { flavour, origin, build: amazonLinuxGo(version, eksGo), others: [] };
  }
  if (flavour !== 'eks-go' || eksGo === undefined) return { flavour, origin, build: undefined, others: [] };
  const states = eksGo.of(minor).filter((state) => state.version === version);
  const released = states.filter((state) => state.isReleased);
  const byDay = lastBefore(released, time);
  if (image?.version === version && image.release === undefined) {
    // From October to November 2022 the image took what was built last, released or not.
    const build = lastBefore(states, time);
    return build === undefined
      ? noSuchGo(version, origin)
      : { flavour, origin, build, others: witnessOf(byDay, eksGo) };
  }
  const number = image?.version === version ? image.release : undefined;
  const build =
    lastBefore(
      released.filter(({ release }) => release === number),
      time,
    ) ??
    byDay ??
    lastBefore(states, time);
  if (build === undefined) return noSuchGo(version, origin);
  return { flavour, origin, build, others: witnessOf(byDay, eksGo) };
}

function noSuchGo(version: string, origin: string): AttributedGo {
  const why = `${origin}, but EKS Distro made no Go ${version} of its own`;
  return { flavour: 'official', origin: why, build: undefined, others: [] };
}

/** What the file RELEASE says on that day, whatever the image's scripts name. */
function witnessOf(state: EksGoState | undefined, { repository }: EksGo): readonly ReadVersion[] {
  if (state?.release === undefined) return [];
  const { version, release, commit } = state;
  const read = `${shortName(repository)} ${eksGoFolder}/${minorOf(version)}/RELEASE:1@${commit}`;
  return [{ version: `${version}-${release}`, read }];
}

/** The last of some states before a moment, or the first after it. */
function lastBefore(states: readonly EksGoState[], time: number): EksGoState | undefined {
  return states.findLast((state) => state.time <= time) ?? states[0];
}

/** The entry of an image's history in force at a moment, or the nearest one with that version; else the nearest at all. */
function nearestImage(
  timeline: ReturnType<BuilderGo['timeline']>,
  version: string,
  time: number,
): ImageGo | undefined {
  const spans = timeline.flatMap(({ time: from, go }, index) => {
    if (go === undefined) return [];
    const to = timeline[index + 1]?.time ?? Number.POSITIVE_INFINITY;
    const distance = time < from ? from - time : time >= to ? time - to + 1 : 0;
    return [{ go, distance }];
  });
  const nearest = (all: typeof spans) => all.toSorted((a, b) => a.distance - b.distance)[0]?.go;
  return nearest(spans.filter(({ go }) => go.version === version)) ?? nearest(spans);
}
