import type { Failure } from '../../core/failure.ts';
import { err, ok, type Result } from '../../core/result.ts';

/**
 * When plain http is spoken: `never`; at `loopback` names; or `anywhere`, which shows passwords to whoever listens and is
 * for what was asked for twice.
 */
export type Insecure = 'never' | 'loopback' | 'anywhere';

/** What docker calls its own registry, and the host that serves it (distribution/reference, docker/registry). */
const dockerHosts = ['docker.io', 'index.docker.io'];
const dockerServer = 'registry-1.docker.io';

/** Whether a host, with or without a port, is this machine by its name: `localhost`, 127.0.0.0/8 or `[::1]`. */
export function isLoopback(host: string): boolean {
  const name = host.replace(/:[0-9]*$/, '').toLowerCase();
  return name === 'localhost' || name === '[::1]' || /^127(\.[0-9]{1,3}){3}$/.test(name);
}

/** What a user says of plain http. */
export interface InsecureOptions {
  readonly insecure?: boolean;
  readonly insecureAnywhere?: boolean;
}

/** Whether a registry may be asked by plain http; undefined: as the settings say. Errors: `usage`. */
export function insecureOf(host: string, options: InsecureOptions): Result<Insecure | undefined, Failure> {
  if (options.insecure !== true) {
    if (options.insecureAnywhere !== true) return ok(undefined);
    const help = 'Give --insecure beside it, or leave it out.';
    return err({ reason: 'usage', message: '--insecure-anywhere does nothing without --insecure.', help });
  }
  if (options.insecureAnywhere === true) return ok('anywhere');
  if (isLoopback(host)) return ok('loopback');
  const message = `--insecure would show everything, passwords too, to whoever listens on the way to ${host}.`;
  return err({
    reason: 'usage',
    message,
    help: 'Give --insecure-anywhere beside it if that is what you want.',
  });
}

/** Whether a host is spoken to in plain http. */
function isPlain(host: string, insecure: Insecure): boolean {
  return insecure === 'anywhere' || (insecure === 'loopback' && isLoopback(host));
}

/** Where a registry's API is: `https://<host>/v2/`. */
export function apiUrl(host: string, insecure: Insecure): URL {
  const server = dockerHosts.includes(host) ? dockerServer : host;
  return new URL(`${isPlain(host, insecure) ? 'http' : 'https'}://${server}/v2/`);
}

/** The repository as the registry knows it: docker's own puts names without an owner below `library`. */
export function repositoryAt(host: string, repository: string): string {
  return dockerHosts.includes(host) && !repository.includes('/') ? `library/${repository}` : repository;
}

/**
 * Where an answer's `Location` leads. Plain http at the host itself, where that was asked with TLS, is taken as TLS: a
 * registry behind a proxy often names itself so. Undefined where it is no URL, or leads out of TLS at another host.
 */
export function followLocation(from: URL, location: string | undefined): URL | undefined {
  if (location === undefined || !URL.canParse(location, from.href)) return undefined;
  const to = new URL(location, from);
  to.username = '';
  to.password = '';
  if (to.protocol === 'https:') return to;
  if (to.protocol !== 'http:') return undefined;
  if (from.protocol === 'http:') return to;
  if (to.hostname !== from.hostname || (to.port !== '' && to.port !== from.port)) return undefined;
  to.protocol = from.protocol;
  to.port = from.port;
  return to;
}

/** The URL with the digest in its query, the rest of which is the registry's own and stays as it is. */
export function withDigest(url: URL, digest: string): URL {
  const result = new URL(url);
  result.search = `${url.search === '' ? '?' : `${url.search}&`}digest=${encodeURIComponent(digest)}`;
  return result;
}

/** A URL without its query and fragment, which may hold signatures: for failures and events. */
export function shownUrl(url: URL): string {
  return `${url.origin}${url.pathname}`;
}
