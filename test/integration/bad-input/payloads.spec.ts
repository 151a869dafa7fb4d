import { randomBytes } from 'node:crypto';

import { ControlService } from '../../../src/generated/flwr/proto/control';
import { StartRunRequest } from '../../../src/generated/flwr/proto/control_run';
import { FleetService } from '../../../src/generated/flwr/proto/fleet';
import type { ObjectTree } from '../../../src/generated/flwr/proto/object';
import { ServerAppIoService } from '../../../src/generated/flwr/proto/serverappio';
import { fabWith, file, SOUND_TOML } from '../../fixtures/fab/hostile-fab';
import {
  type DeflatedMessage,
  makeInstruction,
  makeObject,
  objectIdOf,
} from '../../support/objects';
import { withContentList, writeZip } from '../../support/zip-writer';
import { expectHealthy } from './bad-inputs';
import { outcomeWithoutTrace } from './no-trace';
import { sendRaw } from './raw-call';
import { residentBytesOf } from './resident-memory';
import { bytesField } from './wire-bytes';
import { World } from './world';

const MEBIBYTE = 1024 * 1024;
const id = (number: number): string => number.toString(16).padStart(64, '0');
const tree = (objectId: string, ...children: ObjectTree[]): ObjectTree => ({ objectId, children });

function chainOf(depth: number): ObjectTree {
  let chain = tree(id(0));
  for (let level = 1; level < depth; level += 1) chain = tree(id(level), chain);
  return chain;
}

/** Trees that no client makes, below the root of a message. */
const BAD_TREES: readonly (readonly [what: string, children: () => ObjectTree[]])[] = [
  ['a child that is no id', () => [tree('child')]],
  ['a child without an id', () => [tree('')]],
  ['a child in upper case', () => [tree('A'.repeat(64))]],
  ['the same child twice', () => [tree(id(1)), tree(id(1))]],
  ['a cycle', () => [tree(id(1), tree(id(2), tree(id(1))))]],
  [
    'one object with two sets of children',
    () => [tree(id(1), tree(id(3))), tree(id(2), tree(id(1)))],
  ],
  ['a depth of 200', () => [chainOf(200)]],
];

/** Contents that do not fit the object that they are pushed for. */
const BAD_CONTENTS: readonly (readonly [what: string, of: (good: Buffer) => Buffer])[] = [
  ['nothing', () => Buffer.alloc(0)],
  ['noise', () => randomBytes(100)],
  ['a bit more', (good) => Buffer.concat([good, Buffer.from([0])])],
  ['a bit less', (good) => good.subarray(0, -1)],
  ['no head', (good) => good.subarray(good.indexOf(0) + 1)],
  [
    'a head that lies about the length',
    (good) => Buffer.from(good.toString('latin1').replace('\0', '9\0'), 'latin1'),
  ],
  ['other children', (good) => makeObject('Array', [id(7)], good)],
  ['another type', (good) => makeObject('Pickle', [], good)],
  ['8 MiB of zeros', () => Buffer.alloc(8 * MEBIBYTE)],
];

