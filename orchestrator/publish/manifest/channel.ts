import { z } from 'zod';
import { channelName, snsTopicArn } from '../../config/fields.ts';
import { defined } from '../../core/defined.ts';
import type { Diagnostic } from '../../core/diagnostic.ts';
import type { Failure } from '../../core/failure.ts';
import { ok, type Result } from '../../core/result.ts';
import {
  apiVersion,
  decodeResource,
  otherThan,
  releaseNumber,
  resourceFields,
  resourceText,
  unknownFields,
} from './resource.ts';

/** A `ReleaseChannel` of `distro.eks.amazonaws.com/v1alpha1`: which release of a branch is the latest, and who tells of the next. */
export interface ReleaseChannel {
  /** `1-30` */
  readonly name: string;
  readonly snsTopicArn?: string;
  readonly active: boolean;
  readonly latestRelease: number;
  readonly annotations?: Readonly<Record<string, string>>;
}

const specFields = z.looseObject({ snsTopicARN: snsTopicArn.optional() });
const statusFields = z.looseObject({
  active: z.boolean({ error: otherThan('expected true or false') }),
  latestRelease: releaseNumber,
});
const channelSchema = z.looseObject({
  ...resourceFields('ReleaseChannel', channelName),
  spec: specFields.optional(),
  status: statusFields,
});

/** Errors: `configuration`, every complaint at its line and column. */
export function readReleaseChannel(text: string, file: string): Result<ReleaseChannel, Failure> {
  const decoded = decodeReleaseChannel(text, file);
  return decoded.ok ? ok(decoded.value.channel) : decoded;
}

/** The same, with fields that are not known here. */
export function decodeReleaseChannel(
  text: string,
  file: string,
): Result<{ readonly channel: ReleaseChannel; readonly notes: readonly Diagnostic[] }, Failure> {
  const decoded = decodeResource(text, file, channelSchema);
  if (!decoded.ok) return decoded;
  const { value, complain } = decoded.value;
  const { metadata, spec, status } = value;
  const strangers = [
    ...unknownFields(channelSchema, value, []),
    ...unknownFields(specFields, spec ?? {}, ['spec']),
    ...unknownFields(statusFields, status, ['status']),
  ];
  const notes = strangers.map((place): Diagnostic => {
    return { ...complain(place, `unknown field ${JSON.stringify(place.at(-1))}`), severity: 'warning' };
  });
  const { active, latestRelease } = status;
  const { name, annotations } = metadata;
  const rest = defined({ snsTopicArn: spec?.snsTopicARN, annotations });
  return ok({ channel: { name, active, latestRelease, ...rest }, notes });
}

/** As YAML: sorted, the same text for the same content. */
export function writeReleaseChannel({
  name,
  snsTopicArn: topic,
  active,
  latestRelease,
  annotations,
}: ReleaseChannel): string {
  return resourceText({
    apiVersion,
    kind: 'ReleaseChannel',
    metadata: { name, ...defined({ annotations }) },
    spec: defined({ snsTopicARN: topic }),
    status: { active, latestRelease },
  });
}
