import { writeFileSync } from 'node:fs';

import { Client } from 'pg';
import { afterAll, beforeAll, describe, expect, it } from 'vitest';

import { ControlService } from '../../../src/generated/flwr/proto/control';
import { FleetService } from '../../../src/generated/flwr/proto/fleet';
import { ServerAppIoService } from '../../../src/generated/flwr/proto/serverappio';
import { CLAIM_INSTRUCTION } from '../../../src/messages/instructions.sql';
import { createDatabase, type TestDatabase } from '../../support/postgres';
import { StatementMeter, type Usage } from '../../support/statement-meter';
import { isOnThisWire } from '../../support/wire';
import { sendRaw } from '../bad-input/raw-call';
import { World } from '../bad-input/world';
import { BUDGET, LIMITS } from './budget';
import { BUDGET_CASES, type BudgetCase, labelOf, renewTask } from './budget-cases';

/** `npm run bench -- budget` names a file here to print the table from. */
const TABLE_FILE = process.env['STATEMENT_BUDGET_FILE'];

describe('statements and commits of each RPC', () => {
  let database: TestDatabase;
  let meter: StatementMeter;
  let world: World;
  const counted = new Map<string, Usage & { outcome: string }>();

  beforeAll(async () => {
    database = await createDatabase();
    meter = await StatementMeter.start(database.url);
    // of a flag given twice the last one counts: its replica works on our database, through the meter
    world = await World.build({
      flags: ['--database', meter.url, '--node-hold-seconds', '1'],
      count: 1,
    });
  });
  afterAll(async () => {
    await world.close();
    meter.close();
    await database.drop();
    const rows = [...counted].map(([label, usage]) => ({ label, ...usage }));
    if (TABLE_FILE !== undefined) writeFileSync(TABLE_FILE, JSON.stringify(rows));
  });

  async function count(each: BudgetCase): Promise<Usage> {
    const { bytes, headers } = await each.make(world);
    meter.take();
    const { status } = await sendRaw(world.clients, each.rpc, bytes, headers);
    const usage = meter.take();
    counted.set(each.label, { outcome: status, ...usage });
    await renewTask(world, each);
    return usage;
  }

  it.each(BUDGET_CASES)('$label', async (each) => {
    const { statements, commits } = await count(each);
    const said = `${each.label}: ${statements.join(', ')}`;
    expect([statements.length, commits], said).toEqual(BUDGET[each.label]);
  });

  it.each(Object.entries(LIMITS))('%s needs at most %i statements', (label, most) => {
    expect(counted.get(label)?.statements.length).toBeLessThanOrEqual(most);
    expect(counted.get(label)?.outcome).toBe('OK');
  });

  it('covers each method of the three services', () => {
    const services = [FleetService, ServerAppIoService, ControlService];
    const all = services.flatMap((service) =>
      Object.values(service).filter(isOnThisWire).map(labelOf),
    );
    const labels = BUDGET_CASES.map(({ rpc }) => labelOf(rpc));
    expect(all.filter((label) => !labels.includes(label))).toEqual([]);
  });

  it('an empty PullMessages writes nothing', async () => {
    const { nodeId, publicKey } = world.foreignNode;
    const client = new Client({ connectionString: database.url });
    await client.connect();
    await client.query('begin');
    const values = [BigInt.asIntN(64, nodeId).toString(), publicKey, 100];
    const { rows } = await client.query(CLAIM_INSTRUCTION.text, values);
    const { rows: ids } = await client.query('select pg_current_xact_id_if_assigned() as id');
    await client.end();
    expect(rows).toEqual([{ known: true, message: null, object_tree: null, hand_outs: null }]);
    expect(ids).toEqual([{ id: null }]);
  });
});
