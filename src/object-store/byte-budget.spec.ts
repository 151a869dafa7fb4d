import { setImmediate as nextTurn } from 'node:timers/promises';

import { ByteBudget } from './byte-budget';

const LIMITS = { mostWaiting: 10, patienceMilliseconds: 1_000 };

describe('ByteBudget', () => {
  /** Asks for bytes; notes the name once they are granted, and resolves with how to give them back. */
  function asker(budget: ByteBudget): {
    granted: string[];
    ask: (name: string, bytes: number) => Promise<() => void>;
  } {
    const granted: string[] = [];
    const ask = async (name: string, bytes: number): Promise<() => void> => {
      const giveBack = await budget.take(bytes);
      granted.push(name);
      return giveBack;
    };
    return { granted, ask };
  }

  it('lets work start that fits', async () => {
    const { granted, ask } = asker(new ByteBudget(10, LIMITS));
    await Promise.all([ask('a', 4), ask('b', 6)]);
    expect(granted).toEqual(['a', 'b']);
  });

  it('lets the next one wait until there is room', async () => {
    const { granted, ask } = asker(new ByteBudget(10, LIMITS));
    const giveBack = await ask('a', 8);
    void ask('b', 3);
    await nextTurn();
    expect(granted).toEqual(['a']);
    giveBack();
    await nextTurn();
    expect(granted).toEqual(['a', 'b']);
  });

  it('keeps the order of asking, so that nothing large waits for ever', async () => {
    const { granted, ask } = asker(new ByteBudget(10, LIMITS));
    const giveBack = await ask('a', 8);
    void ask('large', 9);
    void ask('small', 1);
    await nextTurn();
    expect(granted).toEqual(['a']);
    giveBack();
    await nextTurn();
    expect(granted).toEqual(['a', 'large', 'small']);
  });

  it('lets through alone what is larger than all', async () => {
    const { granted, ask } = asker(new ByteBudget(10, LIMITS));
    const giveBack = await ask('huge', 1_000);
    void ask('a', 1);
    await nextTurn();
    expect(granted).toEqual(['huge']);
    giveBack();
    await nextTurn();
    expect(granted).toEqual(['huge', 'a']);
  });

  it('leaves no listener on what ends the waiting, however it ended', async () => {
    const budget = new ByteBudget(10, LIMITS);
    const giveBack = await budget.take(10);
    const [started, ended] = [new AbortController(), new AbortController()];
    const removed = [started, ended].map(({ signal }) => vi.spyOn(signal, 'removeEventListener'));
    const waiting = budget.take(1, started.signal);
    const refused = expect(budget.take(1, ended.signal)).rejects.toMatchObject({ why: 'gone' });
    ended.abort();
    await refused;
    giveBack();
    await waiting;
    expect(removed.map(({ mock }) => mock.calls.length)).toEqual([1, 1]);
  });
});
