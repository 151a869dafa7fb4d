import { SuperLinkError } from '../errors/superlink-error';
import type { ObjectTree } from '../generated/flwr/proto/object';
import { isObjectId } from '../wire/ids';

/** Object ids with the ids of their children, children before parents, each once. */
export type FlatTree = ReadonlyMap<string, readonly string[]>;

const MOST_OBJECTS = 200_000;

/**
 * Lists the distinct objects of a tree in post-order, or throws INVALID_OBJECT_TREE: ids that are no SHA-256, a
 * child twice in one parent, one id with different children. Iterative, for trees come as deep as the sender likes.
 */
export function flattenTree(root: ObjectTree, into: Map<string, readonly string[]>): FlatTree {
  const own = new Map<string, readonly string[]>();
  const stack: { tree: ObjectTree; next: number }[] = [{ tree: root, next: 0 }];
  for (let top = stack.at(-1); top !== undefined; top = stack.at(-1)) {
    const child = top.tree.children[top.next];
    top.next += 1;
    if (child !== undefined) {
      stack.push({ tree: child, next: 0 });
      if (stack.length > MOST_OBJECTS) refuse('The tree is too deep.');
    } else {
      addNode(top.tree, own, into);
      stack.pop();
    }
  }
  return own;
}

function addNode(
  tree: ObjectTree,
  own: Map<string, readonly string[]>,
  all: Map<string, readonly string[]>,
): void {
  if (!isObjectId(tree.objectId)) refuse('An object id is not a SHA-256 in lower-case hex.');
  const children = tree.children.map((child) => child.objectId);
  if (new Set(children).size !== children.length) refuse('An object has the same child twice.');
  const known = all.get(tree.objectId);
  if (known !== undefined && !haveSameMembers(known, children)) {
    refuse('An object has different children in different places.');
  }
  all.set(tree.objectId, children);
  own.set(tree.objectId, children);
  if (all.size > MOST_OBJECTS) refuse('There are too many objects.');
}

/** True if both lists hold the same ids, in whatever order. */
export function haveSameMembers(left: readonly string[], right: readonly string[]): boolean {
  if (left.length !== right.length) return false;
  const members = new Set(left);
  return right.every((id) => members.has(id));
}

function refuse(why: string): never {
  throw new SuperLinkError('INVALID_OBJECT_TREE', why);
}
