import { Turns, type Urgency } from './turns';
import { TurnRefused } from './waiting-line';

const PATIENCE_MILLISECONDS = 1_000;

/** Two at once, a third one if it is urgent; three of each urgency may wait. */
function twoTurns(oneByOne = false): Turns {
  return new Turns({
    oneByOne,
    most: { first: 3, usual: 2, last: 2 },
    mostWaiting: 3,
    patienceMilliseconds: PATIENCE_MILLISECONDS,
  });
}

/** Asks for a turn and notes in `begun` when it is there. */
function ask(turns: Turns, begun: string[], urgency: Urgency, name: string): Promise<() => void> {
  const turn = turns.take(urgency);
  void turn.then(
    () => begun.push(name),
    (error: unknown) => begun.push(`${name} ${error instanceof TurnRefused ? error.why : ''}`),
  );
  return turn;
}

const settled = () => vi.advanceTimersByTimeAsync(0);

describe('turns', () => {
  beforeEach(() => void vi.useFakeTimers());
  afterEach(() => void vi.useRealTimers());

  it('are taken by so many at once, and then in order of urgency and of asking', async () => {
    const turns = twoTurns();
    const begun: string[] = [];
    const [one, two] = await Promise.all([turns.take('last'), turns.take('usual')]);
    const third = await turns.take('first'); // what is kept free for it
    for (const [urgency, name] of [
      ['last', 'new'],
      ['usual', 'going on'],
      ['first', 'heartbeat'],
      ['usual', 'going on, too'],
    ] as const) {
      void ask(turns, begun, urgency, name);
    }
    await settled();
    expect([begun, turns.working, turns.waitingOf('usual')]).toEqual([[], 3, 2]);
    third();
    await settled();
    expect(begun).toEqual(['heartbeat']); // and nobody else: two others still have their turns
    one();
    one(); // counts once
    two();
    await settled();
    expect(begun).toEqual(['heartbeat', 'going on']);
    expect(turns.waitingOf('last')).toBe(1);
  });

  it('are refused at once to whom too many wait before', async () => {
    const turns = twoTurns();
    const begun: string[] = [];
    await Promise.all([turns.take('last'), turns.take('last')]);
    for (const name of ['a', 'b', 'c', 'd']) {
      ask(turns, begun, 'last', name).catch(() => undefined);
    }
    await settled();
    expect(begun).toEqual(['d full']);
    await ask(turns, begun, 'first', 'heartbeat');
    expect(begun).toEqual(['d full', 'heartbeat']);
  });

  it('are refused to who waited too long, and then not given to it', async () => {
    const turns = twoTurns();
    const begun: string[] = [];
    const [end] = await Promise.all([turns.take('usual'), turns.take('usual')]);
    ask(turns, begun, 'usual', 'late').catch(() => undefined);
    await vi.advanceTimersByTimeAsync(PATIENCE_MILLISECONDS / 2);
    void ask(turns, begun, 'usual', 'in time');
    await vi.advanceTimersByTimeAsync(PATIENCE_MILLISECONDS / 2);
    expect(begun).toEqual(['late late']);
    end();
    await settled();
    expect(begun).toEqual(['late late', 'in time']);
    expect(turns.working).toBe(2);
  });

  it('are not kept for who has gone', async () => {
    const turns = twoTurns();
    const gone = new AbortController();
    const [end] = await Promise.all([turns.take('usual'), turns.take('usual')]);
    const left = turns.take('usual', gone.signal);
    const stays = turns.take('usual');
    gone.abort();
    await expect(left).rejects.toMatchObject({ why: 'gone' });
    end();
    await stays;
    expect([turns.working, turns.waitingOf('usual')]).toEqual([2, 0]);
  });

  it('begin one by one if they should, so that the event loop gets round between them', async () => {
    const turns = twoTurns(true);
    const begun: string[] = [];
    const [one, two] = await Promise.all([turns.take('usual'), turns.take('usual')]);
    void ask(turns, begun, 'last', 'new');
    void ask(turns, begun, 'usual', 'going on');
    one();
    two();
    void ask(turns, begun, 'usual', 'who came after them'); // has to wait, though it is free
    await vi.advanceTimersToNextTimerAsync();
    expect(begun).toEqual(['going on']);
    await vi.advanceTimersToNextTimerAsync();
    expect(begun).toEqual(['going on', 'who came after them']);
    await settled();
    expect([turns.working, turns.waitingOf('last')]).toEqual([2, 1]);
  });

  it('begin at once for what is urgent, whoever else waits', async () => {
    const turns = twoTurns(true);
    const begun: string[] = [];
    const [one] = await Promise.all([turns.take('usual'), turns.take('usual')]);
    void ask(turns, begun, 'usual', 'going on');
    one();
    await ask(turns, begun, 'first', 'heartbeat');
    expect(begun).toEqual(['heartbeat']);
  });
});
