import { createServer } from 'node:http';
import { connect } from 'node:net';
import type { Duplex } from 'node:stream';
import { listen, shut } from '../../sandbox/loopback.ts';

/** A proxy that tunnels to this machine, whatever the address, for who has a password. */
export async function createTunnels() {
  const passwords = new Set<string | undefined>();
  let isSocketSeen = false;
  const tunnels = new Set<Duplex>();
  const server = createServer();
  server.on('connect', ({ url, headers }, client, head) => {
    passwords.add(headers['proxy-authorization']);
    const target = connect(Number(url?.split(':')[1]), '127.0.0.1');
    for (const side of [client, target]) tunnels.add(side.on('error', () => undefined));
    client.write('HTTP/1.1 200 Connection established\r\n\r\n');
    client.once(
      'data',
      (request: Buffer) => (isSocketSeen ||= /^upgrade: websocket/im.test(String(request))),
    );
    target.write(head);
    target.pipe(client).pipe(target);
  });
  const { origin } = await listen(server);
  return {
    passwords,
    isSocketSeen: () => isSocketSeen,
    address: new URL(origin).host,
    async close() {
      for (const side of tunnels) side.destroy();
      await shut(server);
    },
  };
}
