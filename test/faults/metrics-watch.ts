import { setTimeout as pause } from 'node:timers/promises';

import { scrape } from '../support/metrics';

/** As often as will do: each scrape is some 80 kB of text, which the replica makes and this process reads. */
const EVERY_MILLISECONDS = 1_000;
/** A replica that says nothing for so long is down; one without a database takes a second to say so. */
const PATIENCE_MILLISECONDS = 3_000;

/** What an operator sees of a fault, in the metrics of any replica. `up` is Prometheus's own: 0 when nobody answers. */
export interface Sign {
  /** Without `superlink_`. */
  readonly name: string;
  readonly labels?: Readonly<Record<string, string>>;
  /** A sum over these labels that is higher, or lower, than this; more than it was at first if neither is given. */
  readonly above?: number;
  readonly below?: number;
}

export const SIGNS = {
  newProcess: { name: 'process_start_time_seconds' },
  silent: { name: 'up', below: 1 },
  draining: { name: 'draining', above: 0 },
  noDatabase: { name: 'database_up', below: 1 },
  databaseErrors: { name: 'database_errors_total' },
  redeliveries: { name: 'redeliveries_total' },
} as const satisfies Readonly<Record<string, Sign>>;

/** In the words of Prometheus. */
export function nameOf({ name, labels = {}, above, below }: Sign): string {
  const pairs = Object.entries(labels).map(([label, value]) => `${label}="${value}"`);
  const series = pairs.length === 0 ? name : `${name}{${pairs.join(',')}}`;
  if (above !== undefined) return `${series} > ${above}`;
  return below === undefined ? `increase(${series})` : `${series} < ${below}`;
}

/** Scrapes all replicas from now on, across their starts, and looks for signs. */
export class MetricsWatch {
  /** Those that some replica has shown. */
  readonly seen = new Set<Sign>();
  /** The least that a sign's sum was, by replica: counters of a new process begin anew. */
  private readonly least = new Map<string, number>();
  private readonly stopping = new AbortController();
  private readonly ended: Promise<unknown>;

  constructor(
    urls: readonly string[],
    private readonly signs: readonly Sign[],
  ) {
    this.ended = Promise.all(urls.map((url) => this.watch(url)));
  }

  /** Resolves after a last scrape of each replica: what was counted before the call is seen. */
  async stop(): Promise<void> {
    this.stopping.abort();
    await this.ended;
  }

  private async watch(url: string): Promise<void> {
    const { signal } = this.stopping;
    for (let isLast = false; !isLast;) {
      isLast = signal.aborted;
      const read = await valuesAt(url);
      for (const sign of this.signs) this.look(url, sign, read(sign));
      await pause(EVERY_MILLISECONDS, undefined, { signal }).catch(() => undefined);
    }
  }

  private look(url: string, sign: Sign, value: number | undefined): void {
    if (value === undefined) return;
    const key = `${url} ${nameOf(sign)}`;
    const least = Math.min(this.least.get(key) ?? value, value);
    this.least.set(key, least);
    const { below = -Infinity, above = below === -Infinity ? least : Infinity } = sign;
    if (value > above || value < below) this.seen.add(sign);
  }
}

/** The value of a sign in one scrape. */
type Read = (sign: Sign) => number | undefined;

async function valuesAt(url: string): Promise<Read> {
  try {
    const scraped = await scrape(url, AbortSignal.timeout(PATIENCE_MILLISECONDS));
    // a counter with labels is not there before it is counted first
    return ({ name, labels }) =>
      name === 'up' ? 1 : (scraped.value(name, labels) ?? absent(name));
  } catch {
    return ({ name }) => (name === 'up' ? 0 : undefined);
  }
}

const absent = (name: string): number | undefined => (name.endsWith('_total') ? 0 : undefined);
