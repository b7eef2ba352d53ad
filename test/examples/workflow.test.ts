import { readFileSync } from 'node:fs';
import {
  convertWorkflowTemplate,
  NoOperationTraceWriter,
  parseWorkflow,
  type WorkflowTemplate,
} from '@actions/workflow-parser';
import { test } from 'uvu';
import * as assert from 'uvu/assert';
import { parse } from 'yaml';
import { runMain, testHost } from '../rig/host.ts';

/** The workflow in examples/, by GitHub's own parser of workflows, and by this program. */
const path = 'examples/audit/github-actions.yaml';
const content = readFileSync(path, 'utf8');

async function complaintsOf(text: string): Promise<readonly string[]> {
  const { context, value } = parseWorkflow({ name: path, content: text }, new NoOperationTraceWriter());
  assert.ok(value);
  const template: WorkflowTemplate = await convertWorkflowTemplate(context, value);
  const errors = [...context.errors.getErrors(), ...(template.errors ?? [])];
  return errors.map((error) => ('Message' in error ? String(error.Message) : error.message));
}

test('GitHub takes it', async () => {
  assert.equal(await complaintsOf(content), []);
  // A misspelt member, a need that is no job, and an expression that cannot be read are seen.
  for (const [from, to] of [
    ['fail-fast', 'fial-fast'],
    ['needs: build', 'needs: built'],
    ['vars.AUDIT_ROLE', 'vars.('],
  ] as const) {
    assert.is.not((await complaintsOf(content.replace(from, to))).length, 0, to);
  }
});

test('there is a machine for each part, and no part twice', () => {
  const { env, jobs } = parse(content);
  const { shard } = jobs.build.strategy.matrix;
  assert.equal(
    shard,
    Array.from({ length: Number(env.SHARDS) }, (_, index) => index + 1),
  );
});

test('this program takes every command line in it', async () => {
  const lines = content.match(/eksd-rebuild audit [^|>\n]*/g) ?? [];
  assert.is(lines.length, 3);
  for (const line of lines) {
    const words = line
      .replace('"$SHARD/$SHARDS"', '3/20')
      .replace(/"\$\{words.*\}"/, '--from a --from b')
      .trim()
      .split(' ')
      .slice(1);
    const ran = await runMain(
      [...words, '--help'],
      testHost({ cwd: '/', packageFolder: process.cwd(), env: {} }),
    );
    assert.equal([ran.code, ran.stderr], [0, ''], line);
    const told = await runMain(
      [...words, '--no-such-option'],
      testHost({ cwd: '/', packageFolder: process.cwd(), env: {} }),
    );
    assert.match(told.stderr, "unknown option '--no-such-option'");
  }
});

test.run();
