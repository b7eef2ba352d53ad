import { createHash, generateKeyPairSync } from 'node:crypto';
import { createServer } from 'node:http';
import type { AddressInfo } from 'node:net';
import {
  fulcioHandler,
  initializeCA,
  initializeCTLog,
  initializeTLog,
  initializeTSA,
  rekorHandler,
  tsaHandler,
} from '@sigstore/mock';

/** Fulcio, Rekor and a timestamp authority on one port of this machine, and the root that says so. */
export interface Sigstore {
  readonly url: string;
  /** `trusted_root.json`. */
  readonly root: string;
  /** Paths that were asked, with what was sent. */
  readonly asked: { readonly path: string; readonly body: string }[];
  /** What answers instead, by path: a status. */
  readonly refuses: Map<string, number>;
  stop(): Promise<void>;
}

/** Whole seconds: `@sigstore/core` reads a fraction by three digits alone. Ahead, since the mock dates its authorities by the machine's clock. */
const soon = (): Date => new Date((Math.floor(Date.now() / 1000) + 60) * 1000);

/** @param clock what time all of them have. */
export async function startSigstore(clock = soon()): Promise<Sigstore> {
  const keys = () => generateKeyPairSync('ec', { namedCurve: 'P-256' });
  const logKeys = keys();
  const ctlog = await initializeCTLog(keys());
  const ca = await initializeCA(keys(), ctlog, clock);
  const tsa = await initializeTSA(keys(), clock);
  const log = await initializeTLog('https://rekor.example.com', logKeys, clock);
  const asRekor = { ...log, publicKey: log.publicKey, log: (entry: object) => log.log(storedEntry(entry)) };
  const handlers = [fulcioHandler(ca), rekorHandler(asRekor as unknown as typeof log), tsaHandler(tsa)];
  const asked: Sigstore['asked'] = [];
  const refuses = new Map<string, number>();
  const server = createServer(async (request, response) => {
    let body = '';
    for await (const chunk of request) body += chunk;
    const path = request.url ?? '';
    asked.push({ path, body });
    const status = refuses.get(path);
    const handler = handlers.find((each) => each.path === path);
    if (status !== undefined || handler === undefined) {
      response.writeHead(status ?? 404, { 'content-type': 'application/json' });
      response.end(JSON.stringify({ message: `refused: ${body}` }));
      return;
    }
    const answer = await handler.fn(body);
    const type = answer.contentType ?? 'text/plain';
    response.writeHead(answer.statusCode, { 'content-type': type }).end(answer.response);
  });
  await new Promise<void>((resolve) => server.listen(0, '127.0.0.1', resolve));
  const { port } = server.address() as AddressInfo;
  const validFor = { start: '2020-01-01T00:00:00Z' };
  const base64 = (bytes: ArrayBufferView) =>
    Buffer.from(bytes.buffer, bytes.byteOffset, bytes.byteLength).toString('base64');
  const authority = (...certificates: readonly ArrayBufferView[]) => ({
    ...{ subject: { organization: 'example', commonName: 'test' }, uri: 'https://example.com', validFor },
    certChain: { certificates: certificates.map((each) => ({ rawBytes: base64(each) })) },
  });
  const logOf = (publicKey: Buffer) => ({
    ...{ baseUrl: 'https://rekor.example.com', hashAlgorithm: 'SHA2_256' },
    publicKey: {
      ...{ rawBytes: publicKey.toString('base64'), keyDetails: 'PKIX_ECDSA_P256_SHA_256', validFor },
    },
    logId: { keyId: createHash('sha256').update(publicKey).digest('base64') },
  });
  const root = JSON.stringify({
    mediaType: 'application/vnd.dev.sigstore.trustedroot+json;version=0.1',
    tlogs: [logOf(log.publicKey)],
    certificateAuthorities: [authority(ca.rootCertificate)],
    ctlogs: [logOf(Buffer.from(ctlog.publicKey))],
    timestampAuthorities: [authority(tsa.intCertificate, tsa.rootCertificate)],
  });
  return {
    ...{ url: `http://127.0.0.1:${port}`, root, asked, refuses },
    stop: () =>
      new Promise((resolve) => {
        server.close(() => resolve());
        server.closeAllConnections();
      }),
  };
}

interface DsseProposal {
  readonly kind: string;
  readonly apiVersion: string;
  readonly spec: { readonly proposedContent: { readonly envelope: string; readonly verifiers: string[] } };
}

/** What Rekor keeps of a proposed entry: the mock would keep the proposal (sigstore/rekor, pkg/types/dsse/v0.0.1, `Canonicalize`). */
function storedEntry(entry: object): object {
  const { kind, apiVersion, spec } = entry as DsseProposal;
  const { envelope, verifiers } = spec.proposedContent;
  const read = JSON.parse(envelope) as { payload: string; signatures: readonly { sig: string }[] };
  const hash = (content: string | Buffer) => ({
    algorithm: 'sha256',
    value: createHash('sha256').update(content).digest('hex'),
  });
  return {
    ...{ kind, apiVersion },
    spec: {
      envelopeHash: hash(envelope),
      payloadHash: hash(Buffer.from(read.payload, 'base64')),
      signatures: read.signatures.map(({ sig }, at) => ({ signature: sig, verifier: verifiers[at] })),
    },
  };
}

/** A token as an OIDC issuer would sign it; the mock believes every one. @param claims beside the usual ones. */
export function identityTokenOf(claims: object = {}): string {
  const part = (content: object) => Buffer.from(JSON.stringify(content)).toString('base64url');
  const usual = {
    ...{ iss: 'https://issuer.example.com', aud: 'sigstore', sub: 'https://ci.example.com/releases' },
    exp: Math.floor(Date.now() / 1000) + 600,
  };
  return `${part({ alg: 'RS256' })}.${part({ ...usual, ...claims })}.c2lnbmF0dXJlLW9mLXRoZS1pc3N1ZXI`;
}
