import { writeFileSync } from 'node:fs';
import { join } from 'node:path';

import { FleetService } from '../../../src/generated/flwr/proto/fleet';
import { ServerAppIoService } from '../../../src/generated/flwr/proto/serverappio';
import { newFolder } from '../../support/superlink-program';
import { isOnThisWire } from '../../support/wire';
import {
  type BadHeaders,
  badSecrets,
  badSignatures,
  badTokens,
  superExecHeaders,
  unixTime,
} from './bad-credentials';
import { expectHealthy } from './bad-inputs';
import { FLEET_SAMPLES } from './fleet-samples';
import { type RpcShape, sendRaw } from './raw-call';
import type { Sample } from './sample';
import { SERVER_APP_IO_SAMPLES } from './server-app-io-samples';
import { changedTables } from './table-state';
import { World } from './world';

const SECRET = Buffer.from('a secret of the test');
type TaskRpc = keyof typeof ServerAppIoService;
/** What SuperExecs call before there is a token; every other call of ServerAppIo needs one. */
const TOKENLESS: readonly TaskRpc[] = ['pullPendingTasks', 'claimTask', 'getRun'];
const ALL_RPCS = (Object.keys(ServerAppIoService) as TaskRpc[]).filter((name) =>
  isOnThisWire(ServerAppIoService[name]),
);
const OF_SUPER_EXECS = ALL_RPCS.filter((name) => TOKENLESS.includes(name));
const OF_TASKS = ALL_RPCS.filter((name) => !TOKENLESS.includes(name));

describe('a caller who proves nothing', () => {
  let world: World;

  beforeAll(async () => {
    const secretFile = join(newFolder('secret'), 'secret');
    writeFileSync(secretFile, SECRET);
    world = await World.build({
      flags: ['--superexec-auth-secret-file', secretFile],
      secret: SECRET,
    });
  });
  afterAll(async () => world.close());
  afterEach(async () => expectHealthy(world));

  /** Sends a sound request with each of the headers: all must be refused and leave no trace. */
  const expectRefusals = async (rpc: RpcShape, { bytes }: Sample, bad: readonly BadHeaders[]) => {
    const faults: string[] = [];
    await world.tables.keepAlive();
    let before = await world.tables.state();
    for (const [what, headers] of bad) {
      const { status, details } = await sendRaw(world.clients, rpc, bytes, headers);
      const after = await world.tables.state();
      const changed = changedTables(before, after);
      before = after;
      // CLIs and SuperNodes want plain text here
      if (status !== 'UNAUTHENTICATED' || details.startsWith('{') || changed.length > 0) {
        faults.push(`${what}: ${status} ${details} ${changed.join()}`);
      }
    }
    expect(faults).toEqual([]);
  };

  it.each(Object.keys(FleetService) as (keyof typeof FleetService)[])(
    'as a SuperNode is refused by %s',
    async (name) => {
      const sound = await FLEET_SAMPLES[name].make(world);
      await expectRefusals(FleetService[name], sound, badSignatures(world.node.headers()));
    },
  );

  it.each(OF_TASKS)('as a task is refused by %s', async (name) => {
    const sound = await SERVER_APP_IO_SAMPLES[name].make(world);
    await expectRefusals(ServerAppIoService[name], sound, badTokens(world.endedToken));
  });

  it.each(OF_SUPER_EXECS)('as a SuperExec is refused by %s', async (name) => {
    const sound = await SERVER_APP_IO_SAMPLES[name].make(world);
    const path = world.clients.signedNameOf(ServerAppIoService[name]);
    await expectRefusals(ServerAppIoService[name], sound, badSecrets(path, sound.bytes, SECRET));
  });

  it.each(OF_SUPER_EXECS)('cannot replay what a SuperExec sent to %s', async (name) => {
    const rpc = ServerAppIoService[name];
    const { bytes } = await SERVER_APP_IO_SAMPLES[name].make(world);
    const headers = superExecHeaders({
      path: world.clients.signedNameOf(rpc),
      body: bytes,
      secret: SECRET,
      time: unixTime(0),
    });
    expect((await sendRaw(world.clients, rpc, bytes, headers)).status).toBe('OK');
    await expectRefusals(rpc, { bytes, headers }, [['the same again', headers]]);
  });
});
