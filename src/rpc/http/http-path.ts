const PREFIXES: Readonly<Record<string, string>> = {
  'flwr.proto.Control': '/v1/control/',
  'flwr.proto.Fleet': '/v1/fleet/',
  'flwr.proto.Runtime': '/v1/runtime/',
};

/** Methods that no release has ever served over HTTP. */
const GRPC_ONLY = new Set([
  '/flwr.proto.Control/DeleteApp',
  '/flwr.proto.Control/StoreApp',
  '/flwr.proto.Runtime/GetRun',
]);

/** Where an RPC (`/package.Service/Method`) is served over HTTP; undefined if nowhere. */
export function httpPathOf(rpcPath: string): string | undefined {
  const [, service = '', method = ''] = rpcPath.split('/');
  const prefix = PREFIXES[service];
  if (prefix === undefined || GRPC_ONLY.has(rpcPath)) return undefined;
  return prefix + kebabCase(method);
}

/** `BeginConnectorOAuth` becomes `begin-connector-oauth`. */
function kebabCase(method: string): string {
  return method
    .replace('OAuth', 'Oauth')
    .replace(/(?!^)([A-Z])/g, '-$1')
    .toLowerCase();
}
