import { PullObjectResponse, PushObjectRequest } from '../generated/flwr/proto/object';
import { decodePushObject, encodePulledObject } from './object-codec';
import { StrictReader } from './strict-reader';

const PUSHED = PushObjectRequest.fromPartial({
  node: { nodeId: 2n ** 63n + 1n },
  runId: 2n ** 64n - 1n,
  objectId: 'ab'.repeat(32),
  objectContent: Buffer.from('content'),
  sessionId: 'session',
});

const encoded = (message: PushObjectRequest): Buffer =>
  Buffer.from(PushObjectRequest.encode(message).finish());

describe('decodePushObject', () => {
  it('reads what generated code reads', () => {
    const bytes = encoded(PUSHED);
    expect(decodePushObject(bytes)).toEqual(PushObjectRequest.decode(bytes));
  });

  it('leaves the content where it is', () => {
    const bytes = encoded(PUSHED);
    const { objectContent } = decodePushObject(bytes);
    expect(objectContent.toString()).toBe('content');
    expect(objectContent.buffer).toBe(bytes.buffer);
  });

  it('takes the last of several contents, and none for empty', () => {
    const twice = Buffer.concat([
      encoded(PUSHED),
      encoded(PushObjectRequest.fromPartial({ objectContent: Buffer.from('later') })),
    ]);
    expect(decodePushObject(twice)).toEqual(PushObjectRequest.decode(twice));
    expect(decodePushObject(Buffer.alloc(0))).toEqual(PushObjectRequest.decode(Buffer.alloc(0)));
  });

  it('agrees with generated code on every cut and every flipped byte', () => {
    const bytes = encoded(PUSHED);
    const attempt = (decode: (input: Buffer) => unknown, input: Buffer): unknown => {
      try {
        return decode(input);
      } catch {
        return 'refused';
      }
    };
    for (let at = 0; at < bytes.length; at += 1) {
      const flipped = Buffer.from(bytes);
      flipped[at] = 255 - (flipped[at] ?? 0);
      for (const input of [bytes.subarray(0, at), flipped]) {
        const expected = attempt((each) => PushObjectRequest.decode(new StrictReader(each)), input);
        expect(attempt(decodePushObject, input), `at byte ${at}`).toEqual(expected);
      }
    }
  });
});

describe('encodePulledObject', () => {
  it('writes what generated code writes', () => {
    for (const content of ['', 'content']) {
      const answer = PullObjectResponse.fromPartial({
        objectFound: true,
        objectAvailable: content !== '',
        objectContent: Buffer.from(content),
      });
      expect(encodePulledObject(answer)).toEqual(
        Buffer.from(PullObjectResponse.encode(answer).finish()),
      );
    }
  });
});
