import { pino } from 'pino';

import { Presence } from './presence';

const FLUSH_MILLISECONDS = 5_000;
const [ONE, OTHER] = [Buffer.from('one'), Buffer.from('other')];

describe('presence', () => {
  let presence: Presence;
  let written: string[][];

  beforeEach(() => {
    vi.useFakeTimers();
    written = [];
    presence = new Presence(pino({ level: 'silent' }));
    presence.onApplicationBootstrap();
  });

  afterEach(async () => {
    await presence.beforeApplicationShutdown();
    vi.useRealTimers();
  });

  /** Writes callers down; `meanwhile` is called during each write. */
  const write = (meanwhile: () => void = () => undefined): void => {
    presence.writeWith('node', (keys) => {
      written.push(keys.map(String));
      meanwhile();
      return Promise.resolve();
    });
  };

  it('writes everybody who called down once, however often they did', async () => {
    write();
    for (const key of [ONE, OTHER, ONE]) presence.note('node', key);
    await vi.advanceTimersByTimeAsync(FLUSH_MILLISECONDS);
    await vi.advanceTimersByTimeAsync(FLUSH_MILLISECONDS);
    expect(written).toEqual([['one', 'other']]);
  });

  it('writes once in 5 s, however many call while it writes', async () => {
    write(() => {
      if (written.length < 100) presence.note('node', OTHER);
    });
    presence.note('node', ONE);
    await vi.advanceTimersByTimeAsync(FLUSH_MILLISECONDS);
    expect(written).toEqual([['one']]);
    await vi.advanceTimersByTimeAsync(FLUSH_MILLISECONDS);
    expect(written).toEqual([['one'], ['other']]);
  });

  it('writes the last callers down before its replica ends', async () => {
    write();
    presence.note('node', ONE);
    await presence.beforeApplicationShutdown();
    expect(written).toEqual([['one']]);
  });

  it('goes on after a write that failed', async () => {
    presence.writeWith('node', () => Promise.reject(new Error('the database is away')));
    presence.note('node', ONE);
    await vi.advanceTimersByTimeAsync(FLUSH_MILLISECONDS);
    write();
    presence.note('node', OTHER);
    await vi.advanceTimersByTimeAsync(FLUSH_MILLISECONDS);
    expect(written).toEqual([['other']]);
  });
});
