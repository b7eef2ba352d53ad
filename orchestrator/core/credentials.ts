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

/** What looks like a user and password in `oci-layout://name@sha256:...` is a name. */
const inUrls = [/(\bhttps?:\/\/)([^/@\s"']+@)/gi, /(?<!oci-layout)(:\/\/[^/@:\s"']+)(:[^/@\s"']+)(?=@)/g];

/** A text in which no URL has a password, nor any name where http is spoken. @param mask stands for each of their characters. */
export function withoutUrlCredentials(text: string, mask = ''): string {
  return inUrls.reduce(
    (rest, each) => rest.replace(each, (_, before, secret: string) => before + mask.repeat(secret.length)),
    text,
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
