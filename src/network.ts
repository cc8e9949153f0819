import { BlockList, isIP } from 'node:net';
import { EnvHttpProxyAgent, setGlobalDispatcher } from 'undici';

/** Addresses of the proxies for https and http, and the hosts that need none; empty: none. */
export type Proxy = { https: string; http: string; except: string };

/** Connects through a proxy; null: directly. https://undici.nodejs.org/#/docs/api/EnvHttpProxyAgent */
export function proxyAgent(proxy: Proxy | null): EnvHttpProxyAgent | null {
  if (proxy === null) return null;
  const { https, http, except } = proxy;
  return new EnvHttpProxyAgent({ httpsProxy: https, httpProxy: http, noProxy: except });
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

/** https://www.iana.org/assignments/iana-ipv4-special-registry */
function subnets(...nets: string[]): (address: string) => boolean {
  const list = new BlockList();
  const familyOf = (address: string) => (isIP(address) === 6 ? 'ipv6' : 'ipv4');
  for (const net of nets) {
    const [address = '', prefix] = net.split('/');
    list.addSubnet(address, Number(prefix), familyOf(address));
  }
  return (address) => isIP(address) !== 0 && list.check(address, familyOf(address));
}

/** Loopback, private and link-local addresses. */
export const isPrivate = subnets(
  '10.0.0.0/8',
  '127.0.0.0/8',
  '169.254.0.0/16',
  '172.16.0.0/12',
  '192.168.0.0/16',
  '::1/128',
  'fc00::/7',
  'fe80::/10',
);

/** Other addresses that no host of the internet has, or that stand for another one. */
const isReserved = subnets(
  '0.0.0.0/8',
  '100.64.0.0/10',
  '192.0.0.0/24',
  '198.18.0.0/15',
  '224.0.0.0/3',
  '::/128',
  '64:ff9b::/96',
  'ff00::/8',
);

/** An address of the public internet; false for anything that is no address. */
export function isPublic(address: string): boolean {
  return isIP(address) !== 0 && !isPrivate(address) && !isReserved(address);
}
