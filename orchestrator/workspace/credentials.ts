import { type Credentials, splitUrl } from '../core/credentials.ts';

/** Settings whose URLs are places alone; the users and passwords that they had are told to `credentials`. */
export function withoutCredentials<T>(settings: T, credentials: Credentials): T {
  const walk = (value: unknown): unknown => {
    if (Array.isArray(value)) return value.map(walk);
    if (typeof value === 'object' && value !== null)
      return Object.fromEntries(Object.entries(value).map(([name, member]) => [name, walk(member)]));
    if (typeof value !== 'string') return value;
    const { place, credential } = splitUrl(value);
    if (credential !== undefined) credentials.add(credential);
    return place;
  };
  return walk(settings) as T;
}
