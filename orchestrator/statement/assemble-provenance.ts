import type { Lock } from '../config/lock/lock.ts';
import { partOfLock } from '../config/lock/lock-part.ts';
import type { Json } from '../core/canonical-json.ts';
import { defined } from '../core/defined.ts';
import type { OciDigest } from '../core/oci.ts';
import type { Allowance } from './allowance.ts';
import { distroOf, projectDependencies, sumsOf } from './dependencies.ts';
import type { MadeBy, NamedDigest } from './made-by.ts';
import { provenanceType } from './predicates.ts';
import type { Statement, Subject } from './statement.ts';
import { tasksFor } from './tasks.ts';

/** A base image of EKS Distro's that something stands on, with its digest where it is a published one. */
export interface PinnedBase {
  readonly name: string;
  readonly digest?: OciDigest;
}

/** Something that was built, and what is said of it alone. */
export interface BuiltSubject {
  readonly subject: readonly Subject[];
  /** What is built, as a URI: docs/predicates/provenance.md says what the parameters of each mean. */
  readonly buildType: string;
  /** What is built of the release. */
  readonly parameters: { readonly [name: string]: Json };
  /** The node that makes it. */
  readonly node: string;
  /** What it is built of. */
  readonly projects: readonly string[];
  /** Of which only the pins count: its folder is called by the tag of one. */
  readonly named?: readonly string[];
  readonly bases?: readonly PinnedBase[];
  /** Beside those of projects. */
  readonly dependencies?: readonly Json[];
  readonly byproducts?: readonly Json[];
  readonly allowances?: readonly Allowance[];
}

/** SLSA's provenance (v1) of something that was built. The same build gives the same statement, whoever does it, and when. */
export function assembleProvenance(built: BuiltSubject, made: MadeBy): Statement {
  const { report, prepared, materials } = made;
  const { tool, release } = report;
  const names = new Set(built.projects);
  const projects = report.projects.filter(({ name }) => names.has(name));
  const tasks = tasksFor(built.node, report.nodes);
  const builds = report.nodes.filter(({ id }) => id in tasks);
  const accepted = Object.entries(prepared.accepted).filter(([name]) => names.has(name));
  const { bases = [], named = [] } = built;
  const predicate = {
    buildDefinition: {
      buildType: built.buildType,
      externalParameters: {
        ...{ release: release.name, lock: release.lock, ...built.parameters },
        method: prepared.planInput.method?.name ?? 'direct',
        pins: partOfLock(
          withDigests(prepared.lock, bases),
          [...names, ...named],
          bases.map(({ name }) => name),
        ),
        ...(accepted.length === 0 ? {} : { accepted: acceptedJson(accepted) }),
      },
      internalParameters: { tasks },
      resolvedDependencies: [
        ...distroOf(report),
        ...projects.flatMap((project) => projectDependencies(project, made)),
        ...projects.flatMap(({ name }) => {
          const own = builds.filter((each) => each.projects.includes(name));
          return sumsOf(name, distinct(own.flatMap(({ id }) => materials.sums.get(id) ?? [])));
        }),
        ...(built.dependencies ?? []),
      ],
    },
    runDetails: {
      builder: { id: 'urn:eksd-rebuild', version: { [tool.name]: tool.version } },
      ...defined({ byproducts: built.byproducts }),
    },
    ...((built.allowances ?? []).length === 0 ? {} : { 'urn:eksd-rebuild:allowed': built.allowances }),
  };
  return { subject: built.subject, predicateType: provenanceType, predicate: predicate as unknown as Json };
}

/** Without the files that it explains: those are the overlay's. */
function acceptedJson(
  accepted: readonly (readonly [string, MadeBy['prepared']['accepted'][string]])[],
): object {
  return Object.fromEntries(accepted.map(([name, { because, override }]) => [name, { because, override }]));
}

function distinct(files: readonly NamedDigest[]): readonly NamedDigest[] {
  return [...new Map(files.map((file) => [file.path, file])).values()];
}

/** With what the registry said of base images that the lock leaves open. */
function withDigests(lock: Lock, bases: readonly PinnedBase[]): Lock {
  const digests = new Map(bases.map(({ name, digest }) => [name, digest]));
  return {
    ...lock,
    baseImages: lock.baseImages.map((each) => ({ ...each, ...defined({ digest: digests.get(each.name) }) })),
  };
}
