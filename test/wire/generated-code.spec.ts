import { AppInfo } from '../../src/generated/flwr/proto/control_app';
import { Node, NodeInfo } from '../../src/generated/flwr/proto/node';
import { ObjectTree, PushObjectRequest } from '../../src/generated/flwr/proto/object';
import { Run } from '../../src/generated/flwr/proto/run';
import { Scalar } from '../../src/generated/flwr/proto/scalar';

const MAX_UINT64 = 2n ** 64n - 1n;
const MIN_SINT64 = -(2n ** 63n);
const LENGTH_DELIMITED = 2;

/** An object tree of so many levels below its root. */
function treeOf(levels: number): Buffer {
  const children = (2 << 3) | LENGTH_DELIMITED;
  const layers: Buffer[] = [];
  let length = 0;
  for (let level = 0; level < levels; level++) {
    const layer = Buffer.from([children, ...varint(length)]);
    layers.push(layer);
    length += layer.length;
  }
  return Buffer.concat(layers.reverse());
}

function varint(value: number): number[] {
  return value < 128 ? [value] : [(value & 127) | 128, ...varint(value >>> 7)];
}

function passed(scalar: Scalar['scalar']): Scalar['scalar'] {
  return Scalar.decode(Scalar.encode(Scalar.fromPartial({ scalar })).finish()).scalar;
}

describe('the generated code', () => {
  it.each([0n, 1n, 2n ** 53n + 1n, MAX_UINT64])('carries the unsigned id %s exactly', (value) => {
    expect(passed({ $case: 'uint64', value })).toEqual({ $case: 'uint64', value });
    expect(Node.decode(Node.encode({ nodeId: value }).finish()).nodeId).toBe(value);
  });

  it.each([-1n, MIN_SINT64, 2n ** 63n - 1n])('carries the signed number %s exactly', (value) => {
    expect(passed({ $case: 'sint64', value })).toEqual({ $case: 'sint64', value });
  });

  it.each([MAX_UINT64 + 1n, -1n])('refuses to write %s as an id', (nodeId) => {
    expect(() => Node.encode({ nodeId })).toThrow('too large');
  });

  it('writes ids as protobuf does', () => {
    const bytes = Buffer.from(Node.encode({ nodeId: MAX_UINT64 }).finish());

    expect(bytes.toString('hex')).toBe('08ffffffffffffffffff01');
  });

  it('gives bytes as buffers', () => {
    const sent = PushObjectRequest.fromPartial({ objectContent: Buffer.from([0, 255]) });
    const received = PushObjectRequest.decode(PushObjectRequest.encode(sent).finish());

    expect(Buffer.isBuffer(received.objectContent)).toBe(true);
    expect(received.objectContent).toEqual(Buffer.from([0, 255]));
  });

  it('tells a field that is absent from one that holds its default', () => {
    const decoded = (info: { isHubApp?: boolean }) =>
      AppInfo.decode(AppInfo.encode(AppInfo.fromPartial(info)).finish()).isHubApp;

    expect(decoded({})).toBeUndefined();
    expect(decoded({ isHubApp: false })).toBe(false);
  });

  it('takes any key in a map, be it a name that JavaScript reserves', () => {
    const value = Scalar.fromPartial({ scalar: { $case: 'bool', value: true } });
    const run = Run.fromPartial({ overrideConfig: new Map([['__proto__', value]]) });

    const decoded = Run.decode(Run.encode(run).finish());

    expect([...decoded.overrideConfig]).toEqual([['__proto__', value]]);
  });

  it('keeps what it does not know, and gives it back', () => {
    const newer = NodeInfo.fromPartial({
      nodeId: 7n,
      ownerAid: 'someone',
      onlineUntil: 1.5,
      publicKey: Buffer.from([1, 2, 3]),
    });

    const passedOn = Node.encode(Node.decode(NodeInfo.encode(newer).finish())).finish();

    expect(NodeInfo.decode(passedOn)).toEqual(newer);
  });

  it('keeps known fields that come in a form it does not know', () => {
    const nodeIdAsText = Buffer.from([0x0a, 0x01, 0x41]);
    const decoded = Node.decode(nodeIdAsText);

    expect(decoded.nodeId).toBe(0n);
    expect(Buffer.from(Node.encode(decoded).finish())).toEqual(nodeIdAsText);
  });

  it('reads trees of 99 levels and refuses deeper ones', () => {
    const levelsOf = (tree: ObjectTree): number =>
      Math.max(0, ...tree.children.map((child) => 1 + levelsOf(child)));

    expect(levelsOf(ObjectTree.decode(treeOf(99)))).toBe(99);
    expect(() => ObjectTree.decode(treeOf(100))).toThrow('recursion limit');
    expect(() => ObjectTree.decode(treeOf(100_000))).toThrow('recursion limit');
  });

  it('refuses a message cut off within a field', () => {
    const whole = PushObjectRequest.encode(
      PushObjectRequest.fromPartial({ runId: MAX_UINT64, objectId: 'a'.repeat(64) }),
    ).finish();
    const endOfRunId = whole.length - 'a'.repeat(64).length - 2;
    const atFieldEnds = [0, endOfRunId, whole.length];

    for (let length = 0; length <= whole.length; length++) {
      const decode = () => PushObjectRequest.decode(whole.subarray(0, length));
      if (atFieldEnds.includes(length)) {
        expect(decode).not.toThrow();
      } else {
        expect(decode).toThrow('premature EOF');
      }
    }
  });
});
