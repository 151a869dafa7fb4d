import type { Balancer } from '../support/balancer';
import { running } from '../support/running-programs';
import type { StockFederation } from '../support/stock-federation';

/** Process ids of ServerApps that the federation's SuperExec has started, whichever wire they speak. */
export function serverAppsOf({ proxy }: StockFederation<Balancer>): string[] {
  const { serverAppIo, http } = proxy.addresses;
  return [...running('flwr-serverapp', serverAppIo), ...running('flwr-serverapp', http)];
}
