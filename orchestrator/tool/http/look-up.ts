import type { Failure } from '../../core/failure.ts';
import { untrustedCertificate } from '../../core/network-words.ts';
import { err, ok, type Result } from '../../core/result.ts';
import { absentStatuses, untrustedCode, wordsOf } from './answer.ts';
import { ask, type DownloadOptions, refusalOf } from './download.ts';

/** Characters that are read: of a sum, a tag, a version. */
const textLimit = 4096;

const help = 'A server of files is expected there.';

/**
 * What a server says of a URL: the text there, as far as `textLimit`; an empty one where it is only asked whether anything is
 * there. Undefined where nothing is, or not for this user.
 * Errors: `network`, `rate-limited`; `fetch-failed` for what is no answer to that; `usage` where its certificate is not
 * trusted; `aborted`.
 */
export async function lookUp(
  url: string,
  method: 'GET' | 'HEAD',
  { send, signal }: Pick<DownloadOptions, 'send' | 'signal'>,
): Promise<Result<string | undefined, Failure>> {
  const what = `asking for ${url}`;
  try {
    const asked = await ask(new URL(url), send, signal, method);
    if (!asked.ok) return err({ reason: 'fetch-failed', what, detail: asked.error, help });
    const { status, headers, body } = asked.value;
    if (status >= 200 && status <= 299) return ok(await textOf(body));
    body.destroy();
    if (absentStatuses.has(status)) return ok(undefined);
    const detail = `the server answered ${status}`;
    return err(
      refusalOf(url, what, status, headers['retry-after']) ?? { reason: 'fetch-failed', what, detail, help },
    );
  } catch (error) {
    if (signal.aborted) return err({ reason: 'aborted' });
    const detail = wordsOf(error);
    const untrusted = untrustedCode(error);
    if (untrusted === undefined) return err({ reason: 'network', what, detail });
    return err(untrustedCertificate(new URL(url).host, what, `${detail} (${untrusted})`));
  }
}

async function textOf(body: AsyncIterable<unknown>): Promise<string> {
  let text = '';
  for await (const chunk of body) {
    text += String(chunk);
    if (text.length > textLimit) break;
  }
  return text.slice(0, textLimit);
}
