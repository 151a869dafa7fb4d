import { FleetService } from '../../../src/generated/flwr/proto/fleet';
import { ANY_RPC } from '../core/script';
import type { RpcShape } from '../core/wire';
import { methodsOfControl, methodsOfTasks } from './methods';
import type { Episode } from './stage';

const MEDIA_TYPES = [
  'application/protobuf; charset=utf-8',
  'Application/Protobuf',
  'application/x-protobuf',
  'application/json',
  'application/flower-protobuf-stream',
  'text/plain',
  '',
];

const PATHS = [
  '/v1/fleet/no-such-call',
  '/v1/fleet',
  '/v2/fleet/pull-messages',
  '/v1/fleet/PullMessages',
];

/** What is wrong with a call before anybody looks at its message. */
export const httpFaults: Episode = function* ({ script, edition }) {
  const bytes = Buffer.alloc(0);
  const all = [
    ...Object.values(FleetService),
    ...methodsOfTasks(edition).map(([, rpc]) => rpc),
    ...methodsOfControl(edition).map(([, rpc]) => rpc),
  ];
  for (const rpc of all) {
    const type = script.pick(MEDIA_TYPES.slice(2));
    script.raw(rpc, `${ANY_RPC} as another media type`, () => ({
      bytes,
      headers: { 'content-type': type },
    }));
  }
  yield;
  const rpc = FleetService.pullMessages;
  for (const type of MEDIA_TYPES) {
    script.raw(rpc, `as "${type}"`, () => ({ bytes, headers: { 'content-type': type } }));
  }
  for (const path of PATHS) {
    const nowhere: RpcShape = { ...rpc, path };
    script.raw(nowhere, 'at no route', () => ({ bytes, headers: {} }));
  }
  yield;
};
