import type { Headers, UnaryMethod } from '../../support/rpc-clients';
import type { BadInput } from './mutations';
import type { World } from './world';

/** A sound request with what proves who sends it. */
export interface Sample {
  readonly bytes: Buffer;
  readonly headers: Headers;
}

/** For `free` where nothing else is: cut or flipped in the right place, a request is sound again. */
export const SOUND_WHEN_FLIPPED = '';

/** How one RPC is called soundly, and how much of its request is the caller's own business. */
export interface RpcSample {
  /** Makes all that the request needs, and the request. */
  readonly make: (world: World) => Promise<Sample> | Sample;
  /**
   * Where any value that can be decoded is a good one, so that an OK may have its effect: `field`, `field.*` with
   * all that is in it, `field=what` for one value only. Everywhere else an OK to bad input must have none.
   */
  readonly free: readonly string[];
}

/** One for each method of a generated service: a new RPC cannot be forgotten. */
export type Samples<Service> = { readonly [Rpc in keyof Service]: RpcSample };

export function sample(make: RpcSample['make'], free: readonly string[] = []): RpcSample {
  return { make, free };
}

/** Of RPCs that read nothing of their request, or refuse everybody. */
export const EMPTY = sample(() => ({ bytes: Buffer.alloc(0), headers: {} }));

export function request<Request>(
  method: UnaryMethod<Request, unknown>,
  message: Request,
  headers: Headers = {},
): Sample {
  return { bytes: method.requestSerialize(message), headers };
}

/** True if the input may be as good as any other, however odd it looks. */
export function mayHaveEffect({ free }: RpcSample, { field, what }: BadInput): boolean {
  if (field === '') return free.length > 0;
  return free.includes(field) || free.includes(`${field}=${what}`) || isOpaque({ free }, { field });
}

/** True if the field lies in something that the server carries and never looks into. */
export function isOpaque(
  { free }: Pick<RpcSample, 'free'>,
  { field }: Pick<BadInput, 'field'>,
): boolean {
  return free.some((name) => name.endsWith('.*') && `${field}.`.startsWith(name.slice(0, -1)));
}
