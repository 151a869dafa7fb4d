import type { TestReplica } from './replicas';

/** For a replica whose metrics are scraped; the port is in its log. */
export const METRICS_FLAGS = ['--metrics-address', '127.0.0.1:0'];

const SAMPLE = /^(\w+)(?:\{(.*)\})? (\S+)$/;
const LABEL = /(\w+)="([^"]*)"/g;

type Labels = Readonly<Record<string, string>>;

export interface MetricSample {
  /** Without `superlink_`. */
  readonly name: string;
  readonly labels: Labels;
  readonly value: number;
}

/** What one scrape gave. */
export class Scrape {
  readonly samples: readonly MetricSample[];

  constructor(readonly text: string) {
    const lines = text.split('\n').filter((line) => line !== '' && !line.startsWith('#'));
    this.samples = lines.map(readSample);
  }

  /** The sum of all samples with these labels, whatever others they have; undefined if there are none. */
  value(name: string, labels: Labels = {}): number | undefined {
    const found = this.samples.filter(
      (sample) =>
        sample.name === name &&
        Object.entries(labels).every(([label, value]) => sample.labels[label] === value),
    );
    return found.length === 0 ? undefined : found.reduce((sum, { value }) => sum + value, 0);
  }

  /** All values of a label. */
  labels(label: string): Set<string> {
    return new Set(this.samples.flatMap(({ labels }) => labels[label] ?? []));
  }
}

/** Where the metrics of a replica with `METRICS_FLAGS` are. */
export function metricsUrlOf({ log }: TestReplica): string {
  const line = log.find((each) => each.includes('"serving metrics"'));
  if (line === undefined) throw new TypeError('the replica serves no metrics');
  const { listen } = JSON.parse(line) as { listen: { host: string; port: number } };
  return `http://${listen.host}:${listen.port}/metrics`;
}

/** Scrapes once, until `signal` aborts it. */
export async function scrape(url: string, signal?: AbortSignal): Promise<Scrape> {
  const answer = await fetch(url, signal === undefined ? {} : { signal });
  if (answer.status !== 200) throw new TypeError(`the metrics answered ${answer.status}`);
  return new Scrape(await answer.text());
}

function readSample(line: string): MetricSample {
  const [, name = '', labels = '', value = ''] = SAMPLE.exec(line) ?? [];
  if (!name.startsWith('superlink_')) throw new TypeError(`no sample of ours: ${line}`);
  return {
    name: name.replace('superlink_', ''),
    labels: Object.fromEntries(
      [...labels.matchAll(LABEL)].map(([, label = '', said = '']) => [label, said]),
    ),
    value: Number(value.replace('Nan', 'NaN')),
  };
}
