import type { z } from 'zod';
import type { Lock } from '../config/lock/lock.ts';
import { lockOfPart } from '../config/lock/lock-part.ts';
import type { Overlay } from '../config/lock/overlay.ts';
import type { Json } from '../core/canonical-json.ts';
import { defined } from '../core/defined.ts';
import type { Failure } from '../core/failure.ts';
import { isProjectName } from '../core/names.ts';
import type { Platform } from '../core/platform.ts';
import { ok, type Result } from '../core/result.ts';
import type { TaggingRelease } from '../plan/image-tag.ts';
import { unknownPatches } from '../plan/override.ts';
import { archiveBuildType, type SiteName } from './archive-provenance.ts';
import { checkPredicate, refuseStatement } from './check-predicate.ts';
import { subjectName } from './equivalence.ts';
import { provenanceType } from './predicates.ts';
import { fileBuildType, imageBuildType } from './provenance.ts';
import {
  anyProvenance,
  archiveParameters,
  fileParameters,
  imageParameters,
  provenanceOf,
} from './provenance-schema.ts';
import type { Statement, Subject } from './statement.ts';

/** What a provenance of ours says of how something was built: enough to do it again. */
export interface StatedBuild {
  readonly statement: Statement;
  /** The first is the file, or the image's index. */
  readonly subject: Subject;
  /** The part of the release's lock that it was built from, under the digest of the whole. */
  readonly lock: Lock;
  readonly accepted: Overlay['projects'];
  readonly method: 'direct' | 'scripts';
  readonly platforms: readonly Platform[];
  readonly what:
    | { readonly kind: 'file'; readonly project: string; readonly file: string }
    | {
        readonly kind: 'image';
        readonly image: string;
        readonly tag: string;
        readonly called: TaggingRelease;
      }
    | { readonly kind: 'archive'; readonly project: string; readonly path: string; readonly site: SiteName };
  /** Those that it is, or has in it. */
  readonly images?: StatedImages;
  readonly dependencies: readonly StatedDependency[];
}

export type StatedImages = NonNullable<z.infer<typeof archiveParameters>['images']>;

interface StatedDependency {
  readonly uri?: string | undefined;
  readonly digest?: Readonly<Record<string, string>> | undefined;
}

/** Reads a provenance that this program wrote, strictly. Errors: `configuration`. */
export function readProvenance(statement: Statement, place: string): Result<StatedBuild, Failure> {
  const any = checkPredicate(statement, place, provenanceType, anyProvenance);
  if (!any.ok) return any;
  const { buildType } = any.value.buildDefinition;
  const readAs = readers.get(buildType);
  if (readAs === undefined) return refuseStatement(place, `is of a build of another kind: ${buildType}`);
  const read = readAs(statement, place);
  if (!read.ok) return read;
  const why = whyInconsistent(read.value);
  return why === undefined ? read : refuseStatement(place, why);
}

type Reader = (statement: Statement, place: string) => Result<StatedBuild, Failure>;
const readers: ReadonlyMap<string, Reader> = new Map([
  [fileBuildType, readFile],
  [imageBuildType, readImage],
  [archiveBuildType, readArchive],
]);

function readFile(statement: Statement, place: string): Result<StatedBuild, Failure> {
  const read = checkPredicate(statement, place, provenanceType, provenanceOf(fileParameters));
  if (!read.ok) return read;
  const { externalParameters, resolvedDependencies: dependencies } = read.value.buildDefinition;
  const { project, platform, file } = externalParameters;
  const name = subjectName({ project, platform, file });
  const [subject, ...more] = statement.subject;
  if (subject?.name !== name || more.length > 0)
    return refuseStatement(place, `is about ${name}, which is not its subject alone`);
  const { pins, lock, accepted, method } = externalParameters;
  return ok({
    ...{ statement, subject, dependencies, method, platforms: [platform] },
    lock: lockOfPart(pins, lock),
    accepted: overlayOf(accepted),
    what: { kind: 'file', project, file },
  });
}

