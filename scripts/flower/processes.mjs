/** Child processes that log to files, can be awaited by what they print, and never outlive us. */
import { spawn } from 'node:child_process';
import { EventEmitter } from 'node:events';
import { createWriteStream, mkdirSync } from 'node:fs';
import { join } from 'node:path';
import { createInterface } from 'node:readline';

const STOP_SECONDS = 10;
const FATAL_SIGNALS = ['SIGINT', 'SIGTERM', 'SIGHUP'];

/**
 * One running program in a process group of its own. `lines` holds what it printed, each
 * `{ at, text }` with `at` in milliseconds since the epoch; emits `line` for each.
 */
export class Child extends EventEmitter {
  constructor(name, command, args, options) {
    const { env, cwd, uid, gid, logDirectory, stopSignal = 'SIGTERM', stage = 0 } = options;
    super();
    this.setMaxListeners(0);
    this.name = name;
    this.stopSignal = stopSignal;
    this.stage = stage;
    this.isKilled = false;
    this.lines = [];
    this.process = spawn(command, args, {
      env: env ?? process.env,
      cwd,
      uid,
      gid,
      detached: true,
      stdio: ['ignore', 'pipe', 'pipe'],
    });
    this.pid = this.process.pid;
    const hear = this.#recordTo(
      createWriteStream(join(logDirectory, `${name}.log`), { flags: 'a' }),
    );
    this.exited = new Promise((resolve) => {
      this.process.once('error', (error) => {
        hear(`${error.message}: is it installed?`);
        resolve({ code: null, signal: null, error });
      });
      this.process.once('close', (code, signal) => resolve({ code, signal, error: null }));
    });
    this.isRunning = true;
    this.exited.then((result) => {
      this.isRunning = false;
      this.result = result;
      this.emit('end');
    });
  }

  /** Keeps what the program prints, and what else is told to the function that it returns. */
  #recordTo(file) {
    const hear = (text) => {
      const line = { at: Date.now(), text };
      this.lines.push(line);
      file.write(`${text}\n`);
      this.emit('line', line);
    };
    for (const stream of [this.process.stdout, this.process.stderr]) {
      createInterface({ input: stream }).on('line', hear);
    }
    this.process.once('close', () => file.end());
    return hear;
  }

  /**
   * The first line, printed already or yet to come, that `pattern` matches. Rejects when the
   * process ends first or `timeoutMs` have passed. `after`: a line before which none counts.
   */
  waitForLine(pattern, timeoutMs = 60_000, after = undefined) {
    const rest = this.lines.slice(this.lines.indexOf(after) + 1);
    const found = rest.find(({ text }) => pattern.test(text));
    if (found) return Promise.resolve(found);
    return new Promise((resolve, reject) => {
      const finish = (act, value) => {
        clearTimeout(timer);
        this.off('line', look);
        this.off('end', ended);
        act(value);
      };
      const fail = (why) => finish(reject, new Error(`${this.name} ${why}\n${this.tail()}`));
      const look = (line) => pattern.test(line.text) && finish(resolve, line);
      const ended = () => fail(`ended without printing ${pattern}`);
      const timer = setTimeout(
        () => fail(`did not print ${pattern} in ${timeoutMs} ms`),
        timeoutMs,
      );
      this.on('line', look);
      this.on('end', ended);
      if (!this.isRunning) ended();
    });
  }

  /** The last lines it printed, for error messages. */
  tail(count = 15) {
    return this.lines
      .slice(-count)
      .map(({ text }) => `  | ${text}`)
      .join('\n');
  }

  /** Signals the program and all that it started. */
  kill(signal = 'SIGKILL') {
    this.isKilled = true;
    if (this.pid === undefined || this.#hasLostItsNumber()) return;
    try {
      process.kill(-this.pid, signal);
    } catch (error) {
      // ESRCH: the whole group is gone already.
      if (error.code !== 'ESRCH') throw error;
    }
  }

  /** The number of a process goes to another one only when its whole group has ended. */
  #hasLostItsNumber() {
    const { exitCode, signalCode } = this.process;
    return (exitCode ?? signalCode) !== null && isAlive(this.pid);
  }

  /** Its stop signal, then SIGKILL to whatever is left of the group after `seconds`. */
  async stop(seconds = STOP_SECONDS) {
    if (this.isRunning) {
      this.kill(this.stopSignal);
      const timer = setTimeout(() => this.kill('SIGKILL'), seconds * 1000);
      await this.exited;
      clearTimeout(timer);
    }
    this.kill('SIGKILL');
  }
}

