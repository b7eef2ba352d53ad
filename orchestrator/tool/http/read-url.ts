import type { Failure } from '../../core/failure.ts';
import { untrustedCertificate } from '../../core/network-words.ts';
import { countOf } from '../../core/numbers.ts';
import { err, ok, type Result } from '../../core/result.ts';
import { untrustedCode, wordsOf } from './answer.ts';
import { ask, type DownloadOptions, refusalOf } from './download.ts';

/** What a server has at a URL: its bytes, in memory; or why nothing can be used that it has, or that it has nothing. */
export type UrlContent = { readonly bytes: Buffer } | { readonly absent: string } | { readonly why: string };

/**
 * Reads what a URL has, by one try, into memory. Errors: `network`, `rate-limited`, `fetch-failed`, `usage` where its certificate is not
 * trusted; `aborted`. @param limit bytes.
 */
export async function readUrl(
  url: URL,
  {
    send,
    signal,
    limit,
    mayFollow,
  }: Required<Pick<DownloadOptions, 'send' | 'signal' | 'limit'>> & Pick<DownloadOptions, 'mayFollow'>,
): Promise<Result<UrlContent, Failure>> {
  const what = `reading ${url.origin}${url.pathname}`;
  const failed = (detail: string): Failure => ({ reason: 'fetch-failed', what, detail, help: elsewhere });
  try {
    const asked = await ask(url, send, signal, 'GET', mayFollow);
    if (!asked.ok) return err(failed(asked.error));
    const { status, headers, body } = asked.value;
    if (status !== 200) {
      body.destroy();
      const refused = refusalOf(url.href, what, status, headers['retry-after']);
      if (refused?.reason === 'source-unavailable') return ok({ absent: refused.detail });
      return err(refused ?? failed(`the server answered ${status}`));
    }
    const chunks: Buffer[] = [];
    let size = 0;
    for await (const chunk of body as AsyncIterable<Buffer>) {
      size += chunk.length;
      if (size > limit) return ok({ why: `has more than ${countOf(limit, 'byte')}, which none needs` });
      chunks.push(chunk);
    }
    return ok({ bytes: Buffer.concat(chunks) });
  } catch (error) {
    if (signal.aborted) return err({ reason: 'aborted' });
    const detail = wordsOf(error);
    const untrusted = untrustedCode(error);
    if (untrusted === undefined) return err({ reason: 'network', what, detail });
    return err(untrustedCertificate(url.host, what, `${detail} (${untrusted})`));
  }
}

const elsewhere = 'It is what was named: whoever serves it has to look at it.';
