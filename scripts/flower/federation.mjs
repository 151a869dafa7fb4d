/** Stock SuperExec, SuperNodes and CLI against any SuperLink: start, run an app, read the outcome. */
import { mkdirSync, writeFileSync } from 'node:fs';
import { join } from 'node:path';

import { addressFor, superExecAddress, superNodeAddresses } from './generation.mjs';
import { LogFollower } from './log-follower.mjs';

const RUN_LIMIT_MS = 10 * 60_000;
const START_LIMIT_MS = 60_000;
const CONNECTION = 'here';
// Clients end while their servers still answer.
const STAGE = 3;

/**
 * What `flwr` needs in `$FLWR_HOME/config.toml` to reach a Control API: with TLS if the path of the
 * certificate authority is given.
 */
export function cliConfig(controlAddress, name = CONNECTION, rootCertificates = undefined) {
  return [
    '[superlink]',
    `default = "${name}"`,
    '',
    `[superlink.${name}]`,
    `address = "${controlAddress}"`,
    rootCertificates ? `root-certificates = "${rootCertificates}"` : 'insecure = true',
    '',
  ].join('\n');
}

/**
 * One federation of stock programs. `flower` is the release of the CLI, and of all others that are
 * started without one of their own. `addresses` are `{ fleet, serverAppIo, control, http }`, each
 * `host:port`; the last one is needed for releases that use it. `directory` takes the programs'
 * files, a home of its own for each of them, for they unpack apps there and would race.
 * `rootCertificates` is the path of the authority that all of them trust, absent without TLS.
 */
export class Federation {
  constructor({ household, flower, addresses, directory, rootCertificates }) {
    Object.assign(this, { household, flower, addresses, directory, rootCertificates });
    this.transport = rootCertificates ? ['--root-certificates', rootCertificates] : ['--insecure'];
    this.nodes = [];
    this.cliHome = this.#home('cli');
    this.pointCli(addresses);
  }

  /** From now on the CLI goes to these addresses. */
  pointCli(addresses) {
    const address = addressFor('cli', this.flower.version, addresses);
    const config = cliConfig(address, CONNECTION, this.rootCertificates);
    writeFileSync(join(this.cliHome, 'config.toml'), config);
  }

