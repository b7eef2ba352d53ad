import type { SNS } from '@aws-sdk/client-sns';
import type { Failure } from '../../core/failure.ts';
import { isTransient } from '../../core/failure.ts';
import type { Result } from '../../core/result.ts';
import type { Doing } from '../../tool/aws/failure.ts';
import { type AwsOptions, openAws } from '../../tool/aws/session.ts';
import type { Message } from './message.ts';

interface TopicOptions extends Pick<AwsOptions, 'env' | 'findProxy' | 'signal'> {
  readonly arn: string;
  /** Another address than AWS's: `{region}` is replaced. */
  readonly endpoint: string | undefined;
  readonly wait: (milliseconds: number, signal: AbortSignal) => Promise<void>;
}

/** What became of a message. `unsent`: SNS certainly has not taken it. `unknown`: nobody can tell. */
type Sent =
  | { readonly how: 'sent'; readonly messageId: string }
  | { readonly how: 'unsent' | 'unknown'; readonly failure: Failure };

/** A topic of SNS. */
export interface Topic {
  readonly arn: string;
  /** Whether it is there, and may be asked about. Errors: those of `attempt`, `usage` where there is none. */
  ask(): Promise<Result<unknown, Failure>>;
  /** Sends a message, and never twice: only what was certainly not taken is sent again. */
  send(message: Message): Promise<Sent>;
}

/** `arn:aws:sns:us-west-2:123456789012:releases`, which was read as one. */
export function partsOfArn(arn: string): {
  readonly region: string;
  readonly account: string;
  readonly name: string;
} {
  const [, , , region = '', account = '', name = ''] = arn.split(':');
  return { region, account, name };
}

/** How often what was certainly not taken is sent, and the milliseconds before the second time; doubled before each later one. */
const tries = 4;
const firstWait = 500;

/** A topic where its ARN says that it is; asks nothing yet. */
export function openTopic({ arn, endpoint, wait, ...options }: TopicOptions): Topic {
  const { region, name } = partsOfArn(arn);
  const aws = openAws({
    ...options,
    section: 'publish',
    policy: 'publish --policy',
    explain: explainSns(arn),
  });
  const address =
    endpoint === undefined
      ? {}
      : {
          endpoint: endpoint.replaceAll('{region}', region),
          useFipsEndpoint: false,
          useDualstackEndpoint: false,
        };
  const client = (role: string, own: object) =>
    aws.once<SNS>(role, async () => {
      const { SNS } = await import('@aws-sdk/client-sns');
      return new SNS({ ...aws.configuration, region, ...address, ...own });
    });
  const sendOnce = async ({ subject, body, attributes }: Message): Promise<Sent> => {
    // Undefined: it was not even tried.
    let thrown: unknown;
    const input = {
      TopicArn: arn,
      Subject: subject,
      Message: body,
      MessageAttributes: Object.fromEntries(
        Object.entries(attributes).map(([key, value]) => [key, { DataType: 'String', StringValue: value }]),
      ),
      ...(name.endsWith('.fifo')
        ? { MessageGroupId: attributes.channel, MessageDeduplicationId: attributes.sha256 }
        : {}),
    };
    const answer = await aws.call(`announcing to ${arn}`, async (given) => {
      // The SDK would send again what was lost on its way back.
      const sns = await client('send', { maxAttempts: 1 });
      thrown = 'what was sent has no answer yet';
      try {
        return await sns.publish(input, given);
      } catch (error) {
        thrown = error;
        throw error;
      }
    });
    if (answer.ok) return { how: 'sent', messageId: answer.value.MessageId ?? '' };
    return { how: thrown === undefined || wasNotTaken(thrown) ? 'unsent' : 'unknown', failure: answer.error };
  };
  return {
    arn,
    ask: () =>
      aws.call(`asking for the topic ${arn}`, async (given) =>
        (await client('ask', {})).getTopicAttributes({ TopicArn: arn }, given),
      ),
    async send(message) {
      for (let time = 1; ; time += 1) {
        const sent = await sendOnce(message);
        if (sent.how !== 'unsent' || !isTransient(sent.failure) || time === tries) return sent;
        await wait(firstWait * 2 ** (time - 1), options.signal);
        if (options.signal.aborted) return sent;
      }
    },
  };
}

/** Names of system errors before anything was sent. */
const unconnected = ['ECONNREFUSED', 'ENOTFOUND', 'EAI_AGAIN', 'EHOSTUNREACH', 'ENETUNREACH'];

/** Whether an error says that SNS has not taken what was sent: it refused it, or was never reached. */
function wasNotTaken(error: unknown): boolean {
  const { $metadata, code, name } = (error ?? {}) as {
    readonly $metadata?: { readonly httpStatusCode?: number };
    readonly code?: unknown;
    readonly name?: unknown;
  };
  const status = $metadata?.httpStatusCode;
  if (status !== undefined) return (status >= 400 && status < 500) || status === 503;
  return unconnected.includes(String(code)) || /^(Credentials|Token)?ProviderError$/.test(String(name));
}

function explainSns(arn: string): NonNullable<Doing['explain']> {
  const { region, account, name } = partsOfArn(arn);
  return (thrown): Failure | undefined => {
    if (/^(NotFound|NotFoundException|TopicNotFound)$/.test(thrown.name)) {
      const message = `There is no topic ${name} in region ${region} of account ${account}.`;
      const help = "Look at the channel's snsTopicARN, or make the topic there.";
      return { reason: 'usage', message, help };
    }
    if (/^InvalidParameter/.test(thrown.name)) {
      const message = `SNS does not take the topic ${arn}: ${thrown.name}: ${thrown.said}`;
      const help = "The channel's snsTopicARN and publish.sns (endpoint, region) have to be of one region.";
      return { reason: 'usage', message, help };
    }
    return undefined;
  };
}
