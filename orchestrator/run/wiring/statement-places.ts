import { realpath, stat } from 'node:fs/promises';
import { resolve } from 'node:path';
import { splitUrl } from '../../core/credentials.ts';
import type { Failure } from '../../core/failure.ts';
import { parseImageReference } from '../../core/image-reference.ts';
import { err, ok, type Result } from '../../core/result.ts';
import type { Host } from '../../host.ts';
import { type InsecureOptions, insecureOf } from '../../oci/registry/endpoint.ts';
import { mirroredImage } from '../../oci/registry/mirror.ts';
import type { Registry } from '../../oci/registry/registry.ts';
import { folderFile, lookByDigest, type ReadFile, webFile } from '../../statement/trust/by-digest.ts';
import type { LookUp } from '../../statement/trust/found.ts';
import { lookAmongReferrers } from '../../statement/trust/referrers.ts';
import type { RunProcess } from '../../tool/process/process.ts';
import type { Workspace } from '../../workspace/workspace.ts';
import { openHttp } from './http.ts';

/** Where somebody keeps statements. */
export type StatementPlace = {
  /** As it was named, without a password. */
  readonly shown: string;
  /** One text for one place, however it was named. */
  readonly at: string;
  readonly lookUp: LookUp;
} & (
  | { readonly read: ReadFile }
  /** `prefix`: a repository, or what stands before the names of images. */
  | { readonly registry: Registry; readonly prefix: string }
);

export interface StatementPlaces {
  /**
   * Opens what a word of the command line names: a folder, the URL of one, or `HOST[:PORT]/REPOSITORY`. Asks nobody yet. Errors: `usage`
   * where it is none of these.
   */
  open(word: string): Promise<Result<StatementPlace, Failure>>;
  /** A repository, as a place. Errors: those of opening a registry. */
  repository(
    host: string,
    repository: string,
  ): Promise<Result<StatementPlace & { readonly registry: Registry }, Failure>>;
}

/** What reads statements starts no process but for a helper of docker's that keeps passwords, and loads nothing that builds. */
export function openStatementPlaces(
  workspace: Workspace,
  host: Host,
  insecure: InsecureOptions,
): StatementPlaces {
  const run: RunProcess = async (command) => {
    const { openProcesses } = await import('./tools.ts');
    return (await openProcesses(host, workspace)).run(command);
  };
  const repository: StatementPlaces['repository'] = async (name, prefix) => {
    const plain = insecureOf(name, insecure);
    if (!plain.ok) return plain;
    const { openRegistries } = await import('./registries.ts');
    const registries = openRegistries(workspace, run, host, { pushes: false });
    const registry = await registries.open(name, plain.value === undefined ? {} : { insecure: plain.value });
    if (!registry.ok) return registry;
    const lookUp = lookAmongReferrers(registry.value, prefix);
    const shown = `${name}/${prefix}`;
    return ok({ shown, at: shown, lookUp, registry: registry.value, prefix });
  };
  return {
    repository,
    async open(word) {
      if (/^https?:\/\//i.test(word)) {
        const { place, credential } = splitUrl(word);
        if (credential !== undefined) host.credentials.add(credential);
        if (!URL.canParse(place)) return err(noPlace(place, 'is a URL that cannot be read'));
        const read = webFile(place, { send: openHttp(host), clock: host, signal: host.signal });
        return ok({ shown: place, at: place.replace(/\/+$/, ''), read, lookUp: lookByDigest(read) });
      }
      const folder = resolve(host.cwd, word);
      const there = await stat(folder).catch(() => undefined);
      if (there?.isDirectory() === true) {
        const real = await realpath(folder);
        const read = folderFile(real, word);
        return ok({ shown: word, at: real, read, lookUp: lookByDigest(read) });
      }
      if (there !== undefined) return err(noPlace(word, 'is a file'));
      const named = parseImageReference(word);
      if ('why' in named)
        return err(noPlace(word, `is no folder that is there, and as a registry it ${named.why}`));
      if (named.tag !== undefined || named.digest !== undefined) return err(noPlace(word, 'names one image'));
      const from = mirroredImage(named, workspace.mirrors);
      return from.ok ? repository(from.value.host, from.value.repository) : from;
    },
  };
}

function noPlace(word: string, why: string): Failure {
  const message = `${word} is no place of statements: it ${why}.`;
  const help = 'Name a folder as "attest" lays it out, its URL, or a repository: HOST/PATH.';
  return { reason: 'usage', message, help };
}
