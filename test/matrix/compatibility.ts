import { writeFile } from 'node:fs/promises';

import { format } from 'prettier';

import { taskService, transportOf } from '../../scripts/flower/generation.mjs';
import { MIXED, type NamedFederation, UNIFORM } from '../e2e/federations';
import { momentOf } from '../e2e/play-federation';

const PATH = 'docs/compatibility.md';

const INTRODUCTION = `<!-- Made by \`npm run test:matrix\` from its results. Do not edit. -->

# Compatibility

Every row is a run of examples/toy: two rounds and a count of what each node has executed, by unchanged Flower programs
from PyPI, through the HAProxy of docker/haproxy.cfg, over two replicas and one PostgreSQL. In each run one replica gets
SIGKILL at the moment named. A run passes when the ServerApp completed it, when every message was stored, delivered and
answered once and unaltered, when nothing of it is left in the database, and when no client program has ended or told
of an error.`;

const MIXES = `
## What mixes with what

Every release from 1.31 to 1.42 with every other, in each of the three columns: messages, records, contexts and FABs have
one form in all of them, so the SuperLink translates nothing. The app decides. Each program runs it with the Flower that
it is of itself, so the app may use only what the oldest of them has, and only what the newest still has:

- \`flwr.app\`, \`flwr.serverapp\`, \`flwr.clientapp\`, \`flwr.server.strategy\`, \`flwr.common.typing\` and
  \`flwr.common.logger\` are in all of them; the privacy accounting in \`flwr.app\` only in newer ones;
- apps that reach into \`flwr.client.numpy_client\`, \`flwr.common.parameter\` or \`flwr.common.recorddict_compat\` run
  with 1.31 only.

A SuperExec starts ServerApps with its own Flower, and a SuperNode its ClientApps; a stock SuperNode refuses ClientApps
of another release.`;

/** Collects what the matrix found, prints it and makes docs/compatibility.md of it. */
export class Compatibility {
  private readonly results = new Map<string, boolean>();

  note(name: string, hasPassed: boolean): void {
    this.results.set(name, hasPassed);
  }

  /** Prints the table. The document changes only when all of the matrix was run. */
  async write(): Promise<void> {
    const text = this.document();
    process.stdout.write(`${text}\n`);
    const isWhole = [...UNIFORM, ...MIXED].every(({ name }) => this.results.has(name));
    if (isWhole) await writeFile(PATH, await format(text, { parser: 'markdown' }));
  }

  private document(): string {
    const today = new Date().toISOString().slice(0, 10);
    return [
      INTRODUCTION,
      `\nRun on ${today}.\n\n## One release\n`,
      '| release | flwr | SuperExec, ServerApp | SuperNodes | a replica dies when | result |',
      '| --- | --- | --- | --- | --- | --- |',
      ...UNIFORM.map((each) => this.row(each, this.transports(each))),
      '\n## Mixed\n',
      '| federation | flwr | SuperExec, ServerApp | SuperNodes | a replica dies when | result |',
      '| --- | --- | --- | --- | --- | --- |',
      ...MIXED.map((each) => this.row(each, this.releasesAndTransports(each))),
      MIXES,
    ].join('\n');
  }

  private row(federation: NamedFederation, cells: readonly string[]): string {
    const { name } = federation;
    const result = this.results.get(name);
    const verdict = result === undefined ? 'not run' : result ? 'passed' : 'FAILED';
    return `| ${[name, ...cells, momentOf(federation).name, verdict].join(' | ')} |`;
  }

  private transports({ releases }: NamedFederation): string[] {
    return [
      transportOf('cli', releases.cli),
      taskTransport(releases.superExec),
      transportOf('superNode', releases.superNodes[0]!),
    ];
  }

  private releasesAndTransports({ releases }: NamedFederation): string[] {
    const { cli, superExec, superNodes } = releases;
    return [
      `${cli} ${transportOf('cli', cli)}`,
      `${superExec} ${taskTransport(superExec)}`,
      superNodes.map((release) => `${release} ${transportOf('superNode', release)}`).join(', '),
    ];
  }
}

function taskTransport(release: string): string {
  const transport = transportOf('superExec', release);
  return transport === 'gRPC' ? `${transport} ${taskService(release)}` : transport;
}
