import type { Host } from '../../host.ts';
import { createHttpClient, type Send } from '../../tool/http/http-client.ts';
import { proxiesOf } from '../../tool/http/proxy.ts';

/** What files are fetched by: by the proxies of the user's environment, signed in where the settings say. */
export function openHttp({ env, credentials }: Pick<Host, 'env' | 'credentials'>): Send {
  return createHttpClient({}, proxiesOf(env), credentials);
}
