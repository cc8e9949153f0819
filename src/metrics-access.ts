import { createHash, timingSafeEqual } from 'node:crypto';
import type { IncomingHttpHeaders } from 'node:http';
import { BlockList, isIPv6 } from 'node:net';

export type Visitor = { headers: IncomingHttpHeaders; remoteAddress: string | undefined };

/** Loopback, private and link-local. https://www.iana.org/assignments/iana-ipv4-special-registry */
const NEARBY = new BlockList();
for (const [net, bits] of [
  ['127.0.0.0', 8],
  ['10.0.0.0', 8],
  ['172.16.0.0', 12],
  ['192.168.0.0', 16],
  ['169.254.0.0', 16],
] as const)
  NEARBY.addSubnet(net, bits, 'ipv4');
NEARBY.addAddress('::1', 'ipv6');
NEARBY.addSubnet('fc00::', 7, 'ipv6');
NEARBY.addSubnet('fe80::', 10, 'ipv6');

/** With a token: anyone who has it. Without: private addresses, unless a proxy passed the request on. */
export function mayReadMetrics(token: string | null, { headers, remoteAddress }: Visitor): boolean {
  if (token !== null) return sameText(headers.authorization ?? '', `Bearer ${token}`);
  const forwarded = String(headers['x-forwarded-for'] ?? '').split(',');
  const through = forwarded.map((address) => address.trim()).filter((address) => address !== '');
  return headers.forwarded === undefined && [remoteAddress ?? '', ...through].every(isNear);
}

function isNear(address: string): boolean {
  return NEARBY.check(address, isIPv6(address) ? 'ipv6' : 'ipv4');
}

function sameText(one: string, other: string): boolean {
  const digest = (text: string): Buffer => createHash('sha256').update(text).digest();
  return timingSafeEqual(digest(one), digest(other));
}
