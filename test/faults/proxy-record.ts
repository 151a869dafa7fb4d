import type { ProxyAnswer } from '../support/answer-log';
import type { Balancer } from '../support/balancer';
import { HaProxy } from '../support/haproxy';
import type { StockFederation } from '../support/stock-federation';

const UNAVAILABLE = 503;
/** Nobody comes again after these, or not all do; the protocol's own refusals are judged by what replicas log. */
const NEVER = new Set([400, 408, 413, 429, 500, 501, 502, 504]);
const NOBODY = '-';

/** What HAProxy answered over HTTP from then on (milliseconds since the epoch); of other balancers nothing is known. */
export function answersOf({ proxy }: StockFederation<Balancer>, since: number): ProxyAnswer[] {
  return proxy instanceof HaProxy ? proxy.answersSince(since) : [];
}

/** What the balancer told somebody who was still there, and must tell nobody. */
export function strangeAnswers(answers: readonly ProxyAnswer[]): string[] {
  const strange = answers.filter(
    ({ status, endedBy }) => NEVER.has(status) && endedBy.toUpperCase() !== 'C',
  );
  return [...new Set(strange.map(({ call, status }) => `the balancer answers ${call}: ${status}`))];
}

/** All answers in a line. */
export function tellAnswers(answers: readonly ProxyAnswer[]): string {
  const count = (is: (answer: ProxyAnswer) => boolean): number => answers.filter(is).length;
  const unavailable = count(({ status }) => status === UNAVAILABLE);
  const cut = count(({ status, endedBy }) => status !== UNAVAILABLE && endedBy !== NOBODY);
  return `over HTTP: ${answers.length} answers, ${unavailable} of them 503, ${cut} cut short`;
}
