import { isDeepStrictEqual } from 'node:util';

import { createFileRegistry, type DescMessage } from '@bufbuild/protobuf';
import { afterAll, beforeAll, describe, expect, it } from 'vitest';

import { ControlService } from '../../../src/generated/flwr/proto/control';
import { outcomeOf } from '../../support/rpc-clients';
import { isOnThisWire } from '../../support/wire';
import { ourDescriptors } from '../../wire/descriptor-sources';
import { type BadInput, mutationsOf, noiseFor } from './mutations';
import { Random, SEED } from './random';
import { type Outcome, type RpcShape, sendRaw } from './raw-call';
import { residentBytesOf } from './resident-memory';
import { isOpaque, mayHaveEffect, type RpcSample, type Samples } from './sample';
import { changedTables } from './table-state';
import { World } from './world';

/** What the protocol answers to bad input; everything else tells of a fault of the server. */
const ANSWERS = new Set([
  'OK',
  'INVALID_ARGUMENT',
  'NOT_FOUND',
  'PERMISSION_DENIED',
  'FAILED_PRECONDITION',
  'UNAUTHENTICATED',
  'UNIMPLEMENTED',
]);
const MOST_REPLICA_BYTES = 600 * 1024 * 1024;
const OPAQUE_SHARE = 4;
const PATIENCE_MILLISECONDS = 120_000;

/**
 * Tests that bad input to any RPC of a service gets the protocol's own answer and changes no row. `foreignIds` are
 * those of things that exist and are none of the caller's business.
 */
export function describeBadInputs<Service extends Readonly<Record<string, RpcShape>>>(
  service: Service,
  samples: Samples<Service>,
  foreignIds: (world: World) => readonly bigint[],
): void {
  const inputs = inputMessages();
  describe(`bad input (seed ${SEED})`, () => {
    let world: World;
    let count = 0;
    beforeAll(async () => {
      world = await World.build();
    });
    afterAll(async () => {
      process.stdout.write(`${count} bad inputs, seed ${SEED}\n`);
      await world.close();
    });

    it.each(Object.keys(service).filter((name) => isOnThisWire(service[name]!)))(
      '%s answers it within the protocol and stores nothing of it',
      async (name) => {
        const rpc = service[name]!;
        const sample = samples[name as keyof Service];
        const mutations = mutationsOf(inputs.get(rpc.path)!, foreignIds(world));
        const bad = [...shareOf(mutations, sample), ...noiseFor(SEED + rpc.path.length)];
        count += bad.length;
        expect(await faultsOf(world, rpc, sample, bad)).toEqual([]);
        await expectHealthy(world);
      },
      PATIENCE_MILLISECONDS,
    );
  });
}

/** All, but of what the server only carries every fourth: it is the same code for all of it. */
function shareOf(inputs: readonly BadInput[], sample: RpcSample): BadInput[] {
  const random = new Random(SEED);
  return inputs.filter((input) => !isOpaque(sample, input) || random.below(OPAQUE_SHARE) === 0);
}

/** What went wrong with any of the inputs, one line each. */
async function faultsOf(
  world: World,
  rpc: RpcShape,
  sample: RpcSample,
  inputs: readonly BadInput[],
): Promise<string[]> {
  const faults: string[] = [];
  await world.tables.keepAlive();
  let sound = await sample.make(world);
  let before = await world.tables.state();
  for (const input of inputs) {
    const bytes = input.of(sound.bytes);
    const outcome = await sendRaw(world.clients, rpc, bytes, sound.headers);
    const after = await world.tables.state();
    const changed = changedTables(before, after);
    before = after;
    const isGood = mayHaveEffect(sample, input) || saySame(rpc, bytes, sound.bytes);
    const fault = faultOf(outcome, changed, isGood);
    if (fault !== undefined) faults.push(`${input.field || 'message'} = ${input.what}: ${fault}`);
    if (changed.length > 0) {
      await world.tables.keepAlive();
      sound = await sample.make(world);
      before = await world.tables.state();
    }
  }
  return faults;
}

/** True if both are the same message but for fields that no release knows: then the input is no bad one. */
function saySame({ requestDeserialize }: RpcShape, bytes: Buffer, sound: Buffer): boolean {
  try {
    return isDeepStrictEqual(
      withoutUnknown(requestDeserialize(bytes)),
      withoutUnknown(requestDeserialize(sound)),
    );
  } catch {
    return false; // no protobuf at all
  }
}

function withoutUnknown(value: unknown): unknown {
  if (Array.isArray(value)) return value.map(withoutUnknown);
  if (value instanceof Map) return [...value].map(withoutUnknown);
  if (typeof value !== 'object' || value === null || Buffer.isBuffer(value)) return value;
  const known = Object.entries(value).filter(([name]) => name !== '_unknownFields');
  return Object.fromEntries(known.map(([name, inner]) => [name, withoutUnknown(inner)]));
}

function faultOf(
  { status, details }: Outcome,
  changed: readonly string[],
  isGood: boolean,
): string | undefined {
  if (!ANSWERS.has(status)) return `${status} ${details}`;
  if (changed.length === 0 || (status === 'OK' && isGood)) return undefined;
  return `${status} ${details}, but changed ${changed.join(', ')}`;
}

/** The replicas serve those who ask well, and have not grown. */
export async function expectHealthy({ node, task, clients, replicas }: World): Promise<void> {
  for (const replica of replicas) {
    expect(await node.heartbeat()).toBe(true);
    expect(await task.heartbeat()).toBe(true);
    expect(await outcomeOf(clients.call(ControlService.listFederations, {}))).toBe('OK');
    expect(await replica.readiness()).toBe(200);
    expect(residentBytesOf(replica)).toBeLessThan(MOST_REPLICA_BYTES);
  }
}

/** The request messages of all RPCs, by path. */
function inputMessages(): Map<string, DescMessage> {
  const messages = new Map<string, DescMessage>();
  for (const type of createFileRegistry(ourDescriptors())) {
    if (type.kind !== 'service') continue;
    for (const { name, input } of type.methods) messages.set(`/${type.typeName}/${name}`, input);
  }
  return messages;
}
