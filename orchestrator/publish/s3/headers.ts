/** How objects are to be kept, and who may read them. */
export interface Keeping {
  readonly encryption:
    | { readonly type: 'AES256' | 'BUCKET' }
    | { readonly type: 'KMS'; readonly kmsKey?: string | undefined };
  /** Whether everybody may read them, by access control lists: upstream's way, which new buckets refuse. */
  readonly publicRead: boolean;
}

/** Seconds that a copy of a file counts for which nothing else ever stands in the same place. */
const forever = 'public, max-age=31536000, immutable';

/** Of CRDs and changelogs, which may be replaced, an hour; of a channel, no copy without asking. */
const cacheRules: readonly (readonly [RegExp, string])[] = [
  [/^crds\/|\/CHANGELOG-[^/]+\.md$/, 'public, max-age=3600'],
  [/^releasechannels\//, 'no-cache'],
  [/\.announcement\.json$/, 'no-store'],
  [/^/, forever],
];

/** Programs, and whatever else is nothing that is shown, are bytes. */
const contentTypes: readonly (readonly [RegExp, string])[] = [
  [/\.tar\.gz$/, 'application/gzip'],
  [/\.tar$/, 'application/x-tar'],
  [/\.yaml$/, 'application/yaml'],
  [/\.json$/, 'application/json'],
  [/\.md$/, 'text/markdown; charset=utf-8'],
  [/\.(sha256|sha512|txt|docker_tag|docker_image_name)$|\/SHA(256|512)SUM$/, 'text/plain; charset=utf-8'],
  [/^/, 'application/octet-stream'],
];

/** What an object is given beside its bytes, as the SDK takes it. @param path below the site's root. */
export function headersOf(path: string, { encryption, publicRead }: Keeping): ObjectHeaders {
  const first = (rules: typeof cacheRules) => rules.find(([shape]) => shape.test(path))?.[1] ?? '';
  return {
    ContentType: first(contentTypes),
    CacheControl: first(cacheRules),
    ...(encryption.type === 'AES256' ? { ServerSideEncryption: 'AES256' } : {}),
    ...(encryption.type === 'KMS' ? { ServerSideEncryption: 'aws:kms', BucketKeyEnabled: true } : {}),
    ...(encryption.type === 'KMS' && encryption.kmsKey !== undefined
      ? { SSEKMSKeyId: encryption.kmsKey }
      : {}),
    ...(publicRead && !path.endsWith('.announcement.json') ? { ACL: 'public-read' } : {}),
  };
}

interface ObjectHeaders {
  readonly ContentType: string;
  readonly CacheControl: string;
  readonly ServerSideEncryption?: 'AES256' | 'aws:kms';
  readonly BucketKeyEnabled?: boolean;
  readonly SSEKMSKeyId?: string;
  readonly ACL?: 'public-read';
}