/** True if there is a process of this number, whoever owns it. */
export function isAlive(pid) {
  try {
    return process.kill(pid, 0);
  } catch (error) {
    return error.code === 'EPERM';
  }
}

/** Never resolves; rejects when one of the children ends that was not killed by us. */
export function unlessOneEnds(children) {
  return new Promise((_, reject) => {
    for (const child of children) {
      child.exited.then(() => {
        if (!child.isKilled) reject(new Error(`${child.name} ended\n${child.tail()}`));
      });
    }
  });
}

/** Kills the process groups it was told of when its parent dies, however that happens. */
const GUARD_SCRIPT = `
  while read -r event id; do
    [ "$event" = started ] && running="$running $id" && continue
    rest=; for each in $running; do [ "$each" = "$id" ] || rest="$rest $each"; done; running=$rest
  done
  for each in $running; do kill -s KILL -- "-$each"; done`;

function startGuard() {
  const options = { stdio: ['pipe', 'ignore', 'ignore'], detached: true };
  const guard = spawn('sh', ['-c', GUARD_SCRIPT], options);
  guard.unref();
  guard.stdin.unref();
  // It may be gone already when the machine shuts down.
  guard.stdin.on('error', () => {});
  return guard;
}

/**
 * Keeps all children of one script and ends them, those of the highest stage first, on `stop`, on a
 * fatal signal (exit code 128 + its number) and, the hard way, when the script exits otherwise.
 */
export class Household {
  #children = [];
  #cleanups = [];
  #stopping = null;
  #guard = startGuard();
  #tellStopped;

  /** Resolves when `stop` has ended everything. */
  stopped = new Promise((resolve) => {
    this.#tellStopped = resolve;
  });

  constructor(logDirectory) {
    mkdirSync(logDirectory, { recursive: true });
    this.logDirectory = logDirectory;
    process.on('exit', this.#killAll);
    for (const signal of FATAL_SIGNALS) process.on(signal, this.#onSignal);
  }

  #killAll = () => {
    for (const child of this.#children) child.kill('SIGKILL');
  };

  #onSignal = (signal, number) => {
    // A second Ctrl-C doesn't wait for anyone.
    if (this.#stopping) process.exit(128 + number);
    process.stderr.write(`\n${signal}: stopping everything\n`);
    this.stop().finally(() => process.exit(128 + number));
  };

  /**
   * Starts a program; `name` is also its log file's. Options beside those of `spawn`: `stage`, in
   * which it is stopped (clients above their servers), and `stopSignal`.
   */
  start(name, command, args, options = {}) {
    if (this.#stopping) throw new Error(`${name} is not started: the script is ending`);
    const child = new Child(name, command, args, { logDirectory: this.logDirectory, ...options });
    this.#children.push(child);
    this.#guard.stdin.write(`started ${child.pid}\n`);
    child.exited.then(() => this.#guard.stdin.write(`ended ${child.pid}\n`));
    return child;
  }

  /** The child that was last started under the name. */
  find(name) {
    return this.#children.findLast((child) => child.name === name);
  }

  /** Runs a program to its end; what it printed, or an error that shows its last lines. */
  async run(name, command, args, options = {}) {
    const child = this.start(name, command, args, options);
    const { code, signal, error } = await child.exited;
    this.#children = this.#children.filter((other) => other !== child);
    if (code === 0) return child.lines.map(({ text }) => text);
    throw new Error(`${name} failed (${error?.message ?? signal ?? code})\n${child.tail()}`);
  }

  /** Whether `stop` was called or a signal came. */
  get isStopping() {
    return this.#stopping !== null;
  }

  /** Something to do after all children have ended, latest first. */
  onStop(cleanup) {
    this.#cleanups.push(cleanup);
  }

  /** Ends everything. Calling it twice is the same as once. */
  stop() {
    this.#stopping ??= this.#stopAll();
    return this.#stopping;
  }

  async #stopAll() {
    const stages = [...new Set(this.#children.map(({ stage }) => stage))].sort((a, b) => b - a);
    for (const stage of stages) {
      const children = this.#children.filter((child) => child.stage === stage);
      await Promise.all(children.map((child) => child.stop()));
    }
    for (const cleanup of this.#cleanups.toReversed()) await cleanup();
    this.#guard.stdin.end();
    process.off('exit', this.#killAll);
    for (const signal of FATAL_SIGNALS) process.off(signal, this.#onSignal);
    this.#tellStopped();
  }
}
