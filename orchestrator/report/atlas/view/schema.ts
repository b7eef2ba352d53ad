import { z } from 'zod';
import { verdictNames } from '../../../verdict/verify/verdict.ts';
import type { BuildView } from './build.ts';
import type { CauseView } from './cause.ts';
import type { Change } from './change.ts';
import type { DigestsView } from './digest.ts';
import type { DocView } from './doc.ts';
import type { BranchView, FrontView } from './front.ts';
import type { ProjectView } from './project.ts';
import type { ReleaseJson } from './release.ts';
import type { scriptJson } from './script.ts';

/** What the JSON beside every page of an atlas has: types that the pages are made of, so that neither can change alone. */

const [text, number] = [z.string(), z.number()];
const optional = text.exactOptional();
const texts = z.array(text);
const verdict = z.enum(verdictNames);
const sha256 = z.string().regex(/^[0-9a-f]{64}$/);
const counts = z.strictObject({ identical: number, comparable: number, all: number, unknown: number });
const brief = { name: text, number, date: text, counts };
const release = z.strictObject(brief);
const cause = { verdict, kind: text, files: number, builds: number };
const ofGo = { go: optional, flavour: optional };
const patch = z.strictObject({ what: text, sha256: text, fixes: texts.exactOptional() });

const change = z.strictObject({
  what: text,
  how: texts,
  patches: z
    .array(
      z.strictObject({
        change: z.enum(['added', 'removed', 'changed', 'unknown']),
        what: text,
        fixes: texts.exactOptional(),
      }),
    )
    .exactOptional(),
}) satisfies z.ZodType<Change>;

const latest = z.strictObject({ ...brief, before: optional, changes: z.array(change).exactOptional() });

const front = {
  page: z.literal('front'),
  atlas: z.literal(1),
  counts,
  files: number,
  distinct: number,
  branches: z.array(z.strictObject({ name: text, counts, releases: z.array(release) })),
  projects: z.array(z.strictObject({ name: text, versions: number, counts })),
  causes: z.array(z.strictObject(cause)),
  latest: z.array(latest),
};

const branch = {
  page: z.literal('branch'),
  name: text,
  counts,
  releases: z.array(release),
  changes: z.array(latest),
};

const file = {
  platform: text,
  expected: sha256.exactOptional(),
  comparable: z.boolean().exactOptional(),
  verdict: verdict.exactOptional(),
  found: sha256.exactOptional(),
  cause: optional,
};

const project = {
  name: text,
  version: text,
  repository: optional,
  commit: optional,
  go: optional,
  flavour: optional,
  counts,
  builds: z.array(sha256),
  patches: z.array(patch).exactOptional(),
};

const ofRelease = {
  page: z.literal('release'),
  name: text,
  branch: text,
  date: text,
  counts,
  before: optional,
  after: optional,
  changes: z.array(change).exactOptional(),
  upstream: z.strictObject({ repository: text, commit: optional }).exactOptional(),
  troubles: texts.exactOptional(),
  baseImages: z.array(z.strictObject({ name: text, tag: text, digest: optional })),
};

const build = {
  page: z.literal('build'),
  digest: sha256,
  project: text,
  version: text,
  repository: optional,
  commit: optional,
  go: optional,
  flavour: optional,
  patches: z.array(patch),
  releases: texts,
  counts,
  files: z.array(z.strictObject({ name: text, ...file, releases: texts.exactOptional() })),
  causes: z.array(z.strictObject({ verdict, kind: text, text, confidence: optional })),
  steps: z
    .strictObject({
      release: text,
      confirmed: z.enum(['yes', 'no', 'unknown']),
      script: sha256,
      runs: z.boolean(),
    })
    .exactOptional(),
  by: texts,
};

const script = {
  page: z.literal('script'),
  sha256,
  runs: z.boolean(),
  builds: z.array(z.strictObject({ digest: sha256, project: text, version: text, ...ofGo })),
};

const ofCause = {
  page: z.literal('cause'),
  ...cause,
  projects: texts,
  found: z.array(
    z.strictObject({
      project: text,
      version: text,
      text: optional,
      confidence: optional,
      count: number,
      files: z.array(z.strictObject({ name: text, platform: text, expected: sha256.exactOptional() })),
      builds: z.array(sha256),
      releases: texts,
    }),
  ),
};

const versions = {
  page: z.literal('project'),
  name: text,
  repository: optional,
  counts,
  versions: z.array(
    z.strictObject({
      version: text,
      go: optional,
      releases: texts,
      builds: z.array(sha256),
      counts,
      distinct: number,
    }),
  ),
};

const digests = {
  page: z.literal('sha256'),
  prefix: text,
  files: z.array(
    z.strictObject({
      sha256,
      as: z.array(
        z.strictObject({
          published: z.boolean(),
          project: text,
          version: text,
          platform: text,
          name: text,
          verdict: verdict.exactOptional(),
          comparable: z.boolean().exactOptional(),
          instead: sha256.exactOptional(),
          build: sha256.exactOptional(),
          ...ofGo,
          releases: texts,
        }),
      ),
    }),
  ),
};

const views = {
  front: z.strictObject(front) satisfies z.ZodType<FrontView>,
  branch: z.strictObject(branch) satisfies z.ZodType<BranchView>,
  project: z.strictObject(versions) satisfies z.ZodType<ProjectView>,
  build: z.strictObject(build) satisfies z.ZodType<BuildView>,
  script: z.strictObject(script) satisfies z.ZodType<ReturnType<typeof scriptJson>>,
  cause: z.strictObject(ofCause) satisfies z.ZodType<CauseView>,
  digests: z.strictObject(digests) satisfies z.ZodType<DigestsView>,
  release: z.strictObject({
    ...ofRelease,
    // Files that were built are in the JSON of their builds.
    projects: z.array(
      z.strictObject({ ...project, files: z.array(z.strictObject({ name: text, ...file })) }),
    ),
  }) satisfies z.ZodType<ReleaseJson>,
  doc: z.strictObject({
    page: z.literal('doc'),
    place: text,
    title: text,
    text,
    links: z.record(text, text),
  }) satisfies z.ZodType<DocView>,
  index: z.strictObject({ page: z.literal('sha256-index'), counts: z.record(text, number) }),
};

const about = { $schema: text, schema: z.literal(1) };

/** The JSON beside any page. */
export const pageSchema = z.discriminatedUnion('page', [
  views.front.extend(about),
  views.branch.extend(about),
  views.release.extend(about),
  views.project.extend(about),
  views.build.extend(about),
  views.script.extend(about),
  views.cause.extend(about),
  views.index.extend(about),
  views.digests.extend(about),
  views.doc.extend(about),
]);
