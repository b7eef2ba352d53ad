import { test } from 'uvu';
import * as assert from 'uvu/assert';
import { decidingTasks, timedTasks } from '../../orchestrator/report/timing.ts';

/** `modules 10+5 < source toolchain`: begun after 10 s, for 5 s, needs two; `=2`: from the store, known after 2 s. */
function nodes(...texts: readonly string[]) {
  return texts.map((text) => {
    const [own = '', needs = ''] = text.split(' < ');
    const [id = '', time = ''] = own.split(' ');
    const [began, seconds] = time.split('+').map(Number);
    const times = time.startsWith('=')
      ? { began: Number(time.slice(1)), seconds: 0 }
      : time === ''
        ? {}
        : { began, seconds };
    const status = time.startsWith('=') ? 'cached' : time === '' ? 'skipped' : 'ran';
    const list = needs.split(' ').filter((need) => need !== '');
    return { id, status, ...times, needs: list.map((node) => ({ node })) } as const;
  });
}

const told = (texts: readonly string[]) =>
  decidingTasks(timedTasks(nodes(...texts))).map(({ node, waited }) => `${node.id} ${waited}`);

test('the end is followed back by the need that ended last, with what was waited for a turn', () => {
  const run = [
    'go 2+30',
    'source 2+8',
    'modules 32+5 < go source',
    'a 37+10 < modules',
    'b 47+9 < modules source',
  ];
  assert.equal(told(run), ['go 0', 'modules 0', 'b 10']);
});

test('what was in the store took no time, and nothing waited for it', () => {
  assert.equal(told(['go =', 'source =2', 'build 3+4 < go source']), ['build 1']);
  assert.equal(told(['go =', 'build = < go']), []);
  assert.equal(told(['go 0+1', 'build < go']), ['go 0']);
});

test('three thousand tasks in a row are followed at once', () => {
  const chain = Array.from({ length: 3000 }, (_, at) => `t${at} ${at}+1${at === 0 ? '' : ` < t${at - 1}`}`);
  assert.is(told(chain).length, 3000);
});

test.run();
