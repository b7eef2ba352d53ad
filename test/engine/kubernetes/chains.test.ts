import { test } from 'uvu';
import * as assert from 'uvu/assert';
import { chainsOf } from '../../../orchestrator/engine/kubernetes/chains.ts';
import { documentOf, documentsOf, readDocument } from '../../../orchestrator/engine/kubernetes/document.ts';
import { asNodeId } from '../../../orchestrator/plan/node-base.ts';
import { type TestNode, words } from '../nodes.ts';
import { projectsIn } from './cluster-rig.ts';

const release = 'go; A1 B1; A2 <- go A1; B2 <- go B1; A3 <- A2 go; B3 <- B2 A3';
const settings = { mirrors: {}, memory: 1, processes: 1, minutes: 1, sandbox: 'required' } as const;
const nowhere = (): boolean => false;

/** `go | A1 A2`: the chains, each as its nodes. */
function partsOf(text: string, isHere: (node: TestNode) => boolean = nowhere): string {
  const chains = new Set(chainsOf(projectsIn(text), isHere).values());
  return [...chains].map(({ wanted }) => wanted.join(' ')).join(' | ');
}

test('what serves one project is one chain, what serves several is one by itself', () => {
  assert.is(partsOf(release), 'go | A1 A2 A3 | B1 B2 B3');
  assert.is(partsOf('x y; A1 <- x; A2 <- y'), 'x | y | A1 A2');
});

test('what is done here is in none, and parts what comes before it from what comes after', () => {
  assert.is(
    partsOf(release, ({ id }) => id === 'A1'),
    'go | B1 B2 | A2 A3 | B3',
  );
  assert.is(
    partsOf('A1; A2 <- A1; A3 <- A2; A4 <- A1', ({ id }) => id === 'A2'),
    'A1 A4 | A3',
  );
});

test('a document has all that is needed and nothing else, whatever was made before', () => {
  const graph = projectsIn(release);
  const wanted = words('B1 B2').map(asNodeId);
  const text = documentOf(graph, wanted, 'linux/amd64', settings);
  const read = readDocument<TestNode>(text);
  assert.equal(
    read?.nodes.map(({ id }) => id),
    ['B1', 'go', 'B2'],
  );
  assert.equal(read?.wanted, wanted);
  assert.is(text, documentOf(projectsIn(release), wanted, 'linux/amd64', settings));
  assert.is(readDocument(text.replace('"schema":1', '"schema":2')), undefined);
  assert.is(readDocument('{"schema":1,"schema":1}'), undefined);
});

test('a document that is no graph, or asks for what is not in it, is none', () => {
  const text = documentOf(projectsIn(release), words('B1 B2').map(asNodeId), 'linux/amd64', settings);
  const sound = JSON.parse(text) as Readonly<Record<string, unknown>> & { readonly nodes: readonly object[] };
  assert.ok(readDocument(JSON.stringify(sound)));
  const [first] = sound.nodes;
  const others: readonly Readonly<Record<string, unknown>>[] = [
    { platform: 'plan9/mips' },
    { settings: null },
    { settings: { ...settings, mirrors: null } },
    { settings: { ...settings, memory: -1 } },
    { settings: { ...settings, sandbox: 'if you like' } },
    { nodes: [null] },
    { nodes: [...sound.nodes, first] },
    { nodes: [...sound.nodes].reverse() },
    { nodes: [{ ...first, needs: ['B1'] }, ...sound.nodes.slice(1)] },
    { nodes: [{ ...first, projects: 'B' }, ...sound.nodes.slice(1)] },
    { wanted: ['C'] },
    { wanted: [{}] },
  ];
  for (const other of others)
    assert.is(readDocument(JSON.stringify({ ...sound, ...other })), undefined, JSON.stringify(other));
});

test('the documents of all chains are steps, each after those that it needs', () => {
  const steps = documentsOf(projectsIn(release), nowhere, 'linux/amd64', settings);
  assert.equal(
    steps.map(({ name, needs }) => `${name} <- ${needs.join(', ')}`),
    ['title of go <- ', 'A <- title of go', 'B <- title of go, A'],
  );
});

test.run();
