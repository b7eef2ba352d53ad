import type { BucketWords } from '../../tool/s3/explain.ts';

/** What can be done about the bucket of a site. */
export const publishing: BucketWords = {
  section: 'publish',
  policy: 'publish --policy',
  region: '--region',
};
