import { type Credentials, partPlace } from '../core/credentials.ts';

/** Settings whose URLs are places alone; the users and passwords that they had are told to `credentials`. */
export function withoutCredentials<T>(settings: T, credentials: Credentials): T {
  const part = (text: string): string => {
    const parted = partPlace(text);
    // What the settings may have of that is no place: their schema refuses all others.
    if (parted.isMisplaced) return text;
    parted.credentials.forEach(credentials.add);
    return parted.text;
  };
  const walk = (value: unknown): unknown => {
    if (Array.isArray(value)) return value.map(walk);
    if (typeof value === 'object' && value !== null)
      return Object.fromEntries(Object.entries(value).map(([name, member]) => [part(name), walk(member)]));
    return typeof value === 'string' ? part(value) : value;
  };
  return walk(settings) as T;
}
