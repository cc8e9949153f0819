import { EnvHttpProxyAgent } from 'undici';

/** Addresses of the proxies for https and http, and the hosts that need none; empty: none. */
export type Proxy = { https: string; http: string; except: string };

/** Connects through a proxy. https://undici.nodejs.org/#/docs/api/EnvHttpProxyAgent */
export function proxyAgent({ https, http, except }: Proxy): EnvHttpProxyAgent {
  return new EnvHttpProxyAgent({ httpsProxy: https, httpProxy: http, noProxy: except });
}
