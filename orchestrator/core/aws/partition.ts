interface Partition {
  readonly name: string;
  readonly regions: RegExp;
  readonly domain: string;
  readonly dualStackDomain?: string;
}

/**
 * The first whose regions fit; `aws` takes the rest. Names and regions: partitions.json of the AWS SDKs; domains: the same,
 * and for dual-stack names the table of ECR's endpoints (AWS General Reference). The isolated partitions' dual-stack
 * domains are not published there.
 */
const partitions: readonly Partition[] = [
  {
    ...{ name: 'aws-cn', regions: /^cn-/, domain: 'amazonaws.com.cn' },
    dualStackDomain: 'on.amazonwebservices.com.cn',
  },
  { name: 'aws-us-gov', regions: /^us-gov-/, domain: 'amazonaws.com', dualStackDomain: 'on.aws' },
  { name: 'aws-eusc', regions: /^eusc-/, domain: 'amazonaws.eu' },
  { name: 'aws-iso', regions: /^us-iso-/, domain: 'c2s.ic.gov' },
  { name: 'aws-iso-b', regions: /^us-isob-/, domain: 'sc2s.sgov.gov' },
  { name: 'aws-iso-e', regions: /^eu-isoe-/, domain: 'cloud.adc-e.uk' },
  { name: 'aws-iso-f', regions: /^us-isof-/, domain: 'csp.hci.ic.gov' },
  { name: 'aws', regions: /^/, domain: 'amazonaws.com', dualStackDomain: 'on.aws' },
];

/** The partition that a region belongs to: the second part of its ARNs, and where it is reached. */
export function partitionOf(region: string): Partition {
  const found = partitions.find(({ regions }) => regions.test(region));
  if (found === undefined) throw new Error(`no partition takes ${region}`);
  return found;
}
