/** A run's log, followed with the stock CLI, which gives up when its connection breaks. */
import { EventEmitter } from 'node:events';

const RETRY_MS = 500;

/**
 * Emits `line` (text) once for each line of the log, in order, and `again` when the CLI lost its
 * connection and was started anew. `start` starts one `flwr log --stream`, which prints the log
 * from its beginning.
 */
export class LogFollower extends EventEmitter {
  #ended = false;

  constructor(start) {
    super();
    this.setMaxListeners(0);
    this.lines = [];
    this.ended = this.#follow(start);
    // Whoever awaits it sees the error; nobody has to.
    this.ended.catch(() => {});
  }

  async #follow(start) {
    for (;;) {
      this.child = start();
      const printed = this.#read(this.child);
      const { code } = await this.child.exited;
      if (code === 0) this.lines.length = printed.lines; // more came of a CLI that told why it broke off
      if (code === 0 || this.#ended) break;
      this.emit('again', this.child.tail(3));
      await new Promise((resolve) => setTimeout(resolve, RETRY_MS));
    }
    this.emit('end');
  }

  #read(child) {
    const printed = { lines: 0 };
    child.on('line', ({ text }) => {
      // The CLI's own messages aren't part of the log.
      if (/logstream|^Error|UNAVAILABLE/.test(text)) return;
      // A line that was cut off when the connection broke comes again as a whole.
      if (this.lines[printed.lines] !== text) {
        this.lines[printed.lines] = text;
        this.emit('line', text);
      }
      printed.lines += 1;
    });
    return printed;
  }

  /** The first line, seen already or yet to come, that `pattern` matches. */
  waitForLine(pattern, limitMs) {
    const found = this.lines.find((text) => pattern.test(text));
    if (found) return Promise.resolve(found);
    return new Promise((resolve, reject) => {
      const look = (text) => pattern.test(text) && finish(resolve, text);
      const ended = () => finish(reject, new Error(`the log ended without ${pattern}`));
      const late = () => finish(reject, new Error(`no ${pattern} in the log in ${limitMs} ms`));
      const timer = setTimeout(late, limitMs);
      const finish = (act, value) => {
        clearTimeout(timer);
        this.off('line', look);
        this.off('end', ended);
        act(value);
      };
      this.on('line', look);
      this.on('end', ended);
    });
  }

  /** Until the run has ended and its log is complete. */
  async waitForEnd(limitMs) {
    let timer;
    const late = new Promise((_, reject) => {
      timer = setTimeout(() => reject(new Error(`the run goes on after ${limitMs} ms`)), limitMs);
    });
    try {
      await Promise.race([this.ended, late]);
    } finally {
      clearTimeout(timer);
      this.stop();
    }
  }

  /** Ends the CLI. */
  stop() {
    this.#ended = true;
    this.child.kill('SIGTERM');
  }
}
