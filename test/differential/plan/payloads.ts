import { FleetService } from '../../../src/generated/flwr/proto/fleet';
import { nested } from '../../integration/bad-input/mutations';
import { ANY_RPC } from '../core/script';
import { methodsOfControl, methodsOfTasks } from './methods';
import type { Episode } from './stage';

/** Bytes that are no message of any kind, whatever the RPC. */
const NO_MESSAGES: readonly Buffer[] = [
  Buffer.from([0x0a]),
  Buffer.from([0x0a, 0xff, 0x01]),
  Buffer.alloc(64, 0xff),
  Buffer.from('{"this": "is JSON"}'),
  nested(10_000).subarray(0, 5_000),
];

/** Every RPC that takes none of it to be a request, with credentials that are good. */
export const noMessages: Episode = function* (stage) {
  const { script, fleet, tasks, edition } = stage;
  const node = fleet.online();
  const app = stage.runningRun();
  const situation = `${ANY_RPC} with bytes that are no message`;
  for (const bytes of NO_MESSAGES) {
    for (const rpc of Object.values(FleetService)) {
      script.raw(rpc, situation, () => ({ bytes, headers: node.signed() }));
    }
    for (const [, rpc] of methodsOfTasks(edition)) {
      script.raw(rpc, situation, (side) => ({ bytes, headers: app.withToken(side) }));
    }
    yield;
    for (const [, rpc] of methodsOfControl(edition)) {
      script.raw(rpc, situation, () => ({ bytes, headers: {} }));
    }
    tasks.heartbeat(app);
    yield;
  }
  stage.control.stopRun(app.run);
  fleet.unregister(node);
};
