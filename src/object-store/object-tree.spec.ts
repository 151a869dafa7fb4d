import { ObjectTree } from '../generated/flwr/proto/object';
import { flattenTree, haveSameMembers } from './object-tree';

const [A, B, C] = ['a', 'b', 'c'].map((letter) => letter.repeat(64)) as [string, string, string];

function tree(objectId: string, ...children: ObjectTree[]): ObjectTree {
  return ObjectTree.fromPartial({ objectId, children });
}

const invalid = expect.objectContaining({ errorName: 'INVALID_OBJECT_TREE' }) as Error;

describe('flattenTree', () => {
  it('lists children before their parents, each object once', () => {
    const flat = flattenTree(tree(A, tree(B, tree(C)), tree(C)), new Map());
    expect([...flat]).toEqual([
      [C, []],
      [B, [C]],
      [A, [B, C]],
    ]);
  });

  it('collects the objects of many trees', () => {
    const all = new Map<string, readonly string[]>();
    flattenTree(tree(A, tree(C)), all);
    const own = flattenTree(tree(B, tree(C)), all);
    expect([...own.keys()]).toEqual([C, B]);
    expect([...all.keys()]).toEqual([C, A, B]);
  });

  it.each([
    ['an id that is no SHA-256', tree(A, tree('b'))],
    ['an id in upper case', tree(A.toUpperCase())],
    ['no id', tree('')],
    ['a child twice in one parent', tree(A, tree(B), tree(B))],
    ['an object with two sets of children', tree(A, tree(B, tree(C)), tree(C, tree(B)))],
    ['an object within itself', tree(A, tree(B, tree(A)))],
  ])('refuses %s', (_, root) => {
    expect(() => flattenTree(root, new Map())).toThrow(invalid);
  });

  it('refuses children other than in the tree before', () => {
    const all = new Map<string, readonly string[]>();
    flattenTree(tree(A, tree(B)), all);
    expect(() => flattenTree(tree(A, tree(C)), all)).toThrow(invalid);
  });

  it('goes as deep as the sender likes, up to its limit', () => {
    const chain = (depth: number): ObjectTree => {
      let root = tree(A);
      for (let level = 1; level < depth; level += 1) {
        root = { objectId: level.toString(16).padStart(64, '0'), children: [root] };
      }
      return root;
    };
    expect(flattenTree(chain(50_000), new Map()).size).toBe(50_000);
    expect(() => flattenTree(chain(200_002), new Map())).toThrow(invalid);
  });

  it('refuses more objects than any model has', () => {
    const children = Array.from({ length: 200_001 }, (_, index) => ({
      objectId: index.toString(16).padStart(64, '0'),
      children: [],
    }));
    expect(() => flattenTree({ objectId: A, children }, new Map())).toThrow(invalid);
  });
});

describe('haveSameMembers', () => {
  it.each([
    [[], [], true],
    [[A, B], [B, A], true],
    [[A], [A, B], false],
    [[A, B], [A, C], false],
  ])('%j and %j: %s', (left, right, same) => {
    expect(haveSameMembers(left, right)).toBe(same);
  });
});
