import { Injectable } from '@nestjs/common';

import { translateDatabaseError } from '../database/database-errors';
import { SuperLinkError } from '../errors/superlink-error';
import { Metrics } from '../metrics/metrics';
import type { CallTransport, RpcCall } from './rpc-call';

const METHOD = ['service', 'method', 'transport'] as const;
/** In seconds; an empty poll may be held for 20, a log stream for hours. */
const BUCKETS = [0.002, 0.005, 0.01, 0.025, 0.05, 0.1, 0.25, 0.5, 1, 2.5, 5, 10, 30];

/** What is known of a call that was refused before it became one. */
export interface RefusedCall {
  /** `/package.Service/Method` of an RPC that is served. */
  readonly path: string;
  readonly transport: CallTransport;
  /** True: its client went before it was told. */
  readonly isGone?: boolean;
}

type MethodLabels = Record<(typeof METHOD)[number], string>;

/** Counts calls, however they end. Labels come from the protocol and the catalogue, never from the caller. */
@Injectable()
export class RpcMeter {
  private readonly calls;
  private readonly seconds;
  private readonly running = new Set<RpcCall>();

  constructor(metrics: Metrics) {
    this.calls = metrics.counter({
      name: 'rpc_calls_total',
      help: 'Calls by how they ended: OK, the name of the error, or CANCELLED when the client had gone.',
      labels: [...METHOD, 'code'],
    });
    // without the code: it would multiply the series by the errors that a scanner can provoke
    this.seconds = metrics.histogram(
      {
        name: 'rpc_seconds',
        help: 'How long calls took, with the time that they were held.',
        labels: METHOD,
      },
      BUCKETS,
    );
    metrics.gauge(
      {
        name: 'rpc_calls_in_flight',
        help: 'Calls that have begun and not ended, held polls and log streams among them.',
        labels: METHOD,
      },
      (set) => {
        for (const [labels, count] of this.countRunning()) set(count, labels);
      },
    );
  }

  begin(call: RpcCall): void {
    this.running.add(call);
  }

  /** Of a call that ends in several places only the first counts. */
  end(call: RpcCall, error?: unknown): void {
    if (!this.running.delete(call)) return;
    const labels = methodLabels(call.definition.path, call.transport);
    this.seconds.observe(labels, (performance.now() - call.began) / 1000);
    this.calls.inc({ ...labels, code: codeOf(call, error) });
  }

  /** A call that was turned away before anybody knew who calls. */
  refused({ path, transport, isGone = false }: RefusedCall, error: unknown): void {
    const code = isGone ? 'CANCELLED' : errorNameOf(error);
    this.calls.inc({ ...methodLabels(path, transport), code });
  }

  private countRunning(): Map<MethodLabels, number> {
    const counts = new Map<string, { labels: MethodLabels; count: number }>();
    for (const { definition, transport } of this.running) {
      const key = `${transport} ${definition.path}`;
      const entry = counts.get(key) ?? {
        labels: methodLabels(definition.path, transport),
        count: 0,
      };
      entry.count += 1;
      counts.set(key, entry);
    }
    return new Map([...counts.values()].map(({ labels, count }) => [labels, count]));
  }
}

function codeOf({ gone }: RpcCall, error: unknown): string {
  if (error !== undefined) return errorNameOf(error);
  return gone.aborted ? 'CANCELLED' : 'OK';
}

function errorNameOf(thrown: unknown): string {
  const error = translateDatabaseError(thrown);
  return error instanceof SuperLinkError ? error.errorName : 'INTERNAL';
}

/** `Fleet` and `PullMessages` of `/flwr.proto.Fleet/PullMessages`. */
function methodLabels(path: string, transport: CallTransport): MethodLabels {
  const [, service = '', method = ''] = path.split('/');
  return { service: service.slice(service.lastIndexOf('.') + 1), method, transport };
}
