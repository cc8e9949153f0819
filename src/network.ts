import { EnvHttpProxyAgent, setGlobalDispatcher } from 'undici';

/** Addresses of the proxies for https and http, and the hosts that need none; empty: none. */
export type Proxy = { https: string; http: string; except: string };

/** Connects through a proxy; null: directly. https://undici.nodejs.org/#/docs/api/EnvHttpProxyAgent */
export function proxyAgent(proxy: Proxy | null): EnvHttpProxyAgent | null {
  if (proxy === null) return null;
  const { https, http, except } = proxy;
  return new EnvHttpProxyAgent({ httpsProxy: https, httpProxy: http, noProxy: except });
}

const PORTS: Record<string, string> = { 'http:': '80', 'https:': '443' };

/** Whether the proxy makes the connection. The same rule as the agent's, which doesn't share it. */
export function isProxied(proxy: Proxy, { protocol, hostname, port }: URL): boolean {
  const { https, http, except } = proxy;
  const hasProxy = http !== '' || (protocol === 'https:' && https !== '');
  if (!hasProxy || except === '*') return false;
  const used = port === '' ? PORTS[protocol] : port;
  return !except
    .toLowerCase()
    .split(/[\s,]+/)
    .filter((entry) => entry !== '')
    .map((entry) => /^(?:\*?\.)?(?<host>.+?)(?::(?<only>\d+))?$/.exec(entry)?.groups)
    .some((entry) => `.${hostname}`.endsWith(`.${entry?.['host']}`) && (entry?.['only'] ?? used) === used);
}

/** From here on, `fetch` connects through the proxy, if there is one. */
export function useProxy(proxy: Proxy | null): void {
  const agent = proxyAgent(proxy);
  if (agent !== null) setGlobalDispatcher(agent);
}

/** OpenSSL's errors about certificates. https://nodejs.org/api/tls.html#x509-certificate-error-codes */
const CERTIFICATE_CODES =
  /^(?:ERR_TLS_CERT_|CERT_|UNABLE_TO_|DEPTH_ZERO_SELF_SIGNED_CERT|SELF_SIGNED_CERT_IN_CHAIN)/;

/** The other side's certificate isn't trusted, or is for another host. */
export function isUntrusted(code: string): boolean {
  return CERTIFICATE_CODES.test(code);
}
