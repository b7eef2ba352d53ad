import { z } from 'zod';
import type { Digest } from '../../core/digest.ts';
import { parseJson } from '../../core/json-text.ts';
import type { Platform } from '../../core/platform.ts';
import { digest, platform } from '../fields.ts';

/** As much as is needed of the list of Go's archives (https://pkg.go.dev/golang.org/x/website/internal/dl#Release), which is never empty. */
const index = z
  .array(
    z.object({
      /** `go1.18.10` */
      version: z.string(),
      files: z.array(z.object({ os: z.string(), arch: z.string(), kind: z.string(), sha256: z.string() })),
    }),
  )
  .min(1);

/** The machines that builds run on. */
const builders: ReadonlySet<string> = new Set(['linux/amd64', 'linux/arm64', 'darwin/amd64', 'darwin/arm64']);

/** SHA-256 of Go's archives, by version (without `go` in front) and platform. Undefined where the text is no such list. */
export function readGoIndex(
  text: string,
): ReadonlyMap<string, Readonly<Record<Platform, Digest>>> | undefined {
  const read = index.safeParse(parseJson(text));
  if (!read.success) return undefined;
  return new Map(
    read.data.map(({ version, files }) => {
      const archives = files.flatMap(({ os, arch, kind, sha256 }) => {
        const [where, what] = [platform.safeParse(`${os}/${arch}`), digest.safeParse(sha256)];
        if (kind !== 'archive' || !where.success || !what.success) return [];
        return builders.has(where.data) ? [[where.data, what.data] as const] : [];
      });
      return [version.replace(/^go/, ''), Object.fromEntries(archives)];
    }),
  );
}
