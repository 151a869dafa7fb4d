import { describe, expect, it } from 'vitest';

import { SuperLinkError } from '../errors/superlink-error';
import { Wakeups } from '../waiting/wakeups';
import { type Batch, follow } from './follow';

const TOPIC = 'log:1';
const NEVER_GONE = new AbortController().signal;

/** A run that writes numbers; `reads` counts the looks at it. */
class FakeRun {
  readonly written: number[] = [];
  isOver = false;
  reads = 0;
  onRead: () => void = () => undefined;

  read = (cursor: number): Promise<Batch<number, number>> => {
    this.reads += 1;
    const items = this.written.slice(cursor, cursor + 2);
    const batch = {
      items,
      cursor: cursor + items.length,
      isEmpty: items.length === 0,
      isRunOver: this.isOver,
    };
    this.onRead();
    return Promise.resolve(batch);
  };
}

function followed(run: FakeRun, wakeups: Wakeups, gone = NEVER_GONE): AsyncGenerator<number> {
  return follow(wakeups, { topic: TOPIC, start: 0, read: run.read }, { gone, canResume: true });
}

async function all(items: AsyncIterable<number>): Promise<number[]> {
  const seen: number[] = [];
  for await (const item of items) seen.push(item);
  return seen;
}

describe('following a run', () => {
  it('tells all of a run that is over, each item once', async () => {
    const run = new FakeRun();
    run.written.push(1, 2, 3, 4, 5);
    run.isOver = true;
    expect(await all(followed(run, new Wakeups()))).toEqual([1, 2, 3, 4, 5]);
  });

  it('reads no further than its consumer takes', async () => {
    const run = new FakeRun();
    run.written.push(1, 2, 3, 4, 5);
    const items = followed(run, new Wakeups());
    await items.next();
    await items.next();
    expect(run.reads).toBe(1);
    await items.return(undefined);
  });

  it('tells what was written between the look and the end of the run', async () => {
    const run = new FakeRun();
    const wakeups = new Wakeups();
    run.onRead = () => {
      run.onRead = () => undefined;
      run.written.push(9);
      run.isOver = true;
      wakeups.wake(TOPIC);
    };
    const began = performance.now();
    expect(await all(followed(run, wakeups))).toEqual([9]);
    expect(performance.now() - began).toBeLessThan(500); // the wake-up during the look counted
  });

  it('waits once, however much there is to tell before', async () => {
    const run = new FakeRun();
    run.written.push(1, 2, 3, 4, 5, 6);
    const wakeups = new Wakeups();
    const items = followed(run, wakeups);
    for (let count = 0; count < 5; count += 1) await items.next();
    expect(wakeups.count()).toBe(1);
    await items.return(undefined);
  });

  it('notices by itself what no notification told', async () => {
    const run = new FakeRun();
    run.onRead = () => {
      run.isOver = true;
    };
    expect(await all(followed(run, new Wakeups()))).toEqual([]);
    expect(run.reads).toBe(2);
  });

  it('ends so that clients resume when the replica drains', async () => {
    const run = new FakeRun();
    run.written.push(1);
    const wakeups = new Wakeups();
    const items = followed(run, wakeups);
    expect(await items.next()).toEqual({ done: false, value: 1 });
    const next = items.next();
    wakeups.close();
    const error: unknown = await next.catch((thrown: unknown) => thrown);
    expect(error).toBeInstanceOf(SuperLinkError);
    expect(error).toMatchObject({ errorName: 'STREAM_MOVED' });
  });

  it('ends when its client has gone', async () => {
    const run = new FakeRun();
    const client = new AbortController();
    const end = all(followed(run, new Wakeups(), client.signal));
    client.abort();
    expect(await end).toEqual([]);
  });
});
