import type { Failure } from '../../core/failure.ts';
import { failureHeadline } from '../../core/failure-headline.ts';
import { isOciDigest } from '../../core/oci.ts';
import { ok, type Result } from '../../core/result.ts';
import type { EcrClients } from '../../oci/ecr/clients.ts';
import { parseEcrHost } from '../../oci/ecr/host.ts';
import { readScanFindings } from '../../oci/ecr/scan-findings.ts';
import { compareFindings, type KnownSide } from '../../vulnerability/finding.ts';
import { judgeEcr } from '../../vulnerability/judge-ecr.ts';

/**
 * An image with what a private registry of ECR found in it; as it is where its registry is none. What cannot be had is said, and is
 * not nothing. Errors: `aborted` alone.
 */
export async function withEcrScan(
  side: KnownSide,
  { host, repository }: { readonly host: string; readonly repository: string },
  clients: EcrClients,
): Promise<Result<KnownSide, Failure>> {
  const ecr = parseEcrHost(host);
  const digest = `sha256:${side.sha256[0]}`;
  if (ecr?.kind !== 'private' || !isOciDigest(digest)) return ok(side);
  const scan = await readScanFindings(clients, ecr, repository, digest);
  if (!scan.ok && scan.error.reason === 'aborted') return scan;
  const gap = (why: string) => ok({ ...side, gaps: [...side.gaps, why] });
  if (!scan.ok) return gap(failureHeadline(scan.error));
  if (scan.value.state === 'none') return gap(`${scan.value.why}.`);
  return ok({
    ...side,
    findings: [...side.findings, ...judgeEcr(scan.value.findings)].sort(compareFindings),
  });
}
