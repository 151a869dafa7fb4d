import { Wakeups } from './wakeups';

const LONG = 60_000;

describe('Wakeups', () => {
  const { signal: present } = new AbortController();

  it('wakes everybody who waits for a topic, and nobody else', async () => {
    const wakeups = new Wakeups();
    const woken = [1, 2].map(() => wakeups.wait('node:1', LONG, present));
    void wakeups.wait('node:2', LONG, present);
    expect(wakeups.count()).toBe(3);
    expect([...wakeups.countByKind()]).toEqual([['node', 3]]);
    wakeups.wake('node:1');
    expect(await Promise.all(woken)).toEqual([true, true]);
    expect(wakeups.topics()).toEqual(['node:2']);
    wakeups.close();
  });

  it('wakes nobody later than they waited', async () => {
    const wakeups = new Wakeups();
    wakeups.wake('tasks');
    expect(await wakeups.wait('tasks', 1, present)).toBe(false);
    expect(wakeups.count()).toBe(0);
  });

  it('ends a wait when its client goes', async () => {
    const wakeups = new Wakeups();
    const client = new AbortController();
    const wait = wakeups.wait('tasks', LONG, client.signal);
    client.abort();
    expect(await wait).toBe(false);
    expect(wakeups.topics()).toEqual([]);
    expect(await wakeups.wait('tasks', LONG, client.signal)).toBe(false);
  });

  it('wakes all topics after a gap in the notifications', async () => {
    const wakeups = new Wakeups();
    const waits = [wakeups.wait('node:1', LONG, present), wakeups.wait('replies:2', LONG, present)];
    wakeups.wakeAll();
    expect(await Promise.all(waits)).toEqual([true, true]);
  });

  it('holds nothing any more once it is closed', async () => {
    const wakeups = new Wakeups();
    const wait = wakeups.wait('tasks', LONG, present);
    wakeups.close();
    expect(await wait).toBe(false);
    expect(await wakeups.wait('tasks', LONG, present)).toBe(false);
    expect(wakeups.isClosed).toBe(true);
  });

  it('lets somebody wait again from within a wake-up', async () => {
    const wakeups = new Wakeups();
    const again = wakeups
      .wait('tasks', LONG, present)
      .then(() => wakeups.wait('tasks', LONG, present));
    wakeups.wake('tasks');
    await vi.waitFor(() => {
      expect(wakeups.count()).toBe(1);
    });
    wakeups.wake('tasks');
    expect(await again).toBe(true);
  });
});
