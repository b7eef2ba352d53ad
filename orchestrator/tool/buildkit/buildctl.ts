import { join } from 'node:path';
import {
  type BuildCaches,
  type BuilderFacts,
  type BuilderTls,
  buildArguments,
  cacheOptions,
  type ImageBuild,
  outputOption,
  policyFile,
} from './builder.ts';

/**
 * The arguments of `buildctl` for a build. The daemon's address is in the environment (BUILDKIT_HOST), which no report
 * shows. Nothing asks for attestations: buildctl adds none by itself.
 */
export function buildctlBuild(
  build: ImageBuild,
  tls: BuilderTls | undefined,
  caches: BuildCaches,
): readonly string[] {
  const layouts = Object.entries(build.layouts);
  const options = [
    `platform=${build.platform}`,
    // A RUN has no network, whatever the Dockerfile says of it or not.
    'force-network-mode=none',
    ...buildArguments(build).map(([name, value]) => `build-arg:${name}=${value}`),
    ...Object.entries(build.labels).map(([name, value]) => `label:${name}=${value}`),
    ...layouts.map(([name, { digest }]) => `context:${name}=oci-layout://${name}@${digest}`),
  ];
  return [
    ...tlsOptions(tls),
    ...['build', '--progress', 'plain', '--frontend', 'dockerfile.v0'],
    ...['--local', `dockerfile=${build.dockerfile}`, '--local', `context=${build.context}`],
    ...options.flatMap((option) => ['--opt', option]),
    ...layouts.flatMap(([name, { folder }]) => ['--oci-layout', `${name}=${folder}`]),
    ...['--source-policy-file', join(build.work, policyFile)],
    ...cacheOptions(build, caches.from).flatMap((option) => ['--import-cache', option]),
    ...cacheOptions(build, caches.to).flatMap((option) => ['--export-cache', option]),
    ...(caches.isOff === true ? ['--no-cache'] : []),
    ...['--output', outputOption(build.output)],
  ];
}

/** The arguments of `buildctl` that ask a daemon for its workers. @param seconds it waits for the connection. */
export function buildctlProbe(tls: BuilderTls | undefined, seconds: number): readonly string[] {
  return [...tlsOptions(tls), '--timeout', String(seconds), 'debug', 'workers', '--format', '{{json .}}'];
}

/** Reads what `buildctlProbe` prints; undefined where it is no list of workers. */
export function readWorkers(text: string): BuilderFacts | undefined {
  let workers: readonly { readonly buildkitVersion?: { readonly version?: string } }[] | null;
  try {
    workers = JSON.parse(text);
  } catch {
    return undefined;
  }
  const [worker] = Array.isArray(workers) ? workers : [];
  return worker === undefined ? undefined : { version: knownVersion(worker.buildkitVersion?.version) };
}

/** A version of BuildKit; undefined for what a build without one calls itself (`v0.0.0+unknown`). */
export function knownVersion(text: string | undefined): string | undefined {
  return text !== undefined && /^v?\d+\.\d+/.test(text) && !/^v?0\.0\.0/.test(text) ? text : undefined;
}

function tlsOptions(tls: BuilderTls | undefined): readonly string[] {
  const options = {
    '--tlscacert': tls?.ca,
    '--tlscert': tls?.cert,
    '--tlskey': tls?.key,
    '--tlsservername': tls?.serverName,
  };
  return Object.entries(options).flatMap(([name, value]) => (value === undefined ? [] : [name, value]));
}
