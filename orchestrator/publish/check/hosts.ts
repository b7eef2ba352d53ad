import type { Diagnostic } from '../../core/diagnostic.ts';
import type { Failure } from '../../core/failure.ts';
import { parseImageReference } from '../../core/image-reference.ts';
import { err, ok, type Result } from '../../core/result.ts';
import type { DecodedManifest } from '../manifest/release.ts';

/** Hosts, with their ports where they have one, that files and images of a release may be asked for at. */
export interface AllowedHosts {
  /** The manifest's own; undefined where it is a file on this machine. */
  readonly own: URL | undefined;
  /** Those that somebody on this machine named. */
  readonly others: ReadonlySet<string>;
}

/** Reads the words of `--allow-host`, as URLs have them: without the port that goes without saying. Errors: `usage`. */
export function readHosts(words: readonly string[]): Result<readonly string[], Failure> {
  const hosts: string[] = [];
  for (const word of words) {
    const urls = ['http', 'https'].map((scheme) => `${scheme}://${word}/`);
    if (/[/?#@\\\s]/.test(word) || !urls.every((url) => URL.canParse(url))) {
      const message = `--allow-host takes HOST[:PORT], not ${JSON.stringify(word)}.`;
      return err({ reason: 'usage', message, help: 'Name the host as it stands in the URI.' });
    }
    hosts.push(...urls.map((url) => new URL(url).host));
  }
  return ok(hosts);
}

/** Why a file is not fetched from there; undefined where it is. @param from what it is told by. */
export function whyNotFetched(from: URL | undefined, to: URL, allowed: AllowedHosts): string | undefined {
  if (from?.protocol === 'https:' && to.protocol === 'http:')
    return 'by http, and what leads there came by https';
  if (to.host === allowed.own?.host || allowed.others.has(to.host)) return undefined;
  return 'which nobody asked for';
}

/**
 * Complaints about addresses in a manifest that lead to where nobody asked: one for each host, at the first line with it.
 * @param reads which of the two are asked for where the manifest says.
 */
export function complaintsOfHosts(
  { manifest, complain }: DecodedManifest,
  allowed: AllowedHosts,
  reads: { readonly files: boolean; readonly images: boolean },
): readonly Diagnostic[] {
  const found = new Map<string, Diagnostic>();
  const refuse = (host: string, why: string, place: readonly PropertyKey[]): void => {
    const help = `"--allow-host ${host}" has it asked all the same.`;
    const isOfHost = why === 'which nobody asked for';
    const message = `this leads to ${host}, ${why}`;
    if (!found.has(message)) found.set(message, complain(place, message, isOfHost ? help : undefined));
  };
  for (const [at, { assets }] of manifest.components.entries()) {
    for (const [index, asset] of assets.entries()) {
      const place = ['status', 'components', at, 'assets', index];
      if (asset.type === 'Image') {
        const named = parseImageReference(asset.image.uri);
        const isAllowed =
          'why' in named || named.host === allowed.own?.host || allowed.others.has(named.host);
        if (!isAllowed && reads.images)
          refuse(named.host, 'which nobody asked for', [...place, 'image', 'uri']);
      } else if (reads.files) {
        const url = new URL(asset.archive.uri);
        const why = whyNotFetched(allowed.own, url, allowed);
        if (why !== undefined) refuse(url.host, why, [...place, 'archive', 'uri']);
      }
    }
  }
  return [...found.values()];
}
