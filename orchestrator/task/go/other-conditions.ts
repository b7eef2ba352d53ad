import type { Command } from '../../tool/process/process.ts';

/** In a host name space of its own where the machine allows one; a user who may not gets on without. */
const script = `umask 077
if unshare --uts true 2>/dev/null; then
  exec unshare --uts sh -c 'hostname some-other-machine; exec "$@"' sh "$@"
fi
exec "$@"`;

/**
 * The same command where what must not matter is otherwise: one processor, a strict umask, another host name, another time
 * zone and language. Its folders and the time of day are other ones in any case.
 */
export function underOtherConditions(command: Command): Command {
  return {
    ...command,
    program: '/bin/sh',
    args: ['-c', script, 'sh', command.program, ...command.args],
    env: { ...command.env, GOMAXPROCS: '1', TZ: 'Asia/Kathmandu', LC_ALL: 'C.UTF-8' },
  };
}
