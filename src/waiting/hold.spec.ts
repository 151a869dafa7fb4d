import { type Hold, hold } from './hold';
import { Wakeups } from './wakeups';

const { signal: present } = new AbortController();

/** A hold of a minute, which looks at `answers` one after the other. */
function heldWith(
  answers: readonly (string | undefined)[],
  fields: Partial<Hold<string>> = {},
): { held: Hold<string>; looks: boolean[] } {
  const looks: boolean[] = [];
  const look = (isLast: boolean): Promise<string | undefined> => {
    looks.push(isLast);
    return Promise.resolve(answers[looks.length - 1]);
  };
  return {
    looks,
    held: {
      topic: 'tasks',
      seconds: 60,
      client: { gone: present, patienceSeconds: Infinity, onHeld: () => undefined },
      look,
      ...fields,
    },
  };
}

/** Resolves once somebody waits. */
async function untilHeld(wakeups: Wakeups): Promise<void> {
  await vi.waitFor(() => {
    expect(wakeups.count()).toBe(1);
  });
}

describe('hold', () => {
  it('answers at once when there is something', async () => {
    const { held, looks } = heldWith(['found']);
    expect(await hold(new Wakeups(), held)).toBe('found');
    expect(looks).toEqual([false]);
  });

  it('answers at once when holds are switched off', async () => {
    const { held, looks } = heldWith([], { seconds: 0 });
    expect(await hold(new Wakeups(), held)).toBeUndefined();
    expect(looks).toEqual([true]);
  });

  it('looks again whenever it is woken, until there is something', async () => {
    const wakeups = new Wakeups();
    const { held, looks } = heldWith([undefined, undefined, 'found']);
    const answer = hold(wakeups, held);
    for (const times of [1, 2]) {
      await untilHeld(wakeups);
      expect(looks).toHaveLength(times);
      wakeups.wake('tasks');
    }
    expect(await answer).toBe('found');
  });

  it('says when nothing is done for the call any more, and not before', async () => {
    const wakeups = new Wakeups();
    const onHeld = vi.fn();
    const client = { gone: present, patienceSeconds: Infinity, onHeld };
    await hold(wakeups, heldWith(['found'], { client }).held);
    await hold(wakeups, heldWith([], { client, seconds: 0 }).held);
    expect(onHeld).not.toHaveBeenCalled();
    const answer = hold(wakeups, heldWith([undefined, 'found'], { client }).held);
    await untilHeld(wakeups);
    await vi.waitFor(() => {
      expect(onHeld).toHaveBeenCalledTimes(1);
    });
    wakeups.wake('tasks');
    expect(await answer).toBe('found');
  });

  it('looks now and then by itself, for a notification may be lost', async () => {
    const { held } = heldWith([undefined, 'found'], { lookEveryMilliseconds: 5 });
    expect(await hold(new Wakeups(), held)).toBe('found');
  });

  it('looks a last time at the end where it looks by itself', async () => {
    const { held, looks } = heldWith([], { seconds: 0.02, lookEveryMilliseconds: 1_000 });
    expect(await hold(new Wakeups(), held)).toBeUndefined();
    expect(looks.length).toBeGreaterThan(1);
    expect(looks.indexOf(true)).toBe(looks.length - 1);
  });

  it('ends before a client loses its patience', async () => {
    const client = { gone: present, patienceSeconds: 0.02, onHeld: () => undefined };
    const { held } = heldWith([], { client });
    expect(await hold(new Wakeups(), held)).toBeUndefined();
  });

  it('costs no second look at the end where only wake-ups count', async () => {
    const { held, looks } = heldWith([], { seconds: 0.02 });
    expect(await hold(new Wakeups(), held)).toBeUndefined();
    expect(looks).toEqual([false]);
  });

  it('gives nothing to a client that has gone', async () => {
    const wakeups = new Wakeups();
    const client = new AbortController();
    const { held, looks } = heldWith([undefined, 'found'], {
      client: { gone: client.signal, patienceSeconds: Infinity, onHeld: () => undefined },
    });
    const answer = hold(wakeups, held);
    await untilHeld(wakeups);
    client.abort();
    expect(await answer).toBeUndefined();
    expect(looks).toHaveLength(1);
  });

  it('ends when the replica drains', async () => {
    const wakeups = new Wakeups();
    const { held } = heldWith([undefined, undefined], { lookEveryMilliseconds: 60_000 });
    const answer = hold(wakeups, held);
    await untilHeld(wakeups);
    wakeups.close();
    expect(await answer).toBeUndefined();
  });

  it('passes on what goes wrong in a look', async () => {
    const look = (): Promise<never> => Promise.reject(new RangeError('broken'));
    const { held } = heldWith([], { look });
    await expect(hold(new Wakeups(), held)).rejects.toThrow('broken');
  });

  it('counts how it ended by the kind of topic, with nothing in a list as with nothing', async () => {
    const wakeups = new Wakeups();
    const ends = (topic: Hold<unknown>['topic'], result: unknown): Promise<unknown> => {
      const { held } = heldWith([], { seconds: 0 });
      return hold<unknown>(wakeups, { ...held, topic, look: () => Promise.resolve(result) });
    };
    await ends('node:1', 'found');
    await ends('node:2', undefined);
    await ends('replies:7', []);
    await ends('replies:7', ['found']);
    expect(wakeups.polls.of('node')).toEqual({ answered: 1, empty: 1 });
    expect(wakeups.polls.of('replies')).toEqual({ answered: 1, empty: 1 });
    expect(wakeups.polls.of('tasks')).toEqual({ answered: 0, empty: 0 });
  });
});
