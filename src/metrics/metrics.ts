import { Injectable } from '@nestjs/common';
import { collectDefaultMetrics, Counter, Gauge, Histogram, Registry } from 'prom-client';

const PREFIX = 'superlink_';

/** What stands in the text about one metric. */
export interface MetricText<Label extends string> {
  /** Without the prefix that all have. */
  readonly name: string;
  readonly help: string;
  /** Their values must come from lists of our own, never from what a client says: each set of them is kept for ever. */
  readonly labels?: readonly Label[];
}

/** Takes one value. */
export type SetValue<Label extends string> = (
  value: number,
  labels?: Partial<Record<Label, string>>,
) => void;

/**
 * The numbers of this replica. Each module makes its own, mostly in a constructor. A counter costs about a microsecond
 * each time; a gauge costs nothing until somebody asks.
 */
@Injectable()
export class Metrics {
  private readonly registry = new Registry();

  counter<Label extends string = never>(text: MetricText<Label>): Counter<Label> {
    return new Counter(this.configurationOf(text));
  }

  /** @param buckets upper bounds, ascending */
  histogram<Label extends string = never>(
    text: MetricText<Label>,
    buckets: readonly number[],
  ): Histogram<Label> {
    return new Histogram({ ...this.configurationOf(text), buckets: [...buckets] });
  }

  /** A gauge that `read` fills anew at each scrape: what it does not set then is not shown. */
  gauge<Label extends string = never>(
    text: MetricText<Label>,
    read: (set: SetValue<Label>) => void,
  ): void {
    new Gauge({
      ...this.configurationOf(text),
      collect() {
        this.reset();
        this.remove({}); // without labels a reset gauge would say 0
        read((value, labels = {}) => {
          this.set(labels, value);
        });
      },
    });
  }

  /** A counter that its owner keeps; `read` tells its values at each scrape. */
  lazyCounter<Label extends string = never>(
    text: MetricText<Label>,
    read: (set: SetValue<Label>) => void,
  ): void {
    new Counter({
      ...this.configurationOf(text),
      collect() {
        this.reset();
        read((value, labels = {}) => {
          this.inc(labels, value);
        });
      },
    });
  }

  /** From now on the numbers of the process, too: CPU, memory, event loop, garbage collection. */
  addProcess(): void {
    collectDefaultMetrics({ register: this.registry, prefix: PREFIX });
  }

  /** All of them, in Prometheus' text form. */
  async text(): Promise<string> {
    return this.registry.metrics();
  }

  get contentType(): string {
    return this.registry.contentType;
  }

  private configurationOf<Label extends string>({
    name,
    help,
    labels = [],
  }: MetricText<Label>): {
    name: string;
    help: string;
    labelNames: Label[];
    registers: Registry[];
  } {
    return { name: PREFIX + name, help, labelNames: [...labels], registers: [this.registry] };
  }
}
