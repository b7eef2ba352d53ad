/** Who may read below a place. */
export interface Credential {
  /** What the URLs that it is for start with: `https://git.example.com/team/`. Ends with a slash. */
  readonly place: string;
  readonly user: string;
  readonly password: string;
}

/** What was found of them. Whoever sends a request asks here; nothing else has them, and nothing shows them. */
export interface Credentials {
  /** One without a place is shown nowhere, and nothing is signed in with it. */
  add(credential: Credential): void;
  /** The one whose place is the longest that the URL starts with. */
  for(url: string): Credential | undefined;
  /** Those that have a place. */
  placed(): readonly Credential[];
  all(): readonly Credential[];
}

export function newCredentials(): Credentials {
  const known: Credential[] = [];
  const placed = () => known.filter(({ place }) => place !== '');
  return {
    add: (credential) => void known.push(credential),
    for: (url) =>
      placed()
        .filter(({ place }) => url.startsWith(place))
        .sort((a, b) => b.place.length - a.place.length)
        .at(0),
    placed,
    all: () => known,
  };
}

/**
 * A URL as it may be shown and kept, and the user and password that were in it. A name alone is a secret too where http is
 * spoken: tokens are given so. What is no such URL stays as it is. @param url may have `{org}` and the like in its path.
 */
