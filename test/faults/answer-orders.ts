import { mkdirSync, readdirSync, renameSync, rmSync, writeFileSync } from 'node:fs';
import { join, resolve } from 'node:path';
import { pathToFileURL } from 'node:url';

/** What happens to an answer that is about to be written, its call committed. */
export type AnswerFault = 'kill' | 'lose' | 'block';

const FIXTURE = pathToFileURL(resolve('test/faults/answer-faults.mjs')).href;

/** Orders to the replicas about their next answers: see answer-faults.mjs, which obeys them. */
export class AnswerOrders {
  private given = 0;

  constructor(private readonly folder: string) {
    mkdirSync(folder, { recursive: true });
  }

  /** What a replica needs to look for orders. */
  get environment(): Readonly<Record<string, string>> {
    return { NODE_OPTIONS: `--import=${FIXTURE}`, ANSWER_FAULTS: this.folder };
  }

  /**
   * Of the coming answers to a method (`fleet.pull-messages`, or `http:fleet.pull-messages` for those over HTTP), on
   * whatever replica, the `nth` meets the fault.
   */
  give(method: string, fault: AnswerFault, nth = 1): void {
    for (let answer = 1; answer < nth; answer += 1) this.write(method, 'pass');
    this.write(method, fault);
  }

  /** Methods that have orders which no answer has met. */
  get pending(): string[] {
    const files = readdirSync(this.folder).filter((file) => file.includes('@'));
    return [...new Set(files.map((file) => file.split('@')[0]!))];
  }

  /** Takes all orders back. */
  clear(): void {
    const files = readdirSync(this.folder).filter((file) => file.includes('@'));
    for (const file of files) rmSync(join(this.folder, file), { force: true });
  }

  private write(method: string, order: string): void {
    this.given += 1;
    const number = String(this.given).padStart(6, '0');
    const unfinished = join(this.folder, 'new');
    writeFileSync(unfinished, order);
    renameSync(unfinished, join(this.folder, `${method}@${number}`));
  }
}
