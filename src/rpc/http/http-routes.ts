import { ControlService } from '../../generated/flwr/proto/control';
import { FleetService } from '../../generated/flwr/proto/fleet';
import { RuntimeService } from '../../generated/flwr/proto/runtime';
import { httpPathOf } from './http-path';

const SERVED: readonly Readonly<Record<string, { readonly path: string }>>[] = [
  ControlService,
  FleetService,
  RuntimeService,
];

const ROUTES: ReadonlyMap<string, string> = new Map(
  SERVED.flatMap((service) => Object.values(service)).flatMap(({ path }) => {
    const httpPath = httpPathOf(path);
    return httpPath === undefined ? [] : [[httpPath, path] as const];
  }),
);

/** Which RPC is served at `httpPath`, as `/package.Service/Method`; undefined if none. */
export function rpcPathOf(httpPath: string): string | undefined {
  return ROUTES.get(httpPath);
}