  #home(name) {
    const home = join(this.directory, name);
    mkdirSync(home, { recursive: true });
    return home;
  }

  #start(flower, name, program, args) {
    const env = flower.env(this.#home(name));
    return this.household.start(name, flower.bin(program), args, { env, stage: STAGE });
  }

  /**
   * The process that starts ServerApps and simulations. It throws away what these print: see
   * `follow`.
   */
  startSuperExec(options = {}) {
    const { name = 'superexec', plugin = 'serverapp', extra = [], flower = this.flower } = options;
    const address = superExecAddress(flower.version, this.addresses);
    const args = [...this.transport, '--plugin-type', plugin, ...address, ...extra];
    this.superExec = this.#start(flower, name, 'flower-superexec', args);
    return this.superExec;
  }

  /** One SuperNode; `port` is for its own ClientApps. What these print is in its lines. */
  startSuperNode(partition, partitions, port, options = {}) {
    const { name = `supernode-${partition + 1}`, extra = [], flower = this.flower } = options;
    const node = this.#start(flower, name, 'flower-supernode', [
      ...this.transport,
      ...superNodeAddresses(flower.version, this.addresses, port),
      '--node-config',
      `partition-id=${partition} num-partitions=${partitions}`,
      ...extra,
    ]);
    this.nodes.push(node);
    return node;
  }

  /** Ends the SuperExec and all SuperNodes, and forgets them. */
  async endPrograms() {
    const programs = [this.superExec, ...this.nodes.splice(0)];
    await Promise.all(programs.map((program) => program?.stop()));
  }

  /** The node's id once the SuperLink has registered and activated it. */
  async nodeId(node) {
    const { text } = await node.waitForLine(/SuperNode ID: (\d+)/, START_LIMIT_MS);
    return /SuperNode ID: (\d+)/.exec(text)[1];
  }

  /** Until a node has a round's message as a whole and its ClientApp begins to work on it. */
  async atWork(node, runId, round, limitMs = RUN_LIMIT_MS) {
    const announced = new RegExp(`\\[RUN ${runId}, ROUND ${round}\\]`);
    const line = await node.waitForLine(announced, limitMs);
    await node.waitForLine(/Start `flwr-clientapp` process/, limitMs, line);
  }

  /** Runs the CLI to its end; its lines. Rejects with its last lines on a non-zero exit. */
  flwr(args, name = `flwr-${args[0]}`) {
    const env = this.flower.env(this.cliHome);
    return this.household.run(name, this.flower.bin('flwr'), args, { env, stage: STAGE });
  }

  /** The CLI's answer as JSON. Rejects with what it says if it failed. */
  async json(args) {
    const lines = await this.flwr([...args, '--format', 'json']);
    const text = lines.join('\n');
    const answer = JSON.parse(text.slice(text.indexOf('{')));
    // With JSON the CLI ends with 0 even when it failed; not every command says that it went well.
    if (answer.success === false)
      throw new Error(`flwr ${args.join(' ')}: ${answer['error-message']}`);
    return answer;
  }

  /**
   * `flwr run`: the new run's id as a decimal string. `config` are run config values, `simulation`
   * those of the federation's config that this run overrides.
   */
  async run(app, config = {}, simulation = {}) {
    const overrides = [
      ...override('--run-config', config),
      ...override('--federation-config', simulation),
    ];
    const answer = await this.json(['run', app, CONNECTION, ...overrides]);
    return answer['run-id'];
  }

  /** The run as `flwr ls` shows it. */
  async show(runId) {
    const answer = await this.json(['ls', CONNECTION, '--run-id', runId]);
    return answer.runs[0];
  }

  /** The run's log as `flwr log --show` prints it. */
  log(runId) {
    return this.flwr(['log', runId, CONNECTION, '--show'], 'flwr-log');
  }

  /** The run's log from its beginning, line by line, until the run has ended. */
  follow(runId) {
    const env = this.flower.env(this.cliHome);
    const args = ['log', runId, CONNECTION, '--stream'];
    return new LogFollower(() =>
      this.household.start('flwr-log-stream', this.flower.bin('flwr'), args, { env, stage: STAGE }),
    );
  }

  /** Waits for the run's end; its `outcome`. */
  async waitForEnd(runId, limitMs = RUN_LIMIT_MS) {
    await this.follow(runId).waitForEnd(limitMs);
    return this.outcome(runId);
  }

  /** `{ run, lines, result }` of an ended run: as `flwr ls` shows it, its log, its `resultOf`. */
  async outcome(runId) {
    const lines = await this.log(runId);
    return { run: await this.show(runId), lines, result: resultOf(lines) };
  }
}

/** The flag with its values as TOML; nothing if there are none. */
function override(flag, values) {
  const pairs = Object.entries(values).map(([key, value]) => `${key}=${JSON.stringify(value)}`);
  return pairs.length > 0 ? [flag, pairs.join(' ')] : [];
}

/** What an example app printed as its result: the JSON after `RESULT`; null if it did not. */
export function resultOf(lines) {
  const line = lines.findLast((text) => text.startsWith('RESULT {'));
  return line ? JSON.parse(line.slice('RESULT '.length)) : null;
}

const RECEIVING = /Receiving: (\S+) message \(ID: ([0-9a-f]+)\)/;
const SENDING = /Sending: (\S+) message \(ID: ([0-9a-f]+)\)/;

/**
 * The clients' own part of each round trip, read from a SuperNode's lines: from its receipt of a
 * message to its beginning to send the reply. A SuperNode works on one message at a time.
 * Returns `{ type, messageId, receivedAt, sendingAt }`, times in milliseconds since the epoch.
 */
export function clientParts(lines) {
  const parts = [];
  let open = null;
  for (const { at, text } of lines) {
    const received = RECEIVING.exec(text);
    if (received) open = { type: received[1], messageId: received[2], receivedAt: at };
    if (open && SENDING.test(text)) {
      parts.push({ ...open, sendingAt: at });
      open = null;
    }
  }
  return parts;
}
