import { type AddressInfo, connect, createServer, type Socket } from 'node:net';

/** What stands before a server, and lets through what is sent to it at so many bytes a second. */
export interface SlowRelay {
  /** `127.0.0.1:<port>` */
  readonly host: string;
  close(): Promise<void>;
}

/** Milliseconds between two portions. */
const beat = 50;

/** @param target `127.0.0.1:<port>`; what it answers is not slowed down. */
export async function startSlowRelay(target: string, bytesPerSecond: number): Promise<SlowRelay> {
  const [address = '', port = ''] = target.split(':');
  const sockets = new Set<Socket>();
  /** Of all connections together. */
  let allowed = 0;
  const waiting: (() => void)[] = [];
  const timer = setInterval(() => {
    allowed = Math.min(bytesPerSecond, allowed + (bytesPerSecond * beat) / 1000);
    while (allowed > 0 && waiting.length > 0) waiting.shift()?.();
  }, beat);
  const pass = async (from: Socket, to: Socket): Promise<void> => {
    for await (const chunk of from as AsyncIterable<Buffer>) {
      while (allowed <= 0) await new Promise<void>((resolve) => waiting.push(resolve));
      allowed -= chunk.length;
      if (!to.write(chunk)) await new Promise((resolve) => to.once('drain', resolve));
    }
    to.end();
  };
  const server = createServer((client) => {
    const through = connect(Number(port), address);
    for (const socket of [client, through]) {
      sockets.add(socket);
      socket.on('error', () => undefined);
      socket.on('close', () => sockets.delete(socket));
    }
    through.pipe(client);
    pass(client, through).catch(() => through.destroy());
  });
  await new Promise<void>((resolve) => server.listen(0, '127.0.0.1', resolve));
  return {
    host: `127.0.0.1:${(server.address() as AddressInfo).port}`,
    close: () =>
      new Promise((resolve) => {
        clearInterval(timer);
        for (const socket of sockets) socket.destroy();
        server.close(() => resolve());
      }),
  };
}
