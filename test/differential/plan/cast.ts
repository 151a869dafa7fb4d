import { generateKeyPairSync, sign } from 'node:crypto';

import {
  type DeflatedMessage,
  makeInstruction,
  makeReply,
  type MessageFacts,
} from '../../support/objects';
import type { Headers } from '../../support/rpc-clients';
import type { Who } from '../core/script';
import type { Side } from '../core/side';

/** What the SuperLink itself is called in messages. */
export const SUPERLINK_NODE = { nodeId: 1n };

/** A SuperNode of the plan: one key pair, known to both sides. */
export class PlannedNode {
  readonly publicKey: Buffer;

  constructor(
    readonly name: string,
    private readonly keys = generateKeyPairSync('ec', { namedCurve: 'P-384' }),
  ) {
    this.publicKey = Buffer.from(keys.publicKey.export({ type: 'spki', format: 'pem' }));
  }

  /** Its signature over the time, fresh for each call. */
  readonly signed = (): Headers => {
    const timestamp = new Date().toISOString().replace('Z', '000+00:00');
    return {
      'flwr-public-key-bin': this.publicKey,
      'flwr-timestamp': timestamp,
      'flwr-signature-bin': sign('sha256', Buffer.from(timestamp, 'ascii'), this.keys.privateKey),
    };
  };

  id(side: Side): bigint {
    return side.id('node', this.name);
  }

  /** As requests name it. */
  node(side: Side): { nodeId: bigint } {
    return { nodeId: this.id(side) };
  }
}

/** A task of the plan; the first one of a run has the run's name. */
export class PlannedTask {
  constructor(
    readonly name: string,
    readonly run: string,
  ) {}

  readonly withToken: Who = (side): Headers => ({
    'flwr-task-token': side.text('token', this.name),
  });

  id(side: Side): bigint {
    return side.id('task', this.name);
  }

  runId(side: Side): bigint {
    return side.id('run', this.run);
  }
}

type FactsOf = (side: Side) => MessageFacts;

/** A message of the plan: each side has it with its own ids. */
export class PlannedMessage {
  private constructor(
    readonly name: string,
    private readonly make: (side: Side) => DeflatedMessage,
  ) {}

  /** From the app of `run` to a node. */
  static instruction(
    name: string,
    run: string,
    node: PlannedNode,
    facts: FactsOf = () => ({}),
  ): PlannedMessage {
    return new PlannedMessage(name, (side) =>
      makeInstruction({
        runId: side.id('run', run),
        dstNodeId: node.id(side),
        groupId: `group of ${name}`,
        payload: Buffer.from(`payload of ${name}`),
        ...facts(side),
      }),
    );
  }

  static reply(
    name: string,
    instruction: PlannedMessage,
    facts: FactsOf = () => ({}),
  ): PlannedMessage {
    return new PlannedMessage(name, (side) =>
      makeReply(instruction.on(side).message, {
        payload: Buffer.from(`payload of ${name}`),
        ...facts(side),
      }),
    );
  }

  /** The message as it is on this side. */
  on(side: Side): DeflatedMessage {
    return side.once(this, () => {
      const deflated = this.make(side);
      for (const [index, id] of [...deflated.objects.keys()].entries()) {
        side.learn('object', `${this.name}.${index}`, id);
      }
      return deflated;
    });
  }

  id(side: Side): string {
    return this.on(side).id;
  }

  /** The object at a place, counted from 0 (-1: the message itself), with its content. */
  objectAt(
    side: Side,
    place: number,
  ): { readonly objectId: string; readonly objectContent: Buffer } {
    const [objectId, objectContent] = [...this.on(side).objects].at(place)!;
    return { objectId, objectContent };
  }
}
