import type { IncomingHttpHeaders } from 'node:http2';
import { deflateSync, gzipSync } from 'node:zlib';

import { ControlService } from '../../src/generated/flwr/proto/control';
import { FleetService } from '../../src/generated/flwr/proto/fleet';
import { ServerAppIoService } from '../../src/generated/flwr/proto/serverappio';
import { useCluster } from '../support/cluster';
import { OnePortReplica } from '../support/one-port-replica';
import { createDatabase } from '../support/postgres';
import { connectRaw, framed, startRaw } from '../support/raw-grpc';
import { outcomeOf } from '../support/rpc-clients';
import { residentBytesOf } from './bad-input/resident-memory';

const MEBIBYTE = 1024 * 1024;
const REFUSED = { 'grpc-status': '12', 'grpc-accept-encoding': 'identity' };
const ZEROS = Buffer.alloc(16 * MEBIBYTE);
/** 1 GiB of zeros in 1 MiB: gzip's parts may follow each other. */
const BOMB = Buffer.concat(Array.from({ length: 64 }, () => gzipSync(ZEROS)));

/** Calls without credentials; resolves with headers and trailers of the answer. */
async function call(
  address: string,
  path: string,
  encoding: string,
  compressed: Buffer,
): Promise<IncomingHttpHeaders> {
  const session = connectRaw(address);
  const { stream, told } = startRaw(session, path, { 'grpc-encoding': encoding });
  stream.end(framed(compressed, true));
  const answer = await told;
  session.close();
  return answer;
}

describe('a call whose messages are compressed', () => {
  const cluster = useCluster({ count: 1 });

  it.each([
    ['Fleet', 'gzip', 'fleet', FleetService.pushObject.path, BOMB],
    ['ServerAppIo', 'gzip', 'serverAppIo', ServerAppIoService.pushObject.path, BOMB],
    ['Control', 'gzip', 'control', ControlService.listRuns.path, BOMB],
    ['a stream of Control', 'gzip', 'control', ControlService.streamLogs.path, BOMB],
    ['Fleet', 'deflate', 'fleet', FleetService.pullMessages.path, deflateSync(ZEROS)],
    ['Fleet', 'br', 'fleet', FleetService.pullMessages.path, Buffer.alloc(9)],
  ] as const)(
    'is refused before a byte of it is inflated: %s, %s',
    async (_, encoding, api, path, compressed) => {
      const [replica] = cluster.replicas;
      const before = residentBytesOf(replica!);
      const calls = Array.from({ length: 3 }, () =>
        call(replica!.addresses[api], path, encoding, compressed),
      );
      for (const told of await Promise.all(calls)) {
        expect(told).toMatchObject(REFUSED);
      }
      expect(residentBytesOf(replica!) - before).toBeLessThan(100 * MEBIBYTE);
      expect(await outcomeOf(cluster.clients.call(ControlService.listFederations, {}))).toBe('OK');
    },
  );
});

it('a compressed call is refused on a single port, too', async () => {
  const database = await createDatabase();
  const here = await OnePortReplica.start(database.url, false);
  const { fleet } = here.replica.addresses;
  expect(await call(fleet, FleetService.pushObject.path, 'gzip', BOMB)).toMatchObject(REFUSED);
  here.close();
  await here.replica.kill();
  await database.drop();
});
