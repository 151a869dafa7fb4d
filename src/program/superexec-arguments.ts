import { formatAddress, localAddress } from '../config/address';
import type { Config } from '../config/config';

export const PROGRAM = 'flower-superexec';

/** N of the first Flower 1.N whose SuperExec speaks HTTP, says so in the name of its flag, chooses its plugin itself. */
const HTTP_SINCE = 35;
const RUNTIME_ADDRESS_SINCE = 36;
const CHOOSES_PLUGIN_SINCE = 38;

/** The arguments that the SuperLink of the same release gives it, too; `release` is N of Flower 1.N. */
export function superExecArguments(config: Config, parentId: number, release: number): string[] {
  const { api, appIo } = config.tls;
  const { http, serverAppIo = http } = config.listen;
  const [address, tls] = release < HTTP_SINCE ? [serverAppIo, appIo] : ([http, api] as const);
  const flag = release < RUNTIME_ADDRESS_SINCE ? '--appio-api-address' : '--runtime-api-address';
  const roots = tls?.caFile === undefined ? [] : ['--root-certificates', tls.caFile];
  return [
    ...(tls === undefined ? ['--insecure'] : roots),
    ...[flag, formatAddress(localAddress(address))],
    ...(release < CHOOSES_PLUGIN_SINCE ? ['--plugin-type', 'serverapp'] : []),
    ...['--parent-pid', String(parentId)],
    ...(config.runtimeDependencyInstallation ? ['--allow-runtime-dependency-installation'] : []),
  ];
}

/** N of Flower 1.N by what its program says to `--version`; infinite for what no release says yet. */
export function releaseOf(answer: string): number {
  const minor = /^Flower version: 1\.(\d+)\./m.exec(answer)?.[1];
  return minor === undefined ? Infinity : Number(minor);
}
