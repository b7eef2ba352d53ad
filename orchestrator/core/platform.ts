/** A platform as Go and OCI name it: `linux/amd64`. */
export type Platform = `${string}/${string}`;

const shape = /^[a-z0-9]+\/[a-z0-9]+$/;

export function isPlatform(text: string): text is Platform {
  return shape.test(text);
}

/** The two halves of a platform. */
export function platformParts(platform: Platform): { readonly os: string; readonly arch: string } {
  const [os = '', arch = ''] = platform.split('/');
  return { os, arch };
}
