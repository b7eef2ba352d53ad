import { Argument } from '@commander-js/extra-typings';
import type { Define } from '../words/define.ts';
import { examples } from '../words/examples.ts';
import { schemas } from './schemas.ts';

export const defineSchema: Define = (program, run) =>
  run(
    program
      .command('schema')
      .description(
        'prints the JSON schema of a file that this program reads or writes; without a name, lists all',
      )
      .addArgument(new Argument('[name]', 'which one').choices(Object.keys(schemas)))
      .addHelpText('after', examples('schema', 'schema settings')),
    async () => (await import('./schema.ts')).schema,
  );
