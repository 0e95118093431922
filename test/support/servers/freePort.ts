import net from 'node:net';

/** Gives a TCP port of loopback that nothing listens on at the moment. */
export async function freePort(): Promise<number> {
  const listener = net.createServer();
  await new Promise<void>((resolve, reject) => {
    listener.once('error', reject);
    listener.listen(0, '127.0.0.1', resolve);
  });
  const address = listener.address();
  await new Promise((resolve) => listener.close(resolve));
  if (address === null || typeof address === 'string') {
    throw new Error('The system gave no port');
  }
  return address.port;
}
