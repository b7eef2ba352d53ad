import { join } from 'node:path';
import { knownVersion } from './buildctl.ts';
import {
  type BuildCaches,
  type BuilderFacts,
  buildArguments,
  cacheOptions,
  type ImageBuild,
  outputOption,
  policyFile,
} from './builder.ts';

/** The arguments of `docker buildx` for a build; the builder's name is in the environment (`buildxEnvironment`). */
export function buildxBuild(build: ImageBuild, caches: BuildCaches): readonly string[] {
  return [
    ...['build', '--progress', 'plain', '--file', join(build.dockerfile, 'Dockerfile')],
    ...['--platform', build.platform, '--network', 'none', '--provenance=false', '--sbom=false'],
    ...buildArguments(build).flatMap(([name, value]) => ['--build-arg', `${name}=${value}`]),
    ...Object.entries(build.labels).flatMap(([name, value]) => ['--label', `${name}=${value}`]),
    ...Object.entries(build.layouts).flatMap(([name, { folder, digest }]) => [
      '--build-context',
      `${name}=oci-layout://${folder}@${digest}`,
    ]),
    ...cacheOptions(build, caches.from).flatMap((option) => ['--cache-from', option]),
    ...cacheOptions(build, caches.to).flatMap((option) => ['--cache-to', option]),
    ...(caches.isOff === true ? ['--no-cache'] : []),
    ...['--output', outputOption(build.output), build.context],
  ];
}

/** What buildx is told by its environment: the builder, where its rules for sources are, and to add nothing. */
export function buildxEnvironment(name: string, work: string): Readonly<Record<string, string>> {
  return {
    BUILDX_BUILDER: name,
    BUILDX_GIT_LABELS: '0',
    BUILDX_GIT_INFO: '0',
    BUILDX_NO_DEFAULT_ATTESTATIONS: '1',
    EXPERIMENTAL_BUILDKIT_SOURCE_POLICY: join(work, policyFile),
  };
}

/** The arguments of `docker buildx` that ask for a builder, and, with `starts`, start it. */
export function buildxProbe(name: string, starts: boolean): readonly string[] {
  return ['inspect', ...(starts ? ['--bootstrap'] : []), name];
}

/** What `docker buildx inspect` says. */
export interface BuildxState {
  /** `remote`, `docker-container`, ... */
  readonly driver: string;
  /** `running`, `inactive`, `stopped`. */
  readonly status: string;
  readonly error: string | undefined;
  readonly facts: BuilderFacts;
}

export function readBuildxState(text: string): BuildxState {
  const field = (name: string): string | undefined =>
    new RegExp(`^${name}:[ \\t]*(.*)$`, 'm').exec(text)?.[1]?.trim();
  return {
    driver: field('Driver') ?? '',
    status: field('Status') ?? 'unknown',
    error: field('Error'),
    facts: { version: knownVersion(field('BuildKit version')) },
  };
}
