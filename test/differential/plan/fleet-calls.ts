import { FleetService } from '../../../src/generated/flwr/proto/fleet';
import { TINY_FAB_HASH } from '../../support/fab';
import type { Script, Who } from '../core/script';
import type { Side } from '../core/side';
import { type PlannedMessage, PlannedNode } from './cast';

/** Longer than the plan takes: no node goes offline by itself. */
const INTERVAL_SECONDS = 1_200;

/** Which object is pushed by whom for which run. */
export interface ObjectPush {
  readonly message: PlannedMessage;
  readonly place: number;
  readonly run: string;
  readonly session: (side: Side) => string;
}

/** Calls of SuperNodes, put into the plan. */
export class FleetCalls {
  constructor(private readonly script: Script) {}

  /** A registered and online SuperNode. */
  online(): PlannedNode {
    const node = new PlannedNode(this.script.name('node'));
    this.register(node);
    this.activate(node);
    return node;
  }

  register(node: PlannedNode, situation = 'as usual', key = node.publicKey): void {
    this.script.call(FleetService.registerNode, situation, {
      as: node.signed,
      ask: () => ({ publicKey: key }),
      take: (side, { nodeId }) => side.learn('node', node.name, nodeId),
    });
  }

  activate(node: PlannedNode, situation = 'as usual', interval = INTERVAL_SECONDS): void {
    this.script.call(FleetService.activateNode, situation, {
      as: node.signed,
      ask: () => ({ publicKey: node.publicKey, heartbeatInterval: interval }),
    });
  }

  heartbeat(node: PlannedNode, situation = 'as usual', interval = INTERVAL_SECONDS): void {
    this.script.call(FleetService.sendNodeHeartbeat, situation, {
      as: node.signed,
      ask: (side) => ({ node: node.node(side), heartbeatInterval: interval }),
    });
  }

  deactivate(node: PlannedNode, situation = 'as usual', as = node.signed): void {
    this.script.call(FleetService.deactivateNode, situation, {
      as,
      ask: (side) => ({ nodeId: node.id(side) }),
    });
  }

  unregister(node: PlannedNode, situation = 'as usual', as = node.signed): void {
    this.script.call(FleetService.unregisterNode, situation, {
      as,
      ask: (side) => ({ nodeId: node.id(side) }),
    });
  }

  pull(
    node: PlannedNode,
    situation = 'as usual',
    parts: { as?: Who; pauseMilliseconds?: number } = {},
  ): void {
    this.script.call(FleetService.pullMessages, situation, {
      as: node.signed,
      ...parts,
      ask: (side) => ({ node: node.node(side), messageIds: [] }),
    });
  }

  getRun(node: PlannedNode, run: string, situation = 'as usual'): void {
    this.script.call(FleetService.getRun, situation, {
      as: node.signed,
      ask: (side) => ({ node: node.node(side), runId: side.id('run', run) }),
    });
  }

  getFab(node: PlannedNode, run: string, situation = 'as usual', hashStr = TINY_FAB_HASH): void {
    this.script.call(FleetService.getFab, situation, {
      as: node.signed,
      ask: (side) => ({ node: node.node(side), runId: side.id('run', run), hashStr }),
    });
  }

  push(node: PlannedNode, reply: PlannedMessage, situation = 'as usual', runtime = 0.5): void {
    this.script.call(FleetService.pushMessages, situation, {
      as: node.signed,
      ask: (side) => {
        const { message, tree } = reply.on(side);
        return {
          node: node.node(side),
          messagesList: [message],
          messageObjectTrees: [tree],
          clientappRuntimeList: [runtime],
        };
      },
      take: (side, { sessionId }) => side.learn('session', reply.name, sessionId),
    });
  }

  pushObject(node: PlannedNode, push: ObjectPush, situation = 'as usual', content?: Buffer): void {
    this.script.call(FleetService.pushObject, situation, {
      as: node.signed,
      ask: (side) => {
        const object = push.message.objectAt(side, push.place);
        return {
          node: node.node(side),
          runId: side.id('run', push.run),
          sessionId: push.session(side),
          ...object,
          objectContent: content ?? object.objectContent,
        };
      },
    });
  }

  pullObject(
    node: PlannedNode,
    run: string,
    idOf: (side: Side) => string,
    situation = 'as usual',
  ): void {
    this.script.call(FleetService.pullObject, situation, {
      as: node.signed,
      ask: (side) => ({
        node: node.node(side),
        runId: side.id('run', run),
        objectId: idOf(side),
      }),
    });
  }

  confirm(
    node: PlannedNode,
    run: string,
    idOf: (side: Side) => string,
    situation = 'as usual',
  ): void {
    this.script.call(FleetService.confirmMessageReceived, situation, {
      as: node.signed,
      ask: (side) => ({
        node: node.node(side),
        runId: side.id('run', run),
        messageObjectId: idOf(side),
      }),
    });
  }

  /** A message with all of its objects, as a SuperNode takes it. */
  receive(node: PlannedNode, message: PlannedMessage, run: string, count: number): void {
    this.pull(node);
    for (let place = 0; place < count; place += 1) {
      this.pullObject(node, run, (side) => message.objectAt(side, place).objectId);
    }
    this.confirm(node, run, (side) => message.id(side));
  }

  /** A reply with all of its objects. */
  send(node: PlannedNode, reply: PlannedMessage, run: string, count: number): void {
    this.push(node, reply);
    for (let place = 0; place < count; place += 1) {
      const session = (side: Side): string => side.text('session', reply.name);
      this.pushObject(node, { message: reply, place, run, session });
    }
  }
}
