import { BlockList, isIP } from 'node:net';

/** Where requests go by. */
export interface FindProxy {
  /** The proxy of a request; undefined: it goes straight. @throws Error where the environment names no URL of one. */
  (url: URL): URL | undefined;
  /** The variable that names it. */
  readonly variableFor?: (url: URL) => string;
}

/**
 * The proxies of an environment, by the rules of Go's own client (`golang.org/x/net/http/httpproxy`), which modules are
 * fetched with: HTTP_PROXY and HTTPS_PROXY by the protocol of the URL, in capitals or not; NO_PROXY with hosts, domains,
 * addresses and ranges of them, each with a port or without; never for this machine itself. Besides, ALL_PROXY for both, as git has
 * it. Undefined where the environment names none.
 */
export function proxiesOf(env: Readonly<Record<string, string>>): FindProxy | undefined {
  const variable = (name: string): string => env[name.toUpperCase()] || env[name.toLowerCase()] || '';
  const all = variable('ALL_PROXY');
  const proxies = { 'http:': variable('HTTP_PROXY') || all, 'https:': variable('HTTPS_PROXY') || all };
  if (proxies['http:'] === '' && proxies['https:'] === '') return undefined;
  const isExempt = readExemptions(variable('NO_PROXY'));
  const find = (url: URL): URL | undefined => {
    const text = proxies[url.protocol as keyof typeof proxies] ?? '';
    return text === '' || isThisMachine(url.hostname) || isExempt(url) ? undefined : readProxy(text);
  };
  const variableFor = ({ protocol }: URL): string => {
    const own = protocol === 'http:' ? 'HTTP_PROXY' : 'HTTPS_PROXY';
    return variable(own) === '' ? 'ALL_PROXY' : own;
  };
  return Object.assign(find, { variableFor });
}

/** By which proxy a request goes, to stand behind what became of it; empty where it goes straight. Without passwords. */
export function byProxy(url: URL, findProxy: FindProxy | undefined): string {
  const proxy = findProxy?.(url);
  return proxy === undefined
    ? ''
    : ` (by the proxy ${proxy.host} of ${findProxy?.variableFor?.(url) ?? 'the environment'})`;
}

function readProxy(text: string): URL {
  const whole = /^[a-z][a-z0-9+.-]*:\/\//i.test(text) ? text : `http://${text}`;
  const url = URL.canParse(whole) ? new URL(whole) : undefined;
  // What it says may hold a password.
  if (url === undefined) throw new Error('what the environment names as a proxy is no URL');
  if (url.protocol === 'http:' || url.protocol === 'https:') return url;
  throw new Error(
    `the environment names a proxy of the kind ${url.protocol}//, and only http and https are spoken`,
  );
}

/** An address without the brackets of IPv6 and without a dot at its end. */
function plainHost(hostname: string): string {
  return hostname
    .replace(/^\[|\]$/g, '')
    .replace(/\.$/, '')
    .toLowerCase();
}

function isThisMachine(hostname: string): boolean {
  const host = plainHost(hostname);
  return host === 'localhost' || host === '::1' || (isIP(host) === 4 && host.startsWith('127.'));
}

type Exemption = (host: string, port: string) => boolean;

function readExemptions(text: string): (url: URL) => boolean {
  const exemptions = text.split(',').flatMap((each) => {
    const found = readExemption(each.trim().toLowerCase());
    return found === undefined ? [] : [found];
  });
  return (url) => {
    const port = url.port || (url.protocol === 'https:' ? '443' : '80');
    return exemptions.some((exemption) => exemption(plainHost(url.hostname), port));
  };
}

function readExemption(text: string): Exemption | undefined {
  if (text === '') return undefined;
  if (text === '*') return () => true;
  const range = rangeOf(text);
  if (range !== undefined) return (host) => isIP(host) !== 0 && range.check(host, familyOf(host));
  const [, name = '', wantedPort] = /^(\[.*\]|[^:]*|.*:.*:.*?)(?::([0-9]+))?$/.exec(text) ?? [];
  const host = plainHost(name);
  const fits = matcherOf(host);
  return (asked, port) => fits(asked) && (wantedPort === undefined || wantedPort === port);
}

/** A name stands for itself and for what is below it; one that begins with a dot, only for what is below it. */
function matcherOf(host: string): (asked: string) => boolean {
  if (isIP(host) !== 0) return (asked) => asked === host;
  const domain = host.replace(/^\*/, '');
  const below = domain.startsWith('.') ? domain : `.${domain}`;
  return (asked) => asked.endsWith(below) || asked === domain;
}

/** `10.0.0.0/8`; undefined where it is no range. */
function rangeOf(text: string): BlockList | undefined {
  const [, address = '', length = ''] = /^([0-9a-f.:]+)\/([0-9]{1,3})$/.exec(text) ?? [];
  if (isIP(address) === 0 || Number(length) > (isIP(address) === 4 ? 32 : 128)) return undefined;
  const range = new BlockList();
  range.addSubnet(address, Number(length), familyOf(address));
  return range;
}

function familyOf(address: string): 'ipv4' | 'ipv6' {
  return isIP(address) === 4 ? 'ipv4' : 'ipv6';
}
