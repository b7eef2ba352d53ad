import { join, resolve } from 'node:path';
import type { Failure } from '../../core/failure.ts';
import { countOf } from '../../core/numbers.ts';
import { ok, type Result } from '../../core/result.ts';
import type { Host } from '../../host.ts';
import { taggingRelease } from '../../plan/plan.ts';
import { upstreamRegistry } from '../../publish/layout.ts';
import { statementsFolder } from '../../run/deliver/beside-names.ts';
import { signerOnce } from '../../run/deliver/find-signer.ts';
import { materialsOf } from '../../run/deliver/materials.ts';
import { siteFiles } from '../../run/deliver/site-files.ts';
import { renewReport } from '../../run/deliver/write-report.ts';
import type { ImageOptions } from '../../run/prepare/images.ts';
import type { Prepared } from '../../run/prepare/prepare.ts';
import { type RebuildOptions, type Rebuilt, rebuild } from '../../run/rebuild.ts';
import { sbomStatements } from '../../run/sbom/statements.ts';
import { callFor, type NameOptions } from '../../run/site/release-name.ts';
import type { SiteName } from '../../statement/archive-provenance.ts';
import type { SignWords } from '../../statement/sign/key-place.ts';
import type { Signer } from '../../statement/sign/signer.ts';
import { shownPath } from '../../workspace/shown-path.ts';
import { outFolderOf } from '../../workspace/workspace.ts';
import { writeWholeFile } from '../../workspace/write-file.ts';
import { refuseIdle } from '../words/refuse-idle.ts';
import { reportFailure } from '../words/report-failure.ts';
import { lookAtStatements, type Sign, writeStatements } from './lay-out-statements.ts';
import { readVex, vexStatement } from './read-vex.ts';
import { statementsOf } from './statements.ts';

export interface AttestOptions extends RebuildOptions, ImageOptions, NameOptions, SignWords {
  readonly output?: string;
  /** Where the public key goes. */
  readonly publicKey?: string;
  /** False: files alone. */
  readonly images: boolean;
  readonly archives?: boolean;
  /** An OpenVEX document. */
  readonly vex?: string;
}

/**
 * `eksd-rebuild attest RELEASE`: rebuilds what is not in the store, and writes what others can check: how each file and image was made,
 * that it equals what was published, and a summary. Laid out by digest, so that a folder of them can be served as it is.
 */
