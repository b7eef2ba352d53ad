/** The release that images are tagged by: upstream's, or one of a channel of one's own. */
export interface TaggingRelease {
  /** `1-30`, which is the branch, or `1-30-acme` */
  readonly channel: string;
  readonly number: number;
}

/** An image's tag in a release, `v3.5.13-eks-1-30-5`: that of its source and the release's name. */
export function imageTagOf(tag: string, { channel, number }: TaggingRelease): string {
  return `${tag}-eks-${channel}-${number}`;
}
