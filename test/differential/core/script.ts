import type { Random } from '../../integration/bad-input/random';
import type { Sample } from '../../integration/bad-input/sample';
import type { Headers, UnaryMethod } from '../../support/rpc-clients';
import type { Side } from './side';
import type { RpcShape } from './wire';

/** One call of the plan, in words that mean something on both sides. */
export interface Step {
  readonly rpc: RpcShape;
  /** What is special about the call: with the RPC's name it tells differences apart. */
  readonly situation: string;
  readonly make: (side: Side) => Sample;
  /** What a side learns from its answer; only called if there was one. */
  readonly take?: (side: Side, answer: never) => void;
  readonly connection: number;
  /** How long both sides wait before. */
  readonly pauseMilliseconds: number;
}

/** Who calls: what proves it. */
export type Who = (side: Side) => Headers;

/** Begins a situation in which all methods of a service are alike: they make one class. */
export const ANY_RPC = 'any RPC';

export const NOBODY: Who = () => ({});

/** The method of a generated service, unary or not. */
export type Method<Request, Response> = UnaryMethod<Request, Response> & RpcShape;

/** As stock clients say who they are. */
export function releaseHeaders(version: string): Headers {
  return {
    'flwr-package-name': 'flwr',
    'flwr-package-version': version,
    'flwr-component-name': 'flwr-serverapp',
  };
}

export interface CallParts<Request, Response> {
  readonly as?: Who;
  readonly ask: (side: Side) => Request;
  readonly take?: (side: Side, answer: Response) => void;
  readonly connection?: number;
  readonly pauseMilliseconds?: number;
}

/** The plan while it is being written. */
export class Script {
  readonly steps: Step[] = [];
  private count = 0;

  /** `release` is what all callers say they are, as stock ones do. */
  constructor(
    readonly random: Random,
    readonly release: string,
  ) {}

  call<Request, Response>(
    method: Method<Request, Response>,
    situation: string,
    parts: CallParts<Request, Response>,
  ): void {
    const { as = NOBODY, ask, take } = parts;
    this.steps.push({
      rpc: method,
      situation,
      make: (side) => ({
        bytes: method.requestSerialize(ask(side)),
        headers: this.named(as(side)),
      }),
      ...(take && { take: take }),
      connection: parts.connection ?? 0,
      pauseMilliseconds: parts.pauseMilliseconds ?? 0,
    });
  }

  /** Bytes that need be no request. */
  raw(rpc: RpcShape, situation: string, make: (side: Side) => Sample): void {
    const named = (side: Side): Sample => {
      const { bytes, headers } = make(side);
      return { bytes, headers: this.named(headers) };
    };
    this.steps.push({ rpc, situation, make: named, connection: 0, pauseMilliseconds: 0 });
  }

  /** With the release that calls, unless the headers say another one. */
  private named(headers: Headers): Headers {
    const says = Object.keys(headers).some((name) => name.startsWith('flwr-package-'));
    return says ? headers : { ...releaseHeaders(this.release), ...headers };
  }

  /** A name that no other thing of the plan has. */
  name(kind: string): string {
    this.count += 1;
    return `${kind}${this.count}`;
  }

  /** One of them. */
  pick<Value>(values: readonly Value[]): Value {
    return values[this.random.below(values.length)]!;
  }

  /** True in `percent` of all cases. */
  chance(percent: number): boolean {
    return this.random.below(100) < percent;
  }
}