export async function attest(name: string, options: AttestOptions, host: Host): Promise<number> {
  const beside = 'beside --no-images';
  // Programs bear no name of a release.
  const isNamed = options.images || options.archives === true;
  const idle = refuseIdle([
    [!options.images && options.image !== undefined, '--image', beside],
    [!options.images && options.base !== undefined, '--base', beside],
    [options.publicKey !== undefined && options.sign === undefined, '--public-key', 'without --sign'],
    [options.publicKey !== undefined && options.sign === 'keyless', '--public-key', 'beside --sign keyless'],
    [!isNamed && options.channel !== undefined, '--channel', `${beside}, without --archives`],
    [!isNamed && options.number !== undefined, '--number', `${beside}, without --archives`],
  ]);
  if (!idle.ok) return reportFailure(idle.error, host);
  const vex = options.vex === undefined ? ok(undefined) : await readVex(resolve(host.cwd, options.vex), host);
  if (!vex.ok) return reportFailure(vex.error, host);
  const call = callFor(options, { isOut: true });
  const findSigner = signerOnce(options, host);
  const outputOf = ({ workspace, lock }: Prepared) =>
    options.output === undefined
      ? join(outFolderOf(workspace, lock.release), statementsFolder)
      : resolve(host.cwd, options.output);
  const use = async (rebuilt: Rebuilt): Promise<Result<void, Failure>> => {
    rebuilt.say('writing statements');
    const materials = await materialsOf(rebuilt, host);
    if (!materials.ok) return materials;
    const files = await siteFiles(rebuilt);
    if (!files.ok) return files;
    tellUnmade(rebuilt, files.value.length, host);
    if (options.images && !hasImages(rebuilt))
      host.stderr.write('No image is made of what was chosen: statements are of files alone.\n');
    const statements = statementsOf({ ...rebuilt, materials: materials.value }, files.value, siteOf(rebuilt));
    // The first time, what reads programs is compiled for that.
    rebuilt.say('looking into programs and images');
    const bills = await sbomStatements(rebuilt, host);
    if (!bills.ok) return bills;
    rebuilt.say('writing statements');
    const vexed = vex.value === undefined ? ok(undefined) : vexStatement(vex.value, rebuilt.report);
    if (!vexed.ok) return vexed;
    const output = outputOf(rebuilt.prepared);
    const signer = await findSigner(rebuilt.prepared.workspace);
    if (!signer.ok) return signer;
    const written = await writeStatements(
      [...statements, ...bills.value, ...(vexed.value === undefined ? [] : [vexed.value])],
      rebuilt.report,
      output,
      host,
      signing(signer.value, host),
    );
    rebuilt.say('');
    if (!written.ok) return written;
    const led = await renewReport(rebuilt.report, options.report, rebuilt.prepared.workspace, host);
    if (!led.ok) return led;
    const there = countOf(written.value, 'statement');
    const by = signer.value === undefined ? '' : `, signed by ${signer.value.shown}`;
    host.stderr.write(`${there} in ${shownPath(output, host.cwd)}${by}\n`);
    const { publicKey: file } = options;
    const pem = signer.value?.publicKey;
    return file === undefined || pem === undefined
      ? ok(undefined)
      : writeWholeFile(resolve(host.cwd, file), pem, host);
  };
  const result = await rebuild(name, options, host, {
    ...(options.images ? { images: options } : {}),
    call: async (known) => {
      const called = isNamed ? await call(known) : ok({});
      if (!called.ok || options.archives !== true) return called;
      return ok({ ...called.value, archives: { registry: upstreamRegistry } });
    },
    check: async (prepared) => {
      const free = await lookAtStatements(outputOf(prepared), host);
      return free.ok ? findSigner(prepared.workspace) : free;
    },
    use,
  });
  if (result.ok) return result.value;
  const code = reportFailure(result.error, host);
  if (options.images && isOfBuilder(result.error))
    host.stderr.write('Of files alone statements are made without a builder: --no-images\n');
  return code;
}

function isOfBuilder(failure: Failure): boolean {
  return (
    failure.reason === 'no-builder' ||
    (failure.reason === 'missing-program' && failure.program === 'buildctl')
  );
}

function hasImages({ prepared: { plan, planInput } }: Rebuilt): boolean {
  return plan.images.some(({ image }) => planInput.images?.isWanted(image) === true);
}

/** As `release` calls it where nobody names it otherwise. */
function siteOf({ prepared: { planInput } }: Rebuilt): SiteName {
  return { registry: `${upstreamRegistry.host}/${upstreamRegistry.prefix}`, ...taggingRelease(planInput) };
}

/** Of what could not be made nothing is stated. */
function tellUnmade({ prepared: { plan } }: Rebuilt, made: number, host: Host): void {
  const unmade = plan.files.length + plan.unplannedFiles.length - made;
  if (unmade > 0)
    host.stderr.write(
      `Nothing is stated of ${countOf(unmade, 'file')} of the site that could not be made.\n`,
    );
}

/** What is loaded only where somebody signs. What the same key signed before is taken as it is: ECDSA gives other bytes each time. */
function signing(signer: Signer | undefined, host: Host): Sign | undefined {
  if (signer === undefined) return undefined;
  return async (text, former) => {
    const { isOwnBundle } = await import('../../statement/sign/own-bundle.ts');
    if (former !== undefined && (await isOwnBundle(former, text, signer))) return ok(former);
    const { signStatement } = await import('../../statement/sign/sign-statement.ts');
    return signStatement(signer, text, host);
  };
}
