/** SuperNodes that the database takes for online: registering thousands of them by their RPCs would measure something else. */
import { randomBytes } from 'node:crypto';

import pg from 'pg';

import { NodeKey } from './raw-clients.mjs';

const INSERT_NODES = `
insert into node (node_id, public_key, owner_aid, owner_name, self_registered, last_activated_at,
  online_until, heartbeat_interval)
select t.id, t.key, '<id:none>', 'none', true, now(), now() + $3::float8 * interval '1 second', $4::float8
from unnest($1::bigint[], $2::bytea[]) as t(id, key)`;

/** So many, each with a key of its own, in the database of FLWR_DATABASE. */
export async function makeOnlineNodes(count, { onlineSeconds, heartbeatSeconds }) {
  const nodes = Array.from({ length: count }, () => ({
    id: randomBytes(8).readBigUInt64BE(),
    key: new NodeKey(),
  }));
  const client = new pg.Client({ connectionString: process.env.FLWR_DATABASE });
  await client.connect();
  const ids = nodes.map(({ id }) => BigInt.asIntN(64, id).toString());
  const keys = nodes.map(({ key }) => key.publicKey);
  await client.query(INSERT_NODES, [ids, keys, onlineSeconds, heartbeatSeconds]);
  await client.query('analyze node'); // as autovacuum would, within a minute
  await client.end();
  return nodes;
}
