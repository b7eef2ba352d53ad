import type { NodeEnd, NodeSummary, RunEvent } from '../../orchestrator/core/event.ts';
import type { Failure } from '../../orchestrator/core/failure.ts';

/** Two projects that share a toolchain, and their builds. */
export const toolchain = node('toolchain', 'go 1.21.10', 'org/first', 'org/second');
export const firstBuild = node('go-build', 'linux/amd64', 'org/first');
export const secondBuild = node('go-build', 'linux/arm64', 'org/second');
export const sampleNodes: readonly NodeSummary[] = [toolchain, firstBuild, secondBuild];

export const buildFailure: Failure = {
  reason: 'command-failed',
  command: 'GOOS=linux go build -trimpath .',
  exitCode: 1,
  signal: undefined,
  output: '# example.com/tool\n./main.go:3:1: undefined: x',
};

export const networkFailure: Failure = { reason: 'network', what: 'fetching go 1.21.10', detail: 'reset' };

export function node(kind: string, title: string, ...projects: readonly string[]): NodeSummary {
  return { id: `${kind} ${projects.join(' ')} ${title}`, kind, title, projects };
}

export function started(summary: NodeSummary): RunEvent {
  return { type: 'node-started', node: summary };
}

export function finished(summary: NodeSummary, how: NodeEnd = { status: 'ran' }, seconds = 1): RunEvent {
  return { type: 'node-finished', node: summary, seconds, how };
}

/** A clock that stands still until it is told the time, in seconds. */
export function testClock(): { now: () => number; set(time: number): void } {
  let time = 0;
  return {
    now: () => time,
    set(next) {
      time = next;
    },
  };
}
