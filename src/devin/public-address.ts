import { lookup } from 'node:dns/promises';
import { BlockList, isIP } from 'node:net';

/** Addresses of one machine, of a private network, of a link, or of many at once. https://www.iana.org/assignments/iana-ipv4-special-registry */
const SPECIAL: readonly [address: string, prefix: number, family: 'ipv4' | 'ipv6'][] = [
  ['0.0.0.0', 8, 'ipv4'],
  ['10.0.0.0', 8, 'ipv4'],
  ['100.64.0.0', 10, 'ipv4'],
  ['127.0.0.0', 8, 'ipv4'],
  ['169.254.0.0', 16, 'ipv4'],
  ['172.16.0.0', 12, 'ipv4'],
  ['192.0.0.0', 24, 'ipv4'],
  ['192.168.0.0', 16, 'ipv4'],
  ['198.18.0.0', 15, 'ipv4'],
  ['224.0.0.0', 3, 'ipv4'],
  ['::', 127, 'ipv6'],
  ['64:ff9b::', 96, 'ipv6'],
  ['fc00::', 7, 'ipv6'],
  ['fe80::', 10, 'ipv6'],
  ['ff00::', 8, 'ipv6'],
];

const special = new BlockList();
for (const [address, prefix, family] of SPECIAL) special.addSubnet(address, prefix, family);

/** Whether it is https, and its host is on the public internet, whatever its name says. */
export async function isPublicHttps({ protocol, hostname }: URL): Promise<boolean> {
  if (protocol !== 'https:') return false;
  const addresses = await addressesOf(hostname.replace(/^\[(.*)\]$/, '$1'));
  return addresses.length > 0 && addresses.every(isPublic);
}

async function addressesOf(host: string): Promise<string[]> {
  if (isIP(host) !== 0) return [host];
  const found = await lookup(host, { all: true }).catch(() => []);
  return found.map(({ address }) => address);
}

function isPublic(address: string): boolean {
  return !special.check(address, isIP(address) === 6 ? 'ipv6' : 'ipv4');
}