const BAD_FABS: readonly (readonly [what: string, answer: string, fab: () => Buffer])[] = [
  ['nothing', 'FAILED_PRECONDITION 15', () => Buffer.alloc(0)],
  ['noise', 'FAILED_PRECONDITION 15', () => randomBytes(5_000)],
  ['a cut FAB', 'FAILED_PRECONDITION 15', () => writeZip(fabWith()).subarray(0, -30)],
  ['a way out', 'FAILED_PRECONDITION 15', () => writeZip(fabWith(file('../evil.py')))],
  ['an absolute path', 'FAILED_PRECONDITION 15', () => writeZip(fabWith(file('/etc/passwd')))],
  ['a NUL in a name', 'FAILED_PRECONDITION 15', () => writeZip(fabWith(file('a\0.py')))],
  [
    'a symlink',
    'FAILED_PRECONDITION 15',
    () => writeZip(fabWith({ ...file('a.py'), mode: 0o120777 })),
  ],
  [
    'the same name twice',
    'FAILED_PRECONDITION 15',
    () => writeZip(fabWith(file('a.py'), file('a.py'))),
  ],
  [
    'an encrypted file',
    'FAILED_PRECONDITION 15',
    () => writeZip(fabWith({ ...file('a.py'), both: { flags: 1 } })),
  ],
  [
    'a wrong CRC',
    'FAILED_PRECONDITION 15',
    () => writeZip(fabWith({ ...file('a.py'), both: { crc: 1 } })),
  ],
  [
    'a size that lies',
    'FAILED_PRECONDITION 15',
    () => writeZip(fabWith({ ...file('a.py'), both: { unpackedBytes: 1 } })),
  ],
  [
    'a bomb of 200 MiB',
    'FAILED_PRECONDITION 15',
    () =>
      writeZip(
        fabWith({ name: 'z.json', content: Buffer.alloc(200 * MEBIBYTE), isDeflated: true }),
      ),
  ],
  [
    '20,000 files',
    'FAILED_PRECONDITION 15',
    () =>
      writeZip(fabWith(...Array.from({ length: 20_000 }, (_, index) => file(`f${index}.py`, '')))),
  ],
  [
    'no list of contents',
    'FAILED_PRECONDITION 15',
    () => writeZip([file('pyproject.toml', SOUND_TOML)]),
  ],
  ['no pyproject.toml', 'FAILED_PRECONDITION 15', () => writeZip(withContentList([file('a.py')]))],
  [
    'a TOML that is none',
    'FAILED_PRECONDITION 15',
    () => writeZip(withContentList([file('pyproject.toml', '[[[')])),
  ],
  [
    'a deep TOML',
    'FAILED_PRECONDITION 15',
    () => writeZip(withContentList([file('pyproject.toml', `a = ${'['.repeat(100_000)}`)])),
  ],
  // upstream's answer to one over the limit: OK, and no run
  ['11 MiB', 'OK', () => Buffer.alloc(11 * MEBIBYTE)],
];

