import { parseImageReference } from '../../core/image-reference.ts';

/** Why an address is not below another one, which ends in no slash. */
export function whyElsewhere(uri: string, baseUri: string): string | undefined {
  if (uri.startsWith(`${baseUri}/`)) return undefined;
  const [host, wanted] = [uri, baseUri].map((each) => new URL(each).host);
  return host === wanted ? `is not below ${baseUri}` : `is at ${host}, not at ${wanted}`;
}

/**
 * Why an image's name in a manifest is none: a sentence's end.
 * @returns `strange` where it is one but for the registry in front, which upstream once left out (1-19:1).
 */
export function readImageUri(uri: string): { readonly why: string } | { readonly strange?: string } {
  const isBare = uri.startsWith('/');
  const parsed = parseImageReference(isBare ? `registry.invalid${uri}` : uri);
  if ('why' in parsed) return parsed;
  if (parsed.tag === undefined && parsed.digest === undefined) return { why: 'has neither tag nor digest' };
  return isBare ? { strange: 'has no registry in front' } : {};
}
