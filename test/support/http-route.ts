const PREFIXES: Readonly<Record<string, string>> = {
  'flwr.proto.Control': '/v1/control/',
  'flwr.proto.Fleet': '/v1/fleet/',
  'flwr.proto.Runtime': '/v1/runtime/',
};

/** No release of upstream has routes for these. */
const GRPC_ONLY: ReadonlySet<string> = new Set([
  '/flwr.proto.Control/DeleteApp',
  '/flwr.proto.Control/StoreApp',
  '/flwr.proto.Runtime/GetFederationOptions',
  '/flwr.proto.Runtime/GetRun',
]);

/** What clients of the HTTP wire call a method: what ServerAppIo was to 1.33 is Runtime there. */
export function httpNameOf({ path }: { readonly path: string }): string {
  return path.replace('/flwr.proto.ServerAppIo/', '/flwr.proto.Runtime/');
}

/** Where stock clients call a method over HTTP, e.g. `/v1/fleet/pull-messages`; undefined if nowhere. */
export function httpRouteOf(method: { readonly path: string }): string | undefined {
  const name = httpNameOf(method);
  const [, service = '', rpc = ''] = name.split('/');
  const prefix = PREFIXES[service];
  if (prefix === undefined || GRPC_ONLY.has(name)) return undefined;
  const words = rpc.replace('OAuth', 'Oauth').match(/[A-Z][a-z]*/g) ?? [];
  return prefix + words.join('-').toLowerCase();
}
