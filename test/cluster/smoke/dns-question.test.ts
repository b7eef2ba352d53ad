import { once } from 'node:events';
import type { AddressInfo } from 'node:net';
import { connect, createServer } from 'node:net';
import { streamDecode, streamEncode } from 'dns-packet';
import { test } from 'uvu';
import * as assert from 'uvu/assert';
import { addressesIn, dnsQuestion, isWholeAnswer } from '../../../orchestrator/cluster/smoke/dns-question.ts';

const name = 'kubernetes.default.svc.cluster.local';

test('a question goes over TCP, and an answer is whole when its length is there', async () => {
  const server = createServer(async (socket) => {
    const [asked] = (await once(socket, 'data')) as [Buffer];
    const { questions } = streamDecode(asked);
    assert.equal(questions, [{ name, type: 'A', class: 'IN' }]);
    const answer = streamEncode({ type: 'response', answers: [{ type: 'A', name, data: '10.96.0.1' }] });
    socket.write(answer.subarray(0, 5));
    setTimeout(() => socket.end(answer.subarray(5)), 20);
  });
  server.listen(0, '127.0.0.1');
  await once(server, 'listening');
  const socket = connect((server.address() as AddressInfo).port, '127.0.0.1');
  socket.write(dnsQuestion(name));
  let bytes = Buffer.alloc(0);
  let portions = 0;
  for await (const chunk of socket as AsyncIterable<Buffer>) {
    bytes = Buffer.concat([bytes, chunk]);
    portions += 1;
    if (isWholeAnswer(bytes)) break;
  }
  server.close();
  assert.ok(portions > 1);
  assert.equal(addressesIn(bytes), ['10.96.0.1']);
});

test('what is no answer, or has no address, is told', () => {
  const none = streamEncode({ type: 'response', flags: 3, questions: [{ type: 'A', name }] });
  assert.equal(addressesIn(none), { why: 'it answers NXDOMAIN, and no address' });
  assert.equal(addressesIn(Buffer.from([0, 1, 7])), { why: 'it answers with what is no DNS' });
});

test.run();
