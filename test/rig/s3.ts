import { createHash } from 'node:crypto';
import { createServer, type IncomingMessage, request, type ServerResponse } from 'node:http';
import type { AddressInfo } from 'node:net';
import { motoAccount, startBareMoto } from './moto.ts';

/** A call of S3, SNS or SQS as it went over the wire. */
export interface StorageCall {
  readonly service: string;
  /** Of the signature. */
  readonly region: string;
  readonly method: string;
  /** Of S3: the key. */
  readonly key: string;
  readonly query: URLSearchParams;
  readonly headers: IncomingMessage['headers'];
  readonly body: Buffer;
}

/**
 * What becomes of a call: an error as S3 has it; a connection that is cut before it was heard, or after it was done; an answer of
 * which half comes; undefined: as it should.
 */
export type Fault =
  | {
      readonly status: number;
      readonly code: string;
      readonly headers?: Record<string, string>;
      readonly more?: string;
    }
  | 'cut'
  | 'answer lost'
  | 'half an answer'
  | undefined;

/** S3, SNS and SQS on this machine. */
export interface Storage {
  /** `http://127.0.0.1:<port>` */
  readonly url: string;
  readonly calls: StorageCall[];
  /** Asks moto itself, where nothing goes wrong. */
  ask(call: Asked): Promise<{ readonly status: number; readonly headers: Headers; readonly body: Buffer }>;
  stop(): Promise<void>;
}

const form = { 'content-type': 'application/x-www-form-urlencoded' };

interface Asked {
  readonly service: 's3' | 'sns' | 'sqs';
  readonly region?: string;
  readonly method?: string;
  readonly path?: string;
  readonly headers?: Readonly<Record<string, string>>;
  readonly body?: string;
}

/**
 * Starts moto behind a server that hears what comes by, and does what moto leaves out: S3 refuses bytes that have not the SHA-256 that
 * is said of them, and whoever expects another owner (S3 API reference, PutObject).
 */
export async function startStorage(fault: (call: StorageCall) => Fault = () => undefined): Promise<Storage> {
  const moto = await startBareMoto();
  const calls: StorageCall[] = [];
  const server = createServer((incoming, outgoing) => {
    const chunks: Buffer[] = [];
    incoming.on('data', (chunk: Buffer) => chunks.push(chunk));
    incoming.on('error', () => undefined);
    incoming.on('end', () => {
      const call = readCall(incoming, Buffer.concat(chunks));
      calls.push(call);
      const found = fault(call) ?? refusalOf(call);
      if (found === 'cut') incoming.socket.destroy();
      else if (typeof found === 'object') answerError(outgoing, call.service, found);
      else pass(incoming, call.body, moto.port, outgoing, found);
    });
  });
  await new Promise<void>((resolve) => server.listen(0, '127.0.0.1', resolve));
  const { port } = server.address() as AddressInfo;
  return {
    url: `http://127.0.0.1:${port}`,
    calls,
    ask: async ({ service, region = 'us-east-1', method = 'POST', path = '/', headers = {}, body }) => {
      const authorization = `AWS4-HMAC-SHA256 Credential=AKIAIOSFODNN7EXAMPLE/20260101/${region}/${service}/aws4_request, SignedHeaders=host, Signature=0`;
      const answer = await fetch(`http://127.0.0.1:${moto.port}${path}`, {
        method,
        headers: { authorization, ...(service === 's3' ? {} : form), ...headers },
        ...(body === undefined ? {} : { body }),
      });
      return {
        status: answer.status,
        headers: answer.headers,
        body: Buffer.from(await answer.arrayBuffer()),
      };
    },
    stop: async () => {
      await new Promise<void>((resolve) => {
        server.close(() => resolve());
        server.closeAllConnections();
      });
      await moto.stop();
    },
  };
}

function readCall({ method = '', url = '', headers }: IncomingMessage, body: Buffer): StorageCall {
  const [, region = '', service = ''] =
    /Credential=[^/]+\/\d+\/([^/]+)\/([^/]+)\//.exec(headers.authorization ?? '') ?? [];
  const { pathname, searchParams } = new URL(url, 'http://127.0.0.1');
  const key = decodeURIComponent(pathname).split('/').slice(2).join('/');
  return { service, region, method, key, query: searchParams, headers, body };
}

function refusalOf({ service, headers, body }: StorageCall): Fault {
  if (service !== 's3') return undefined;
  const owner = headers['x-amz-expected-bucket-owner'];
  if (owner !== undefined && owner !== motoAccount) return { status: 403, code: 'AccessDenied' };
  const sum = headers['x-amz-checksum-sha256'];
  if (sum === undefined || sum === createHash('sha256').update(body).digest('base64')) return undefined;
  return { status: 400, code: 'BadDigest' };
}

