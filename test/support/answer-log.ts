import type { Child } from '../../scripts/flower/processes.mjs';

/** An answer over HTTP as it left HAProxy, which made it up itself if no replica gave one. */
export interface ProxyAnswer {
  /** Milliseconds since the epoch. */
  readonly at: number;
  /** `POST /v1/fleet/pull-messages`. */
  readonly call: string;
  /** -1: there was none before the client hung up. */
  readonly status: number;
  /** Who ended it before its time, by HAProxy's letter (`C` client, `S` server, `D` a server marked down); `-`: nobody. */
  readonly endedBy: string;
}

const ANSWER = /^answer (\S+ \S+) (-?\d+) (\S)/;

/** docker/haproxy.cfg that prints a line for each answer over HTTP. */
export function withAnswerLog(configuration: string): string {
  return configuration
    .replace(/^global$/m, 'global\n    log stdout format raw local0')
    .replace(
      /^ +mode http$/m,
      (mode) => `${mode}\n    log global\n    log-format "answer %HM %HPO %ST %ts"`,
    );
}

/** Keeps what a HAProxy with such a configuration answers, until it ends. */
export function recordAnswers(haproxy: Child, answers: ProxyAnswer[]): void {
  haproxy.on('line', ({ at, text }: Child['lines'][number]) => {
    const [, call, status, endedBy] = ANSWER.exec(text) ?? [];
    if (call === undefined) return;
    answers.push({ at, call, status: Number(status), endedBy: endedBy! });
  });
}
