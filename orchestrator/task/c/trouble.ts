import type { Failure } from '../../core/failure.ts';
import type { CBuildNode } from '../../plan/node-c.ts';

/** What BuildKit, gcc and ld say where an image cannot compile, and what that means. */
const lacks: readonly (readonly [RegExp, string])[] = [
  [/executable file not found|stat .*: no such file or directory: unknown/, 'it has no such program'],
  [/exec format error/, 'the builder cannot run programs of that platform'],
  [/cannot find (-l|crt)|cannot find \S*crt\S*\.o/, 'it has no static C library'],
  [
    /fatal error: (std|sys\/|unistd|signal|features|bits\/)\S*: No such file/,
    'it has no headers of a C library',
  ],
  [/cannot execute|error trying to exec/, 'its gcc lacks a part of itself'],
];

/** What is wrong with the compiler's image, where that is why a build failed; undefined where it is something else. */
export function whatCompilerLacks(
  { program, platform, gcc, on }: CBuildNode,
  failure: Failure,
): Failure | undefined {
  if (failure.reason !== 'command-failed') return undefined;
  const [, why] = lacks.find(([pattern]) => pattern.test(failure.output)) ?? [];
  if (why === undefined) return undefined;
  return {
    reason: 'usage',
    message: `The image that is to compile ${program} for ${platform} with ${gcc} on ${on} cannot: ${why}.\n${failure.output}`,
    help: `It takes gcc with as and ld, headers and the static library of C (libc.a): packages gcc and glibc-static of Amazon Linux, gcc and libc6-dev of Debian. Name an image that has them in "images.compilers" of the settings, and by "gcc" and "on" what it is called and runs on.`,
  };
}
