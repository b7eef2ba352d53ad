import { execFileSync } from 'node:child_process';
import { createServer } from 'node:http';
import type { AddressInfo } from 'node:net';
import type { Defer } from '../rig/suite.ts';

/** `golang.org/toolchain/@v/v0.0.1-go1.22.12.linux-amd64.zip` */
const toolchain = /\/golang\.org\/toolchain\/@v\/v0\.0\.1-go([0-9.]+)\.[a-z]+-[a-z0-9]+\.[a-z]+$/;

/**
 * A GOPROXY that sends on to the machine's own but for Gos that are not among these: to compile the standard library with each of
 * a version's eight neighbours takes minutes, and the faults are about none of them. Undefined where the machine has no such proxy.
 */
export async function proxyOfFewGos(versions: readonly string[], defer: Defer): Promise<string | undefined> {
  const own = execFileSync('go', ['env', 'GOPROXY'], { encoding: 'utf8' }).trim().split(/[,|]/)[0] ?? '';
  if (!/^https?:/.test(own)) return undefined;
  const server = createServer((request, response) => {
    const version = toolchain.exec(request.url ?? '')?.[1];
    if (version !== undefined && !versions.includes(version)) response.writeHead(404).end();
    else response.writeHead(302, { location: `${own.replace(/\/$/, '')}${request.url}` }).end();
  });
  await new Promise<void>((resolve) => void server.listen(0, '127.0.0.1', resolve));
  defer(() => server.close());
  return `http://127.0.0.1:${(server.address() as AddressInfo).port}`;
}
