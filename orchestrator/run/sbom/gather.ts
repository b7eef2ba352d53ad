import { mkdtemp, rm } from 'node:fs/promises';
import { join } from 'node:path';
import { type Digest, isDigest } from '../../core/digest.ts';
import type { Failure } from '../../core/failure.ts';
import type { OciDigest } from '../../core/oci.ts';
import type { Platform } from '../../core/platform.ts';
import { err, ok, type Result } from '../../core/result.ts';
import type { ImageReport } from '../../report/image-report.ts';
import type { BaseFacts, ImageFacts, PlatformFacts, ProgramFacts } from '../../statement/sbom/facts.ts';
import { imageSbom, programSbom, type Sbom } from '../../statement/sbom/sbom.ts';
import type { BuildReport } from '../../verdict/inspect/binary.ts';
import type { Inspector } from '../../verdict/inspect/gobinary.ts';
import type { FileVerdict } from '../../verdict/verify/verdict.ts';
import type { Rebuilt } from '../rebuild.ts';
import { attributedTo, licensesOf } from './licenses.ts';
import { goOf, makingOf, projectOf } from './origin.ts';
import { readPlatform } from './platform.ts';

/** The bill of materials of an image: of its index, or of one platform's manifest. */
interface ImageSbom {
  readonly subject: OciDigest;
  /** Undefined: of the index. */
  readonly platform?: Platform;
  readonly sbom: Sbom;
}

/** Bills of materials of what a run made. What is once read of a file is kept for the next one that has it. */
export interface Sboms {
  /** Of a file that was built. Errors: those of `Inspector.build`. @throws TypeError where none was. */
  ofProgram(verdict: FileVerdict): Promise<Result<Sbom, Failure>>;
  /**
   * Of an image that was made: the index's first, with all of every platform, since that is the digest which a tag points at and scanners
   * ask by; then each platform's. Errors: those of `readPlatform`. @throws TypeError where none was.
   */
  ofImage(image: ImageReport): Promise<Result<readonly ImageSbom[], Failure>>;
}

export interface SbomOptions {
  readonly inspector: Pick<Inspector, 'build'>;
  /** A folder to make others in. Absolute. */
  readonly scratch: string;
  readonly signal: AbortSignal;
}

export function openSboms(rebuilt: Rebuilt, options: SbomOptions): Sboms {
  const making = makingOf(rebuilt);
  const programs = new Map<FileVerdict, ProgramFacts>();
  const seen = new Map<Digest, BuildReport | undefined>();
  const trees = new Map(rebuilt.report.nodes.map(({ id, tree }) => [id, tree]));
  const verdicts = new Map<Digest, FileVerdict[]>();
  for (const verdict of rebuilt.report.verdicts) {
    if (verdict.found !== undefined)
      verdicts.set(verdict.found, [...(verdicts.get(verdict.found) ?? []), verdict]);
  }

  const built = async (verdict: FileVerdict, sha256: Digest): Promise<Result<ProgramFacts, Failure>> => {
    const known = programs.get(verdict);
    if (known !== undefined) return ok(known);
    const tree = verdict.node === undefined ? undefined : trees.get(verdict.node);
    if (tree === undefined) throw new TypeError(`${verdict.name} was not built`);
    const file = join(rebuilt.store.treePath(tree), verdict.name);
    const report = await options.inspector.build(file);
    if (!report.ok && report.error.reason !== 'usage') return report;
    const build = report.ok ? report.value.build : undefined;
    const project = projectOf(verdict.project, rebuilt);
    const attributed = build === undefined ? [] : await attributedTo(verdict.node, rebuilt);
    const facts: ProgramFacts = {
      ...{ name: verdict.name, sha256, platform: verdict.platform, build, project },
      go: build === undefined ? undefined : goOf(verdict.project, rebuilt.lock),
      licenses: build === undefined ? new Map() : licensesOf(build, attributed),
    };
    programs.set(verdict, facts);
    return ok(facts);
  };

  /** A program of the release by its bytes: one of the image's own project first, where several projects have the same. */
  const knownIn = (image: ImageReport) => async (sha256: Digest) => {
    const compiled = image.programs.find((each) => each.compiled?.sha256 === sha256);
    if (compiled !== undefined) {
      const { file: name, platform, project } = compiled;
      const facts = { name, sha256, platform, build: undefined, project: projectOf(project, rebuilt) };
      return ok({ ...facts, licenses: new Map() });
    }
    const same = verdicts.get(sha256) ?? [];
    const verdict = same.find(({ project }) => project === image.project) ?? same[0];
    return verdict === undefined ? ok(undefined) : built(verdict, sha256);
  };

  const platformOf = async (image: ImageReport, platform: Platform, scratch: string) => {
    const tree = rebuilt.images.get(image.image);
    if (tree === undefined) throw new TypeError(`${image.image} was not made`);
    const { signal, inspector } = options;
    const name = `${image.image} ${platform}`;
    return readPlatform(tree, platform, { name, signal, scratch, inspector, seen, known: knownIn(image) });
  };

  return {
    async ofProgram(verdict) {
      if (verdict.found === undefined) throw new TypeError(`${verdict.name} was not built`);
      const facts = await built(verdict, verdict.found);
      return facts.ok ? ok(programSbom(facts.value, making)) : facts;
    },
    async ofImage(image) {
      if (image.digest === undefined) throw new TypeError(`${image.image} was not made`);
      const scratch = await mkdtemp(join(options.scratch, 'sbom-'));
      try {
        const platforms: PlatformFacts[] = [];
        for (const { platform } of image.platforms) {
          const facts = await platformOf(image, platform, scratch);
          if (!facts.ok) return err(facts.error);
          platforms.push(facts.value);
        }
        const { image: name, tag, digest } = image;
        const project = projectOf(image.project, rebuilt);
        const common = { name, tag, project, base: baseOf(image) };
        const whole: ImageFacts = { ...common, digest, platforms };
        return ok([
          { subject: digest, sbom: imageSbom(whole, making) },
          ...platforms
            .filter((each) => each.digest !== digest)
            .map((each) => ({
              subject: each.digest,
              platform: each.platform,
              sbom: imageSbom({ ...common, digest: each.digest, platforms: [each] }, making),
            })),
        ]);
      } finally {
        await rm(scratch, { recursive: true, force: true });
      }
    },
  };
}

function baseOf({ base, standsOn }: ImageReport): BaseFacts | undefined {
  if (base === undefined) return undefined;
  if (!('reference' in base)) return { name: standsOn, from: base.from };
  const [, name = base.reference, tag, hex] =
    /^(.*?)(?::([^:@/]+))?(?:@sha256:([0-9a-f]{64}))?$/.exec(base.reference) ?? [];
  const digest: OciDigest | undefined = hex !== undefined && isDigest(hex) ? `sha256:${hex}` : undefined;
  return { name, tag, digest, from: base.from };
}
