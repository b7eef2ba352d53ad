/**
 * The kubelet of nodes that are simulated, as far as an API server asks it: `GET /containerLogs/NAMESPACE/POD/CONTAINER`. Each answer is what a worker
 * of that pod would have written, which does the document that the pod's Job is called after. A process of its own, so that whoever
 * measures an orchestrator measures nothing else. Words: the folder of documents, a key, and a certificate. Says its port.
 */
import { readdirSync, readFileSync } from 'node:fs';
import { createServer } from 'node:https';
import type { AddressInfo } from 'node:net';
import { join } from 'node:path';
import { doDocument } from '../../orchestrator/engine/kubernetes/do-document.ts';
import { readDocument } from '../../orchestrator/engine/kubernetes/document.ts';
import { type PodLine, writePodLine } from '../../orchestrator/engine/kubernetes/pod-lines.ts';
import { runGraph } from '../../orchestrator/engine/run.ts';
import type { TestNode } from '../engine/nodes.ts';
import { newRig, performIn } from '../engine/rig.ts';

const [folder = '', key = '', cert = ''] = process.argv.slice(2);

async function work(text: string, tell: (line: PodLine) => void): Promise<void> {
  const document = readDocument<TestNode>(text);
  if (document === undefined) throw new Error(`no document: ${text}`);
  const rig = newRig();
  tell({ type: 'began', version: 'test', missing: [] });
  await doDocument(document, {
    run: (graph, onEvent, more) =>
      runGraph<TestNode>({
        ...{ graph, onEvent, store: rig.store, inputsOf: rig.inputsOf, perform: performIn(rig) },
        ...{ limits: { network: 1, processor: 1, memory: 1 }, demandOf: () => ({}), failFast: false },
        depths: { ofResult: () => undefined, ofNeeds: () => undefined },
        signal: new AbortController().signal,
        ...{ clock: Date.now, random: Math.random, ...more },
      }),
    isRemade: () => true,
    settle: async () => undefined,
    unsent: () => undefined,
    tell,
  });
  tell({ type: 'ended' });
}

const server = createServer({ key: readFileSync(key), cert: readFileSync(cert) }, (request, response) => {
  const [, begins] = /\/containerLogs\/[^/]+\/eksd-rebuild-([0-9a-f]{32})-/.exec(request.url ?? '') ?? [];
  const name = readdirSync(folder).find((each) => begins !== undefined && each.startsWith(begins));
  if (name === undefined) return void response.writeHead(404).end();
  response.writeHead(200, { 'content-type': 'text/plain' });
  void work(readFileSync(join(folder, name), 'utf8'), (line) => response.write(writePodLine(line))).finally(
    () => response.end(),
  );
});
server.listen(0, '127.0.0.1', () => process.stdout.write(`${(server.address() as AddressInfo).port}\n`));