describe('payload that is not what it says', () => {
  let world: World;
  beforeAll(async () => {
    world = await World.build();
  });
  afterAll(async () => world.close());
  beforeEach(async () => world.tables.keepAlive());
  afterEach(async () => expectHealthy(world));

  const instruction = (): DeflatedMessage =>
    makeInstruction({ runId: world.task.runId, dstNodeId: world.node.nodeId });

  it.each(BAD_TREES)('is refused in a tree with %s', async (_, children) => {
    const message = instruction();
    const bad = { ...message, tree: tree(message.id, ...children()) };
    expect(await outcomeWithoutTrace(world, () => world.task.push(bad))).toMatch(
      /^INVALID_ARGUMENT( 1003)?$/,
    );
    const reply = await world.reply();
    const badReply = { ...reply, tree: tree(reply.id, ...children()) };
    expect(await outcomeWithoutTrace(world, () => world.node.push(badReply))).toMatch(
      /^INVALID_ARGUMENT( 1003)?$/,
    );
  });

  it('is refused in a tree that is not the message’s', async () => {
    const bad = { ...instruction(), tree: tree(id(1)) };
    expect(await outcomeWithoutTrace(world, () => world.task.push(bad))).toBe('INVALID_ARGUMENT');
    const reply = { ...(await world.reply()), tree: tree(id(1)) };
    expect(await outcomeWithoutTrace(world, () => world.node.push(reply))).toBe('OK');
  });

  it('is refused where a known object comes with other children', async () => {
    const first = await world.instruct();
    const [child] = first.tree.children;
    const message = instruction();
    const bad = { ...message, tree: tree(message.id, tree(child!.objectId, tree(id(1)))) };
    expect(await outcomeWithoutTrace(world, () => world.task.push(bad))).toBe('INVALID_ARGUMENT');
  });

  it('is refused in messages without trees, and trees without messages', async () => {
    const { message, tree: sound } = instruction();
    const push = (messages: number, trees: number) => () =>
      world.task.call(ServerAppIoService.pushMessages, {
        messagesList: Array.from({ length: messages }, () => message),
        messageObjectTrees: Array.from({ length: trees }, () => sound),
      });
    for (const [messages, trees] of [
      [0, 0],
      [1, 0],
      [0, 1],
      [2, 1],
      [1, 2],
    ] as const) {
      expect(await outcomeWithoutTrace(world, push(messages, trees))).toBe('INVALID_ARGUMENT 3013');
    }
  });

  it.each(BAD_CONTENTS)('is not stored as an object: %s', async (_, spoil) => {
    const reply = await world.reply();
    const { objectsToPush, sessionId } = await world.node.push(reply);
    const objectId = objectsToPush[0]!;
    const bad = spoil(reply.objects.get(objectId)!);
    const push = async (): Promise<void> => {
      const { runId } = world.task;
      expect(await world.node.pushObject(runId, objectId, bad, sessionId)).toBe(false);
      // nor under its own id, which nobody asked for
      expect(await world.node.pushObject(runId, objectIdOf(bad), bad, sessionId)).toBe(false);
      expect(await world.task.pushObject(objectId, bad, sessionId)).toBe(false);
    };
    expect(await outcomeWithoutTrace(world, push)).toBe('OK');
  });

  it.each(BAD_FABS)('starts no run as a FAB: %s (%s)', async (_, answer, make) => {
    const request = StartRunRequest.fromPartial({ fab: { content: make() } });
    const start = async (): Promise<void> => {
      const { runId } = await world.clients.call(ControlService.startRun, request);
      expect(runId).toBeUndefined();
    };
    expect(await outcomeWithoutTrace(world, start)).toBe(answer);
  });
});

/** Requests that would take a hundred times their size once decoded. */
const AMPLIFIERS: readonly (readonly [what: string, bytes: () => Buffer])[] = [
  ['children', () => bytesField(3, Buffer.alloc(16 * MEBIBYTE, Buffer.from([0x12, 0])))],
  ['messages', () => Buffer.alloc(16 * MEBIBYTE, Buffer.from([0x12, 0]))],
  ['unknown fields', () => Buffer.alloc(16 * MEBIBYTE, Buffer.from([0x78, 1]))],
  ['run times', () => bytesField(4, Buffer.alloc(16 * MEBIBYTE))],
];

describe('a request that is small on the wire and huge when decoded', () => {
  let world: World;
  beforeAll(async () => {
    world = await World.build();
  });
  afterAll(async () => world.close());
  afterEach(async () => expectHealthy(world));

  it.each(AMPLIFIERS)('takes no memory: 16 MiB of %s', async (_, make) => {
    await world.tables.keepAlive();
    const bytes = make();
    const residentBytes = () => world.replicas.map(residentBytesOf);
    const before = residentBytes();
    const send = async (): Promise<void> => {
      const { node, task, clients } = world;
      const outcomes = [
        await sendRaw(clients, FleetService.pushMessages, bytes, node.headers()),
        await sendRaw(clients, ServerAppIoService.pushMessages, bytes, task.headers),
        await sendRaw(clients, FleetService.pullMessages, bytes, node.headers()),
        await sendRaw(clients, ControlService.startRun, bytes, {}),
      ];
      for (const { status } of outcomes) {
        expect(['INVALID_ARGUMENT', 'FAILED_PRECONDITION', 'UNAUTHENTICATED']).toContain(status);
      }
    };
    expect(await outcomeWithoutTrace(world, send)).toBe('OK');
    for (const [index, bytes] of residentBytes().entries()) {
      expect(bytes - before[index]!).toBeLessThan(200 * MEBIBYTE);
    }
  });
});
