/** What there is in a release and was taken away by a word with a `!`, by what it is of. */
export interface LeftOut {
  readonly projects: readonly string[];
  readonly platforms: readonly string[];
  readonly images: readonly string[];
}

/** `Left out: project kubernetes/kubernetes; platforms linux/arm64, windows/amd64.` Undefined where nothing was. */
export function leftOutText({ projects, platforms, images }: LeftOut): string | undefined {
  const lists = [
    { noun: 'project', names: projects },
    { noun: 'platform', names: platforms },
    { noun: 'image', names: images },
  ];
  const parts = lists.flatMap(({ noun, names }) => {
    return names.length === 0 ? [] : [`${noun}${names.length === 1 ? '' : 's'} ${names.join(', ')}`];
  });
  return parts.length === 0 ? undefined : `Left out: ${parts.join('; ')}.`;
}
