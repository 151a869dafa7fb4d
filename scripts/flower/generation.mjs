/** What the programs of each Flower release speak to a SuperLink, and how they are told where it is. */

// From `flower-… --help` of the releases 1.31 to 1.42; N stands for 1.N.
const HTTP_SINCE = { cli: 37, superExec: 35, superNode: 40 };
const RUNTIME_SERVICE_SINCE = 34;
const NODE_PORT_FLAG_SINCE = 35;
const RUNTIME_ADDRESS_FLAG_SINCE = 36;
const ACQUIRE_TASK_SINCE = 39;

const GRPC_API = { cli: 'control', superExec: 'serverAppIo', superNode: 'fleet' };

const minorOf = (version) => Number(version.split('.')[1]);

/** `gRPC` or `HTTP`; `program` is `cli`, `superExec` (and the ServerApps it starts) or `superNode`. */
export function transportOf(program, version) {
  return minorOf(version) < HTTP_SINCE[program] ? 'gRPC' : 'HTTP';
}

/** The one of `{ fleet, serverAppIo, control, http }` that the program is to be given. */
export function addressFor(program, version, addresses) {
  return addresses[transportOf(program, version) === 'HTTP' ? 'http' : GRPC_API[program]];
}

/** The API of SuperExec and ServerApps as this release calls it. */
export function taskService(version) {
  return minorOf(version) < RUNTIME_SERVICE_SINCE ? 'ServerAppIo' : 'Runtime';
}

/** The method by which a SuperExec asks for work. */
export function pollMethod(version) {
  return minorOf(version) < ACQUIRE_TASK_SINCE ? 'PullPendingTasks' : 'AcquireTask';
}

/** Tells a SuperExec where the SuperLink is. */
export function superExecAddress(version, addresses) {
  const isNew = minorOf(version) >= RUNTIME_ADDRESS_FLAG_SINCE;
  const flag = isNew ? '--runtime-api-address' : '--appio-api-address';
  return [flag, addressFor('superExec', version, addresses)];
}

/** Tells a SuperNode where the SuperLink is, and on which port to wait for its own ClientApps. */
export function superNodeAddresses(version, addresses, port) {
  const own =
    minorOf(version) < NODE_PORT_FLAG_SINCE
      ? ['--clientappio-api-address', `127.0.0.1:${port}`]
      : ['--host', '127.0.0.1', '--port', String(port)];
  return ['--superlink', addressFor('superNode', version, addresses), ...own];
}
