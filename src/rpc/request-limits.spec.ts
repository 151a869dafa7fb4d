import { PushTaskOutputRequest } from '../generated/flwr/proto/app_task';
import { ControlService } from '../generated/flwr/proto/control';
import { FleetService, PushMessagesRequest } from '../generated/flwr/proto/fleet';
import { Message } from '../generated/flwr/proto/message';
import { ObjectTree } from '../generated/flwr/proto/object';
import { RecordDict } from '../generated/flwr/proto/recorddict';
import { ServerAppIoService } from '../generated/flwr/proto/serverappio';
import { mostBytesOf, whyTooCostly } from './request-limits';

const MEBIBYTE = 1024 * 1024;
const PUSH = FleetService.pushMessages.path;
const OUTPUT = ServerAppIoService.pushTaskOutput.path;

/** `field` (up to 15) as a message that holds `content`. */
function inField(field: number, content: Buffer): Buffer {
  const length: number[] = [];
  let rest = content.length;
  for (; rest > 127; rest = Math.floor(rest / 128)) length.push((rest % 128) + 128);
  return Buffer.concat([Buffer.from([field * 8 + 2, ...length, rest]), content]);
}

/** What lies at `path` is 4 MiB of empty messages, two bytes each. */
function hostile(...path: readonly number[]): Buffer {
  const [innermost = 0, ...around] = [...path].reverse();
  const empties: Buffer = Buffer.alloc(4 * MEBIBYTE, Buffer.from([innermost * 8 + 2, 0]));
  return around.reduce((content, field) => inField(field, content), empties);
}

function treeOf(size: number): ObjectTree {
  const leaf = { objectId: 'a'.repeat(64), children: [] };
  return { objectId: 'b'.repeat(64), children: Array<ObjectTree>(size).fill(leaf) };
}

describe('whyTooCostly', () => {
  it('lets real pushes through, however large', () => {
    const message = Message.fromPartial({
      metadata: { messageId: 'a'.repeat(64), messageType: 'train', ttl: 1, createdAt: 1e9 },
      content: RecordDict.fromPartial({}),
    });
    const request = PushMessagesRequest.fromPartial({
      messagesList: Array<Message>(200).fill(message),
      messageObjectTrees: Array<ObjectTree>(200).fill(treeOf(1_000)),
    });
    const bytes = PushMessagesRequest.encode(request).finish();
    expect(bytes.length).toBeGreaterThan(13 * MEBIBYTE);
    expect(whyTooCostly(PUSH, bytes)).toBeUndefined();
  });

  it('lets a final context with many metrics through', () => {
    const metrics = Array.from({ length: 10_000 }, (_, round) => ({
      key: `loss-${round}`,
      value: { value: { $case: 'double' as const, value: round } },
    }));
    const state = {
      items: [{ key: 'm', value: { $case: 'metricRecord' as const, value: { items: metrics } } }],
    };
    const request = PushTaskOutputRequest.fromPartial({ context: { state } });
    const bytes = PushTaskOutputRequest.encode(request).finish();
    expect(bytes.length).toBeGreaterThan(200_000);
    expect(whyTooCostly(OUTPUT, bytes)).toBeUndefined();
  });

  it('lets an object of any size through', () => {
    const content = inField(4, Buffer.alloc(100 * MEBIBYTE));
    expect(whyTooCostly(FleetService.pushObject.path, content)).toBeUndefined();
  });

  it.each([
    ['children', PUSH, hostile(3, 2)],
    ['children of children', PUSH, hostile(3, 2, 2, 2)],
    ['messages', PUSH, hostile(2)],
    ['records', PUSH, hostile(2, 2, 1)],
    ['arrays', PUSH, hostile(2, 2, 1, 2, 1)],
    ['metrics', PUSH, hostile(2, 2, 1, 3, 1)],
    ['texts of a config', PUSH, hostile(2, 2, 1, 4, 1, 2, 25)],
    ['fields of no schema', PUSH, hostile(9)],
    ['fields of no schema in metadata', PUSH, hostile(2, 1, 15)],
    ['records of a context', OUTPUT, hostile(1, 4, 1)],
    ['config values', OUTPUT, hostile(1, 3)],
    ['fields beside an object', FleetService.pushObject.path, hostile(9)],
    ['config values of a run', ControlService.startRun.path, hostile(2)],
    ['verifications of a FAB', ControlService.startAutomation.path, hostile(1, 1, 3)],
    ['events', ServerAppIoService.pushTaskEvents.path, hostile(1)],
    ['log lines', ServerAppIoService.pushLogs.path, hostile(3)],
    ['ids', ServerAppIoService.pullMessages.path, hostile(2)],
  ])('refuses 4 MiB of empty %s', (_, path, bytes) => {
    expect(whyTooCostly(path, bytes)).toBe('It has too many fields.');
  });

  it.each([
    ['a context', OUTPUT, 32],
    ['a message between tasks', ServerAppIoService.pushTaskMessage.path, 32],
    ['a run', ControlService.startRun.path, 64],
    ['an automation', ControlService.startAutomation.path, 64],
  ])('refuses %s that no replica could read again', (_, path, mebibytes) => {
    expect(mostBytesOf(path)).toBe(mebibytes * MEBIBYTE);
  });

  it('refuses more than a mebibyte where nothing needs it', () => {
    const path = ControlService.listRuns.path;
    expect(whyTooCostly(path, Buffer.alloc(MEBIBYTE))).toBeUndefined();
    expect(whyTooCostly(path, Buffer.alloc(MEBIBYTE + 1))).toBe('It is too long.');
  });
});
