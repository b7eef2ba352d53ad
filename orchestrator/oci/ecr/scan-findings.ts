import type { DescribeImageScanFindingsResponse } from '@aws-sdk/client-ecr';
import type { Failure } from '../../core/failure.ts';
import type { OciDigest } from '../../core/oci.ts';
import { err, ok, type Result } from '../../core/result.ts';
import { orMissing } from '../../tool/aws/failure.ts';
import type { EcrClients } from './clients.ts';
import type { PrivateEcr } from './host.ts';

/** What ECR's scan found in an image. */
export interface ScanFinding {
  /** `CVE-2023-0286` */
  readonly name: string;
  readonly severity: string;
  readonly url: string | undefined;
  /** Each package that it was found in; none where ECR does not say. */
  readonly packages: readonly {
    readonly name: string;
    readonly version: string;
    readonly fixed: string | undefined;
  }[];
}

export type ImageScan =
  | { readonly state: 'complete'; readonly findings: readonly ScanFinding[]; readonly at: Date | undefined }
  /** Nobody scanned it, the scan is under way, or it failed: that nothing is listed says nothing. */
  | { readonly state: 'none'; readonly why: string };

/** Pages of a hundred: an image with more findings than that is none that anybody reads through. */
const mostPages = 100;

/**
 * Asks a private registry of ECR what its scan (basic, or by Amazon Inspector) found in an image.
 * Errors: those of `attempt`; `fetch-failed` where it has no end.
 */
export async function readScanFindings(
  clients: EcrClients,
  host: PrivateEcr,
  repository: string,
  digest: OciDigest,
): Promise<Result<ImageScan, Failure>> {
  const what = `reading scan findings of ${repository}@${digest} at ${host.host}`;
  const findings: ScanFinding[] = [];
  let nextToken: string | undefined;
  for (let page = 0; page < mostPages; page += 1) {
    const input = {
      ...{ registryId: host.account, repositoryName: repository, imageId: { imageDigest: digest } },
      ...(nextToken === undefined ? { maxResults: 100 } : { maxResults: 100, nextToken }),
    };
    const asked = await clients.ecr(host, what, (ecr, options) =>
      orMissing(
        orMissing(ecr.describeImageScanFindings(input, options), 'ScanNotFoundException'),
        'ImageNotFoundException',
      ),
    );
    if (!asked.ok) return asked;
    if (asked.value === undefined) return ok({ state: 'none', why: 'ECR has no scan of it' });
    const { imageScanStatus, imageScanFindings } = asked.value;
    const status = imageScanStatus?.status ?? 'unknown';
    // Inspector goes on looking at what it has scanned.
    if (status !== 'COMPLETE' && status !== 'ACTIVE') {
      const { description } = imageScanStatus ?? {};
      return ok({
        state: 'none',
        why: `ECR's scan of it is ${status}${description ? `: ${description}` : ''}`,
      });
    }
    findings.push(...findingsIn(imageScanFindings));
    nextToken = asked.value.nextToken;
    if (nextToken === undefined)
      return ok({ state: 'complete', findings, at: imageScanFindings?.imageScanCompletedAt });
  }
  const help = 'Try again later.';
  return err({ reason: 'fetch-failed', what, detail: 'its pages come to no end', help });
}

function findingsIn(page: DescribeImageScanFindingsResponse['imageScanFindings']): readonly ScanFinding[] {
  const basic = (page?.findings ?? []).map(({ name = '', severity = '', uri, attributes = [] }) => {
    const told = (key: string) => attributes.find((each) => each.key === key)?.value ?? '';
    const packageName = told('package_name');
    const packages =
      packageName === '' ? [] : [{ name: packageName, version: told('package_version'), fixed: undefined }];
    return { name, severity, url: uri, packages };
  });
  const enhanced = (page?.enhancedFindings ?? []).map(
    ({ packageVulnerabilityDetails: details, severity = '', title = '' }) => ({
      name: details?.vulnerabilityId ?? title,
      severity,
      url: details?.sourceUrl,
      packages: (details?.vulnerablePackages ?? []).map(({ name = '', version = '', fixedInVersion }) => ({
        ...{ name, version, fixed: fixedInVersion },
      })),
    }),
  );
  return [...basic, ...enhanced];
}
