import * as assert from 'uvu/assert';
import type { OciDigest } from '../../../orchestrator/core/oci.ts';
import { type PrivateEcr, parseEcrHost } from '../../../orchestrator/oci/ecr/host.ts';
import { readScanFindings } from '../../../orchestrator/oci/ecr/scan-findings.ts';
import { judgeEcr } from '../../../orchestrator/vulnerability/judge-ecr.ts';
import { clientsOf, expectOk } from '../../rig/ecr.ts';
import { type Answer, type FakeAws, motoAccount, startAws } from '../../rig/moto.ts';
import { suite } from '../../rig/suite.ts';

const state: { answer: Answer } = { answer: () => undefined };

const test = suite<{ aws: FakeAws }>('scan findings of ECR');
test.before(async (context, defer) => {
  context.aws = await startAws((call) => state.answer(call));
  defer(() => context.aws.stop());
});

const host = parseEcrHost(`${motoAccount}.dkr.ecr.eu-west-1.amazonaws.com`) as PrivateEcr;
const digest = `sha256:${'a'.repeat(64)}` as OciDigest;

const read = ({ url }: FakeAws) => readScanFindings(clientsOf(url), host, 'eks-d/etcd', digest);

const complete = { imageScanStatus: { status: 'COMPLETE' } };

test('what the basic scan and Inspector found, page by page', async ({ aws }) => {
  const basic = {
    ...{ name: 'CVE-2024-0001', severity: 'HIGH', uri: 'https://cve.test.example/1' },
    attributes: [
      { key: 'package_name', value: 'openssl' },
      { key: 'package_version', value: '1.0-2' },
    ],
  };
  const enhanced = {
    severity: 'MEDIUM',
    packageVulnerabilityDetails: {
      ...{ vulnerabilityId: 'CVE-2024-0002', sourceUrl: 'https://cve.test.example/2' },
      vulnerablePackages: [{ name: 'golang.org/x/net', version: '0.1.0', fixedInVersion: '0.2.0' }],
    },
  };
  state.answer = ({ input }) => ({
    status: 200,
    body:
      input['nextToken'] === 'two'
        ? { ...complete, imageScanFindings: { enhancedFindings: [enhanced] } }
        : { ...complete, imageScanFindings: { findings: [basic] }, nextToken: 'two' },
  });
  const scan = expectOk(await read(aws));
  assert.ok(scan.state === 'complete');
  assert.equal(
    judgeEcr(scan.findings).map(({ id, component, version, fixed, severity }) => [
      ...[id, component, version, fixed, severity],
    ]),
    [
      ['CVE-2024-0001', 'openssl', '1.0-2', undefined, 'high'],
      ['CVE-2024-0002', 'golang.org/x/net', '0.1.0', '0.2.0', 'medium'],
    ],
  );
});

test('an image that nobody scanned, or not to the end, is not one without findings', async ({ aws }) => {
  const error = (type: string) => ({ status: 400, body: { __type: type, message: 'x' } });
  const cases: readonly [ReturnType<Answer>, string][] = [
    [error('ScanNotFoundException'), 'ECR has no scan of it'],
    [error('ImageNotFoundException'), 'ECR has no scan of it'],
    [
      { status: 200, body: { imageScanStatus: { status: 'IN_PROGRESS' } } },
      "ECR's scan of it is IN_PROGRESS",
    ],
    [
      { status: 200, body: { imageScanStatus: { status: 'FAILED', description: 'no such layer' } } },
      "ECR's scan of it is FAILED: no such layer",
    ],
    [{ status: 200, body: {} }, "ECR's scan of it is unknown"],
  ];
  for (const [answer, why] of cases) {
    state.answer = () => answer;
    assert.equal(expectOk(await read(aws)), { state: 'none', why });
  }
});

test('pages that come to no end, and what is refused, are failures', async ({ aws }) => {
  state.answer = () => ({ status: 200, body: { ...complete, imageScanFindings: {}, nextToken: 'again' } });
  const endless = await read(aws);
  assert.ok(!endless.ok);
  assert.is(endless.error.reason, 'fetch-failed');
  state.answer = () => ({ status: 400, body: { __type: 'AccessDeniedException', message: 'no' } });
  const denied = await read(aws);
  assert.ok(!denied.ok);
  assert.is(denied.error.reason, 'usage');
});

test.run();