function answerError(
  outgoing: ServerResponse,
  service: string,
  { status, code, headers = {}, more = '' }: Exclude<Fault, string | undefined>,
): void {
  outgoing.writeHead(status, { 'content-type': 'application/xml', ...headers });
  const error = `<Error><Code>${code}</Code><Message>No.</Message>${more}</Error>`;
  outgoing.end(service === 's3' ? error : `<ErrorResponse>${error}</ErrorResponse>`);
}

function pass(
  incoming: IncomingMessage,
  body: Buffer,
  port: number,
  outgoing: ServerResponse,
  fault: 'answer lost' | 'half an answer' | undefined,
): void {
  const { method, url: path, headers } = incoming;
  const onward = request({ host: '127.0.0.1', port, method, path, headers }, (answer) => {
    const chunks: Buffer[] = [];
    answer.on('data', (chunk: Buffer) => chunks.push(chunk));
    answer.on('end', () => {
      const whole = Buffer.concat(chunks);
      if (fault === 'answer lost') {
        incoming.socket.destroy();
        return;
      }
      outgoing.writeHead(answer.statusCode ?? 502, answer.headers);
      if (fault === undefined) outgoing.end(whole);
      else outgoing.write(whole.subarray(0, whole.length >> 1), () => incoming.socket.destroy());
    });
  });
  onward.on('error', () => outgoing.destroy());
  onward.end(body);
}

/** Makes a bucket. */
export async function makeBucket({ ask }: Storage, name: string): Promise<void> {
  const made = await ask({ service: 's3', method: 'PUT', path: `/${name}` });
  if (made.status !== 200) throw new Error(`no bucket: ${made.body}`);
}

/** Sizes and ETags of what is in a bucket, by key. */
export async function sumsIn(
  { ask }: Storage,
  bucket: string,
): Promise<ReadonlyMap<string, { readonly size: number; readonly etag: string }>> {
  const path = `/${bucket}?list-type=2&max-keys=1000`;
  const text = (await ask({ service: 's3', method: 'GET', path })).body.toString();
  const field = (entry: string, name: string) =>
    new RegExp(`<${name}>([^<]*)</${name}>`).exec(entry)?.[1] ?? '';
  return new Map(
    [...text.matchAll(/<Contents>.*?<\/Contents>/gs)].map(([entry]) => {
      const etag = field(entry, 'ETag').replaceAll(/&quot;|&#34;|"/g, '');
      return [field(entry, 'Key'), { size: Number(field(entry, 'Size')), etag }];
    }),
  );
}

/** What is in a bucket: bytes by key. */
export async function objectsIn(storage: Storage, bucket: string): Promise<ReadonlyMap<string, Buffer>> {
  const { ask } = storage;
  const keys = [...(await sumsIn(storage, bucket)).keys()];
  const found = new Map<string, Buffer>();
  for (const key of keys) {
    const path = `/${bucket}/${key.split('/').map(encodeURIComponent).join('/')}`;
    found.set(key, (await ask({ service: 's3', method: 'GET', path })).body);
  }
  return found;
}

/** A queue that hears what is told to a topic. */
export interface Listener {
  readonly topic: string;
  /** All that came, in order: as SNS wraps it. */
  heard(): Promise<readonly Heard[]>;
}

interface Heard {
  readonly Subject: string;
  readonly Message: string;
  readonly MessageAttributes: Readonly<Record<string, { readonly Type: string; readonly Value: string }>>;
}

/** Makes a topic with a queue that hears it. */
export async function makeTopic({ ask }: Storage, name: string, region = 'us-east-1'): Promise<Listener> {
  const form = async (service: 'sns' | 'sqs', values: Readonly<Record<string, string>>): Promise<string> => {
    const answer = await ask({ service, region, body: new URLSearchParams(values).toString() });
    if (answer.status !== 200) throw new Error(`${values['Action']}: ${answer.body}`);
    return answer.body.toString();
  };
  await form('sns', { Action: 'CreateTopic', Name: name });
  await form('sqs', { Action: 'CreateQueue', QueueName: name });
  const topic = `arn:aws:sns:${region}:${motoAccount}:${name}`;
  const queue = `arn:aws:sqs:${region}:${motoAccount}:${name}`;
  await form('sns', { Action: 'Subscribe', TopicArn: topic, Protocol: 'sqs', Endpoint: queue });
  const heard: Heard[] = [];
  return {
    topic,
    async heard() {
      for (;;) {
        const answer = await ask({
          service: 'sqs',
          region,
          headers: {
            'content-type': 'application/x-amz-json-1.0',
            'x-amz-target': 'AmazonSQS.ReceiveMessage',
          },
          body: JSON.stringify({
            QueueUrl: `https://sqs.${region}.amazonaws.com/${motoAccount}/${name}`,
            MaxNumberOfMessages: 10,
            VisibilityTimeout: 40_000,
          }),
        });
        const { Messages = [] } = JSON.parse(answer.body.toString()) as { Messages?: { Body: string }[] };
        heard.push(...Messages.map(({ Body }) => JSON.parse(Body) as Heard));
        if (Messages.length === 0) return heard;
      }
    },
  };
}