function readImage(statement: Statement, place: string): Result<StatedBuild, Failure> {
  const read = checkPredicate(statement, place, provenanceType, provenanceOf(imageParameters));
  if (!read.ok) return read;
  const { externalParameters, resolvedDependencies: dependencies } = read.value.buildDefinition;
  const {
    pins,
    lock,
    accepted,
    method,
    platforms,
    image: name,
    tag,
    base,
    called,
    compilers,
  } = externalParameters;
  const subject = statement.subject.find((each) => each.name === name);
  if (subject === undefined) return refuseStatement(place, `is about ${name}, which is no subject of it`);
  return ok({
    ...{ statement, subject, dependencies, method, platforms },
    lock: lockOfPart(pins, lock),
    accepted: overlayOf(accepted),
    what: { kind: 'image', image: name, tag, called },
    images: { names: [name], bases: [base], ...defined({ compilers }) },
  });
}

function readArchive(statement: Statement, place: string): Result<StatedBuild, Failure> {
  const read = checkPredicate(statement, place, provenanceType, provenanceOf(archiveParameters));
  if (!read.ok) return read;
  const { externalParameters, resolvedDependencies: dependencies } = read.value.buildDefinition;
  const { pins, lock, accepted, method, platforms, project, path, site, images } = externalParameters;
  const [subject, ...more] = statement.subject;
  if (subject?.name !== path || more.length > 0)
    return refuseStatement(place, `is about ${path}, which is not its subject alone`);
  return ok({
    ...{ statement, subject, dependencies, method, platforms },
    lock: lockOfPart(pins, lock),
    accepted: overlayOf(accepted),
    what: { kind: 'archive', project, path, site },
    ...defined({ images }),
  });
}

function overlayOf(accepted: z.infer<typeof fileParameters>['accepted'] = {}): Overlay['projects'] {
  return Object.fromEntries(Object.entries(accepted).map(([name, each]) => [name, { ...each, files: [] }]));
}

/** The projects that it is built of; of other pins only the tag is needed. */
export function builtProjects({ lock, dependencies }: StatedBuild): readonly string[] {
  const uris = new Set(dependencies.map(({ uri }) => uri));
  return Object.entries(lock.projects)
    .filter(([, { repository, tag }]) => uris.has(`git+${repository}@refs/tags/${tag}`))
    .map(([name]) => name);
}

/** What a statement says in two places, and not alike. */
function whyInconsistent(stated: StatedBuild): string | undefined {
  const { statement, lock, what, accepted, dependencies } = stated;
  const { externalParameters } = (
    statement.predicate as { buildDefinition: { externalParameters: { release: Json } } }
  ).buildDefinition;
  if (lock.release !== externalParameters.release)
    return `is about ${String(externalParameters.release)}, and its pins are of ${lock.release}`;
  if (what.kind !== 'image' && lock.projects[what.project] === undefined)
    return `has no pins of ${what.project}`;
  for (const [name, { override }] of Object.entries(accepted)) {
    const locked = lock.projects[name];
    if (locked === undefined) return `accepts something of ${name}, and has no pins of it`;
    const [unknown] = unknownPatches(locked, override);
    if (unknown !== undefined) return `accepts a patch ${unknown}, and has no pin of it`;
  }
  if (!dependencies.some(({ uri = '' }) => uri.startsWith('urn:eksd-rebuild:recipe:')))
    return 'names no recipe that it was built by';
  const project = what.kind === 'image' ? undefined : what.project;
  if (project !== undefined && !builtProjects(stated).includes(project))
    return `does not name the source of ${project} among its dependencies`;
  const pinned = Object.entries(lock.projects).filter(([name]) => isProjectName(name));
  for (const [, { repository, tag, commit }] of pinned) {
    const source = dependencies.find(({ uri }) => uri === `git+${repository}@refs/tags/${tag}`);
    // Of some, only the tag is needed.
    if (source !== undefined && source.digest?.['gitCommit'] !== commit)
      return `has ${repository} at ${commit} in its pins, and not so among its dependencies`;
  }
  return undefined;
}
