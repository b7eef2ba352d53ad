import { checkServerIdentity, connect } from 'node:tls';

/** Milliseconds. */
const patience = 5000;

/**
 * What is wrong with the certificate that a host shows, for programs that say no more than that something is: GnuTLS in git. Whether
 * its authority is trusted depends on who asks; undefined where that may be all, and where the host is not reached.
 */
export function lookAtCertificate(host: string, port: number): Promise<string | undefined> {
  return new Promise((resolve) => {
    // Nothing is sent to it, and nothing that it says is used.
    const socket = connect({ host, port, rejectUnauthorized: false, timeout: patience }, () => {
      const shown = socket.getPeerCertificate();
      const [from, to] = [shown.valid_from, shown.valid_to].map((date) => Date.parse(date));
      const now = Date.now();
      const isOfItself = JSON.stringify(shown.issuer) === JSON.stringify(shown.subject);
      if (to !== undefined && to < now) resolve(`it has expired (${shown.valid_to})`);
      else if (from !== undefined && from > now) resolve(`it is not yet valid (${shown.valid_from})`);
      else
        resolve(checkServerIdentity(host, shown)?.message ?? (isOfItself ? 'it is self-signed' : undefined));
      socket.destroy();
    });
    const giveUp = () => {
      resolve(undefined);
      socket.destroy();
    };
    socket.on('error', giveUp);
    socket.on('timeout', giveUp);
  });
}
