import { partitionOf } from './partition.ts';

/** The parts of an ARN (AWS General Reference, "Amazon Resource Names"). */
interface Arn {
  readonly partition: string;
  readonly service: string;
  readonly region: string;
  readonly account: string;
  readonly resource: string;
}

/** Undefined for what is none. */
export function readArn(text: string): Arn | undefined {
  const shape =
    /^arn:(?<partition>aws[a-z-]*):(?<service>[^:]+):(?<region>[^:]*):(?<account>[^:]*):(?<resource>.+)$/;
  return shape.exec(text)?.groups as Arn | undefined;
}

/** Why an ARN names nothing that there can be, though each part of it is well formed: a sentence's end. */
export function whyAtOdds({ partition, region }: Pick<Arn, 'partition' | 'region'>): string | undefined {
  const { name } = partitionOf(region);
  return partition === name
    ? undefined
    : `is at odds with itself: ${region} is in the partition ${name}, not in ${partition}`;
}

/** Of a key, or of an alias (KMS developer guide, "Key identifiers"). */
const kmsResource = /^(?:key\/[0-9A-Za-z-]{1,64}|alias\/[0-9A-Za-z:/_-]{1,256})$/;

/** Why a text is no ARN of a key of KMS: a sentence's end. */
export function whyNoKmsArn(text: string): string | undefined {
  const arn = readArn(text);
  const isOne =
    arn?.service === 'kms' &&
    /^[a-z]{2,}(?:-[a-z]+)+-[0-9]+$/.test(arn.region) &&
    /^[0-9]{12}$/.test(arn.account) &&
    kmsResource.test(arn.resource);
  return isOne ? whyAtOdds(arn) : 'is no ARN of a key, or of an alias, of KMS';
}
