import type { Failure } from '../../core/failure.ts';
import { visible } from '../../core/visible.ts';
import { mayPass } from '../../tool/http/answer.ts';

/** An answer that was read to its end. */
export interface Answer {
  readonly status: number;
  readonly headers: Readonly<Record<string, string | readonly string[] | undefined>>;
  readonly body: Buffer;
}

interface RegistryError {
  readonly code: string;
  readonly message: string;
}

/** What the registry says is wrong (distribution API, "errors"); none where it says nothing in that form. */
function errorsIn(answer: Pick<Answer, 'body'>): readonly RegistryError[] {
  try {
    const { errors } = JSON.parse(answer.body.toString('utf8')) as { errors?: unknown };
    if (!Array.isArray(errors)) return [];
    return errors.map((each: { code?: unknown; message?: unknown } | null) => {
      return { code: String(each?.code ?? ''), message: String(each?.message ?? '') };
    });
  } catch {
    return [];
  }
}

export function hasError(answer: Pick<Answer, 'body'>, code: string): boolean {
  return errorsIn(answer).some((each) => each.code === code);
}

/** Characters of what a registry says that are shown. */
const shownLimit = 300;

/**
 * The refusal that an answer is. `what` was asked: `reading eks-distro/pause:3.9`. What the registry says goes through
 * `redact`, because it may say what it was told. What may pass is the network's trouble.
 */
export function refusal(
  answer: Answer,
  {
    host,
    what,
    redact,
  }: { readonly host: string; readonly what: string; readonly redact: (text: string) => string },
): Failure {
  const said = errorsIn(answer)
    .map(({ code, message }) => [code, message].filter((part) => part !== '').join(': '))
    .join('; ');
  const shown = visible(redact(said)).slice(0, shownLimit);
  const detail = shown === '' ? '' : ` (${shown})`;
  const { status } = answer;
  const answered = `${host} answered ${status}${detail}`;
  if (status === 429) return { reason: 'rate-limited', what, by: host, detail: answered };
  if (mayPass(status)) return { reason: 'network', what, detail: answered };
  const help = helpFor(answer, host);
  if (help === undefined) {
    const elsewhere = `The registry refuses it. "mirrors" in the settings may name another place to read from.`;
    return { reason: 'fetch-failed', what, detail: answered, help: elsewhere };
  }
  const message = `The registry ${host} answered ${status} to ${what}${detail}.`;
  return { reason: 'usage', message, help };
}

/** What the user can do; undefined where nothing that they said is at fault. */
function helpFor(answer: Answer, host: string): string | undefined {
  if (/HTTP request to an HTTPS server/i.test(answer.body.toString('latin1'))) {
    return 'It speaks TLS: leave out --insecure, or set no "insecure" for it in the settings.';
  }
  if (hasError(answer, 'NAME_UNKNOWN')) return 'The repository does not exist there; create it first.';
  switch (answer.status) {
    case 401:
      return `Sign in to it (docker login ${host}), or sign in again.`;
    case 403:
      return 'Who is signed in may not do this there.';
    case 404:
    case 410:
      return 'There is no such thing, or none that may be seen; check the name, and "mirrors" and "images.bases" in the settings.';
    default:
      return undefined;
  }
}
