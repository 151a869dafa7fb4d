import { readFileSync } from 'node:fs';

import { ServerAppIoService } from '../../../src/generated/flwr/proto/serverappio';
import { useCluster } from '../../support/cluster';
import { makeSecret } from '../../support/credentials';
import { outcomeOf } from '../../support/rpc-clients';
import { newFolder } from '../../support/superlink-program';
import { SuperExecActor } from '../../support/task-actor';
import { deletionsOf, noteDeletions } from './deletions.fixture';
import { MAKE_SECONDS } from './seconds.fixture';

/** The job has one every 30 s. */
const TURN = { timeout: 120_000, interval: 200 };
const NONCES_A_STEP = 1_000;

const MAKE_NONCES = `
insert into nonce (namespace, nonce, expires_at) select 'superexec:any', 'second ' || i, at from seconds`;
const OLD = `select count(*) from nonce where expires_at < now() - interval '1 minute'`;
const GONE_TOO_SOON = `
select count(*) from seconds where at >= now() and 'second ' || i not in (select nonce from nonce)`;

describe('the nonce of a signed call', () => {
  const secretFile = makeSecret(newFolder('secret'), 'secret');
  const cluster = useCluster({ flags: ['--superexec-auth-secret-file', secretFile] });

  it('goes when the signature is too old, and until then the call is not accepted again', async () => {
    const superExec = new SuperExecActor(cluster.clients, readFileSync(secretFile));
    const headers = superExec.headers(ServerAppIoService.pullPendingTasks, {});
    const send = () =>
      outcomeOf(cluster.clients.call(ServerAppIoService.pullPendingTasks, {}, headers));
    expect(await send()).toBe('OK');
    await noteDeletions(cluster.query, ['nonce']);
    for (const text of [MAKE_SECONDS, MAKE_NONCES]) await cluster.query(text);

    await vi.waitFor(async () => expect(await cluster.count(OLD)).toBe(0), TURN);
    expect(await cluster.count(GONE_TOO_SOON)).toBe(0);
    expect([await send(), await send()]).toEqual(['UNAUTHENTICATED', 'UNAUTHENTICATED']);
    const { nonce: deletions } = await deletionsOf(cluster.query);
    expect(deletions!.most).toBeLessThanOrEqual(NONCES_A_STEP);
  });
});
