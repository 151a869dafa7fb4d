import { ControlService } from '../../generated/flwr/proto/control';
import { FleetService } from '../../generated/flwr/proto/fleet';
import { RuntimeService } from '../../generated/flwr/proto/runtime';
import { httpPathOf } from './http-path';

/** The one route that is no RPC, and has its own idea of bodies and errors. */
export const RESPONSES_ROUTE = '/v1/runtime/responses';

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

/** True for what is served at exactly this path, RPC or not. */
export function isRoute(httpPath: string): boolean {
  return ROUTES.has(httpPath) || httpPath === RESPONSES_ROUTE;
}

/** Which RPC is served at `httpPath`, as `/package.Service/Method`; undefined if none. */
export function rpcPathOf(httpPath: string): string | undefined {
  return ROUTES.get(httpPath);
}
