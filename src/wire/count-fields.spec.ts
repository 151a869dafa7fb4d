import { PushMessagesRequest } from '../generated/flwr/proto/fleet';
import { ObjectTree } from '../generated/flwr/proto/object';
import { countFields, PACKED, type Shape } from './count-fields';

const TREE: Shape = { 2: () => TREE };
const most = 1_000_000;

describe('countFields', () => {
  it('counts the fields of all levels that it is told of', () => {
    const tree = ObjectTree.fromPartial({
      objectId: 'a',
      children: [{ objectId: 'b' }, { objectId: 'c', children: [{ objectId: 'd' }] }],
    });
    const bytes = ObjectTree.encode(tree).finish();
    expect(countFields(bytes, TREE, most)).toBe(7);
    expect(countFields(bytes, {}, most)).toBe(3);
  });

  it('counts what is not in the schema too', () => {
    expect(countFields(Buffer.from('9801019d0101020304', 'hex'), TREE, most)).toBe(2);
  });

  it('counts numbers without tags by their length', () => {
    const request = PushMessagesRequest.fromPartial({ clientappRuntimeList: [1, 2, 3] });
    expect(countFields(PushMessagesRequest.encode(request).finish(), { 4: PACKED }, most)).toBe(4);
  });

  it('gives up at its limit, however much there is', () => {
    const children = Buffer.from('1200'.repeat(1_000_000), 'hex');
    expect(countFields(children, TREE, 10)).toBe(11);
  });

  it('goes as deep as the sender likes', () => {
    let tree = Buffer.alloc(0);
    for (let depth = 0; depth < 3_000; depth += 1) {
      const length = Buffer.from([(tree.length % 128) + 128, Math.floor(tree.length / 128)]);
      tree = Buffer.concat([Buffer.from([0x12]), length, tree]);
    }
    expect(countFields(tree, TREE, most)).toBe(3_000);
  });

  it.each([
    ['a group', '1b0a001c'],
    ['the end of a group', '1c1200'],
    ['field 0', '00'],
    ['a tag beyond 32 bits', '92808080101200'],
    ['a length beyond the message', '120500'],
    ['an inner length beyond the message around it', '120212051200120012001200'],
    ['a number that is cut', '0880'],
    ['eight bytes that are cut', '0901'],
    ['a length without end', '12ffffffffffffffffffff01'],
  ])('takes no count of %s: it could be read in two ways', (_, hex) => {
    expect(countFields(Buffer.from(hex, 'hex'), TREE, most)).toBe(Number.POSITIVE_INFINITY);
  });
});