export function splitUrl(url: string): { readonly place: string; readonly credential?: Credential } {
  const [, scheme = '', userInfo = '', rest = ''] = /^(https?:\/\/)([^/?#\s]*)@(.*)$/is.exec(url) ?? [];
  if (scheme === '') return { place: url };
  const place = plainUrl(scheme + rest);
  if (/^:?$/.test(userInfo)) return { place };
  const [user = '', ...password] = userInfo.split(':');
  const [, origin = '', path = ''] = /^([^/]*\/\/[^/?#{]*)([^?#{]*)/s.exec(place) ?? [];
  return {
    place,
    credential: {
      place: origin + (path.slice(0, path.lastIndexOf('/') + 1) || '/'),
      user: decoded(user),
      password: decoded(password.join(':')),
    },
  };
}

/**
 * An http(s) URL with scheme, host and port as every program spells them (https://url.spec.whatwg.org/#concept-url-serializer), so that
 * two spellings of one place are one place. The rest of it, and what is no such URL, stays as it is.
 */
function plainUrl(url: string): string {
  const [, origin = '', rest = ''] = /^(https?:\/\/[^/?#@\s{]+)(.*)$/is.exec(url) ?? [];
  return origin !== '' && URL.canParse(origin) ? new URL(origin).origin + rest : url;
}

/**
 * What stands before a host as user and password, in a URL of any kind or in the name of an image. A number and a slash after a colon
 * are a port and a path, and what a digest stands after is a name.
 */
const beforeHost =
  /^((?:[a-z][a-z0-9+.-]*:\/\/)?)([^\s/?#:@{"]+):(?!\/\/|[0-9]+\/)(\S+)@(?!sha[0-9]+:)(?=(?:localhost|\[[0-9a-f:.]+\]|[\w-]+(?:\.[\w-]+)+|[\w-]+:[0-9]+)(?:[:/]|$))/i;

/** A text that names a place, as it may be shown, kept and handed on, and the secrets that were in it. */
export interface Parted {
  readonly text: string;
  readonly credentials: readonly Credential[];
  /** Whether one stood where nothing takes it from: `***` stands there now, so that whoever reads the text refuses it. */
  readonly isMisplaced: boolean;
}

/** Parts a place from its secrets. */
export function partPlace(text: string): Parted {
  const { place, credential } = splitUrl(text);
  const inQuery = [...place.matchAll(inQueries)].map(([, , value = '']) => secretOf(decoded(value)));
  if (credential !== undefined)
    return { text: place, credentials: [credential, ...inQuery], isMisplaced: false };
  const [before = '', scheme = '', user = '', password = ''] = beforeHost.exec(text) ?? [];
  if (before === '') return { text: plainUrl(text), credentials: inQuery, isMisplaced: false };
  const own = { place: '', user: decoded(user), password: decoded(password) };
  if (/^https?:/i.test(scheme)) {
    // It was not encoded, and has a slash.
    const [name, word] = [own.user, own.password].map(encodeURIComponent);
    return partPlace(`${scheme}${name}:${word}@${text.slice(before.length)}`);
  }
  return {
    text: `${scheme}***@${text.slice(before.length)}`,
    credentials: [own, { ...own, user, password }, ...inQuery],
    isMisplaced: true,
  };
}

/** Parts a word of a command line, which may be an option with its value (`--files=https://...`). */
export function partWord(word: string): Parted {
  const [, option = '', value = ''] = /^(--[a-z-]+=)?(.*)$/s.exec(word) ?? [];
  const parted = partPlace(value);
  return { ...parted, text: option + parted.text };
}

/** The secrets of all places in a text that was not decoded yet, and may be malformed. Nothing is signed in with them. */
export function secretsIn(text: string): readonly Credential[] {
  return text
    .split(/[\s'",[\]{}]+/)
    .flatMap((word) => partPlace(word).credentials)
    .map((each) => ({ ...each, place: '' }));
}

const secretOf = (password: string): Credential => ({ place: '', user: '', password });

/** As RFC 7617 has it. */
export function basicAuthorization({ user, password }: Credential): string {
  return `Basic ${Buffer.from(`${user}:${password}`).toString('base64')}`;
}

/**
 * Up to the last `@` before a path: one that was not encoded is of the password, as an apostrophe is. What looks like a user and
 * password in `oci-layout://name@sha256:...` is a name. A query may hold a token by a name that says so.
 */
const inQueries = /([?&][\w.-]*(?:token|password|passwd|secret|signature)[\w.-]*=)([^&#\s"]+)/gi;
const inUrls = [
  /(\bhttps?:\/\/)([^/?#\s"]+@)/gi,
  /(?<!oci-layout)(:\/\/[^/@:\s"]+)(:[^/?#\s"]+)(?=@)/g,
  inQueries,
];

/** A text in which no URL has a password, nor any name where http is spoken. @param mask stands for each of their characters. */
export function withoutUrlCredentials(text: string, mask = ''): string {
  return inUrls.reduce(
    (rest, each) => rest.replace(each, (_, before, secret: string) => before + mask.repeat(secret.length)),
    text,
  );
}

/** What stands in PEM between the two lines of a private key, however far it goes (RFC 7468). */
const privateKeys = /(?<=-----BEGIN [A-Z0-9 ]{0,40}PRIVATE KEY-----)(?:(?!-----)[\s\S])+/g;

/** A text in which no private key can be read. It is as long as it was, and so is each line. */
export function withoutPrivateKeys(text: string): string {
  return text.includes('PRIVATE KEY-----')
    ? text.replace(privateKeys, (key) => key.replace(/\S/g, '*'))
    : text;
}

/** What a user's environment says of proxies, and of where Go fetches. */
const ofFetching = /^(.*_proxy|GOPROXY|GOSUMDB)$/i;

/** The users and passwords in an environment: of proxies' addresses, which may have no scheme, and of those that Go goes by. */
export function credentialsIn(env: Readonly<Record<string, string | undefined>>): readonly Credential[] {
  return Object.entries(env).flatMap(([name, value = '']) =>
    ofFetching.test(name) ? credentialsOf(value) : [],
  );
}

/** The same of one text with addresses. Those that nothing is signed in with: they are known to be withheld. */
export function credentialsOf(text: string): readonly Credential[] {
  return [...text.matchAll(/(?:^|:\/\/|[\s,|])([^\s/?#:@,|]+)(?::([^\s/?#,|]*))?@/g)].map(
    ([, user = '', password = '']) => ({ place: '', user: decoded(user), password: decoded(password) }),
  );
}

/** Shorter ones would make holes in every text. */
const leastLength = 4;

/** A text without the passwords and tokens that were found, in whatever form they are sent, and without private keys. */
export function withoutCredentials(text: string, credentials: readonly Credential[]): string {
  return credentials
    .flatMap((each) => {
      const { user, password } = each;
      const secret = password === '' ? user : password;
      // However short it is, before a host it is one.
      const before = [`${user}:${password}@`, `${encodeURIComponent(user)}:${encodeURIComponent(password)}@`];
      return [
        ...(user === '' || password === '' ? [] : before.map((words) => [words, '***@'] as const)),
        ...[basicAuthorization(each).slice('Basic '.length), encodeURIComponent(secret), secret]
          .filter((form) => form.length >= leastLength)
          .map((form) => [form, '***'] as const),
      ];
    })
    .toSorted(([a], [b]) => b.length - a.length)
    .reduce((rest, [form, mask]) => rest.replaceAll(form, mask), withoutPrivateKeys(text));
}

function decoded(text: string): string {
  try {
    return decodeURIComponent(text);
  } catch {
    return text;
  }
}
