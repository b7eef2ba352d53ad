/** Who may read below a place. */
export interface Credential {
  /** What the URLs that it is for start with: `https://git.example.com/team/`. Ends with a slash. */
  readonly place: string;
  readonly user: string;
  readonly password: string;
}

/** What was found of them. Whoever sends a request asks here; nothing else has them, and nothing shows them. */
export interface Credentials {
  add(credential: Credential): void;
  /** The one whose place is the longest that the URL starts with. */
  for(url: string): Credential | undefined;
  all(): readonly Credential[];
}

export function newCredentials(): Credentials {
  const known: Credential[] = [];
  return {
    add: (credential) => void known.push(credential),
    for: (url) =>
      known
        .filter(({ place }) => url.startsWith(place))
        .sort((a, b) => b.place.length - a.place.length)
        .at(0),
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
  const place = scheme + rest;
  const [user = '', ...password] = userInfo.split(':');
  const [, host = '', path = ''] = /^([^/?#{]*)([^?#{]*)/s.exec(rest) ?? [];
  return {
    place,
    credential: {
      place: `${scheme}${host}`.toLowerCase() + (path.slice(0, path.lastIndexOf('/') + 1) || '/'),
      user: decoded(user),
      password: decoded(password.join(':')),
    },
  };
}

/** As RFC 7617 has it. */
export function basicAuthorization({ user, password }: Credential): string {
  return `Basic ${Buffer.from(`${user}:${password}`).toString('base64')}`;
}

/**
 * Up to the last `@` before a path: one that was not encoded is of the password, as an apostrophe is. What looks like a user and
 * password in `oci-layout://name@sha256:...` is a name. A query may hold a token by a name that says so.
 */
const inUrls = [
  /(\bhttps?:\/\/)([^/?#\s"]+@)/gi,
  /(?<!oci-layout)(:\/\/[^/@:\s"]+)(:[^/?#\s"]+)(?=@)/g,
  /([?&][\w.-]*(?:token|password|passwd|secret|signature)[\w.-]*=)([^&#\s"]+)/gi,
];

/** A text in which no URL has a password, nor any name where http is spoken. @param mask stands for each of their characters. */
export function withoutUrlCredentials(text: string, mask = ''): string {
  return inUrls.reduce(
    (rest, each) => rest.replace(each, (_, before, secret: string) => before + mask.repeat(secret.length)),
    text,
  );
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

/** A text without the passwords and tokens that were found, in whatever form they are sent. */
export function withoutCredentials(text: string, credentials: readonly Credential[]): string {
  return credentials
    .flatMap((each) => {
      const secret = each.password === '' ? each.user : each.password;
      return [basicAuthorization(each).slice('Basic '.length), encodeURIComponent(secret), secret];
    })
    .filter((secret) => secret.length >= leastLength)
    .reduce((rest, secret) => rest.replaceAll(secret, '***'), text);
}

function decoded(text: string): string {
  try {
    return decodeURIComponent(text);
  } catch {
    return text;
  }
}
