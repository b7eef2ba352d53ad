import { readFileSync } from 'node:fs';
import { createServer } from 'node:https';
import type { AddressInfo } from 'node:net';
import { join } from 'node:path';
import * as assert from 'uvu/assert';
import { describeFailure } from '../../orchestrator/core/describe-failure.ts';
import type { Failure } from '../../orchestrator/core/failure.ts';
import type { Result } from '../../orchestrator/core/result.ts';
import { resolveTag } from '../../orchestrator/oci/registry/pull.ts';
import { lsRemote } from '../../orchestrator/tool/git/remote.ts';
import { download } from '../../orchestrator/tool/http/download.ts';
import { createHttpClient } from '../../orchestrator/tool/http/http-client.ts';
import { lookUp } from '../../orchestrator/tool/http/look-up.ts';
import { openTestRegistry } from '../oci/registry/rig.ts';
import { type KeyPair, makeCertificates } from '../rig/certificates.ts';
import {
  environment,
  fetchModule,
  type OutsideWorld,
  run,
  signal,
  startOutside,
} from '../rig/outside-world.ts';
import { suite } from '../rig/suite.ts';

/** What checks certificates: node's TLS here, git's and Go's. The authority is one that each of them was told to trust, or not. */
interface Context extends OutsideWorld {
  readonly ca: string;
  readonly urls_: Readonly<Record<Flaw, string>>;
}

type Flaw = 'expired' | 'otherName' | 'selfSigned' | 'unknown';

const test = suite<Context>('certificates that do not pass');

test.before(async (context, defer) => {
  Object.assign(context, await startOutside(defer));
  const certificates = makeCertificates(join(context.folder, 'flawed'));
  const servers: Readonly<Record<Flaw, KeyPair>> = { ...certificates, unknown: certificates.server };
  const urls = {} as Record<Flaw, string>;
  for (const flaw of ['expired', 'otherName', 'selfSigned', 'unknown'] as const) {
    const { cert, key } = servers[flaw];
    const server = createServer({ cert: readFileSync(cert), key: readFileSync(key) }, (_, response) => {
      response.writeHead(404).end();
    });
    await new Promise<void>((resolve) => void server.listen(0, '127.0.0.1', resolve));
    defer(() => {
      server.closeAllConnections();
      server.close();
    });
    urls[flaw] = `https://127.0.0.1:${(server.address() as AddressInfo).port}`;
  }
  Object.assign(context, { ca: certificates.ca, urls_: urls });
});

/** @param ca the authority that is trusted, where one is. */
type Ask = (context: Context, url: string, ca: string | undefined) => Promise<Result<unknown, Failure>>;

const tlsOf = (url: string, ca: string | undefined) =>
  ca === undefined ? {} : { [new URL(url).host]: { ca: readFileSync(ca, 'utf8') } };

const parts: Readonly<Record<string, Ask>> = {
  download: ({ folder }, url, ca) =>
    download(`${url}/a`, join(folder, 'got'), { send: createHttpClient(tlsOf(url, ca), undefined), signal }),
  'look-up': (_, url, ca) =>
    lookUp(`${url}/a`, 'GET', { send: createHttpClient(tlsOf(url, ca), undefined), signal }),
  registry: (_, url, ca) =>
    resolveTag(
      openTestRegistry(new URL(url).host, { insecure: 'never', tls: tlsOf(url, ca) }).registry,
      'a/b',
      '1',
    ),
  git: (_, url, ca) => {
    const trust: Record<string, string> = ca === undefined ? {} : { GIT_SSL_CAINFO: ca };
    const env = { ...environment, ...trust, LC_ALL: 'C', GIT_TERMINAL_PROMPT: '0' };
    return lsRemote({ run, env, signal }, `${url}/a.git`, { repository: `${url}/a.git`, what: 'tag v1' });
  },
  go: (context, url, ca) =>
    fetchModule(context, {
      GOPROXY: url,
      GOSUMDB: 'off',
      ...(ca === undefined ? {} : { SSL_CERT_FILE: ca }),
    }),
};

const said: Readonly<Record<Flaw, RegExp>> = {
  expired: /is not trusted: it has expired/,
  otherName: /is not trusted: it is for another name/,
  selfSigned: /is not trusted: (it is self-signed|its authority is not trusted here)/,
  unknown: /is not trusted: its authority is not trusted here/,
};

for (const [part, ask] of Object.entries(parts)) {
  test(`${part}: which check failed, and what helps`, async (context) => {
    for (const flaw of ['expired', 'otherName', 'selfSigned', 'unknown'] as const) {
      const isOfAuthority = flaw === 'selfSigned' || flaw === 'unknown';
      const asked = await ask(context, context.urls_[flaw], isOfAuthority ? undefined : context.ca);
      assert.ok(!asked.ok, flaw);
      assert.is(asked.error.reason, 'usage', `${flaw}: ${JSON.stringify(asked.error)}`);
      const text = describeFailure(asked.error);
      assert.match(text, said[flaw], `${flaw}: ${text}`);
      assert.match(text, new URL(context.urls_[flaw]).host);
      // What OpenSSL says to programmers.
      assert.not.match(text, /error:[0-9A-F]{8}|SSL routines|\.c:[0-9]+/);
      const namesFile = /SSL_CERT_FILE for go.*GIT_SSL_CAINFO.*NODE_EXTRA_CA_CERTS|registries, .*, ca/.test(
        text,
      );
      assert.is(namesFile, isOfAuthority, text);
    }
  });
}

test('where TLS was expected and something else answers, that is said', async ({ folder, urls }) => {
  const url = urls.page.replace('http:', 'https:');
  const send = createHttpClient({}, undefined);
  const got = await download(`${url}/a`, join(folder, 'got'), { send, signal });
  assert.ok(!got.ok);
  const text = describeFailure(got.error);
  assert.match(text, 'what answers does not speak TLS');
  assert.not.match(text, /error:[0-9A-F]{8}|SSL routines/);
});

test.run();
