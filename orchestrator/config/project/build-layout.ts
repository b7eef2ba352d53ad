import { z } from 'zod';
import { path } from '../fields.ts';

/** Where a checkout can be made to be seen (`tool/process/mount.ts`). */
export const absolutePath = z
  .string()
  .regex(/^(\/[A-Za-z0-9_+][A-Za-z0-9._+-]*){2,}$/, 'expected an absolute path, two folders deep at least');

/**
 * Where the go command is run and finds packages, for a project whose own scripts see to that. Nothing is fetched for it:
 * what it needs is in its vendor folder.
 */
export const buildLayout = z.strictObject({
  /** `modules`: with go.mod, or go.work, and vendor; `gopath`: without modules, by a GOPATH alone. */
  mode: z.enum(['modules', 'gopath']),
  /**
   * A GOPATH below the checkout. In it a symbolic link leads back to the checkout, by the import path that is given, and go
   * is run in the checkout by that name.
   */
  link: z.strictObject({ gopath: path, package: path }).optional(),
  /** Where upstream had the checkout: with Go 1.18 and newer, flags that name it are in the programs. */
  at: absolutePath.optional(),
});
export type BuildLayout = z.infer<typeof buildLayout>;
