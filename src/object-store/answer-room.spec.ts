import { Metrics } from '../metrics/metrics';
import type { Receiver } from '../rpc/rpc-call';
import { AnswerRoom } from './answer-room';

const ALL = 192 * 1024 * 1024;
const PATIENCE_MILLISECONDS = 20_000;
const SLOW_MILLISECONDS = 10_000;

interface TestReceiver extends Receiver {
  readonly leave: () => void;
  readonly end: () => void;
  readonly isHeld: () => boolean;
}

function makeReceiver(): TestReceiver {
  const gone = new AbortController();
  let isHeld = false;
  let end: () => void = () => undefined;
  return {
    gone: gone.signal,
    onHeld: () => {
      isHeld = true;
    },
    onEnd: (act) => {
      end = act;
    },
    leave: () => {
      gone.abort('gone');
    },
    end: () => {
      end();
    },
    isHeld: () => isHeld,
  };
}

describe('the room for contents on their way out', () => {
  let metrics: Metrics;
  let room: AnswerRoom;
  beforeEach(() => {
    vi.useFakeTimers();
    metrics = new Metrics();
    room = new AnswerRoom(metrics);
  });
  afterEach(() => {
    vi.useRealTimers();
  });

  it('lets a client wait until those before it have their answers, without a place among the calls in work', async () => {
    const [first, second] = [makeReceiver(), makeReceiver()];
    await room.take(first, ALL);
    const taken = vi.fn();
    const waiting = room.take(second, 1).then(taken);
    await vi.advanceTimersByTimeAsync(1_000);
    expect([first.isHeld(), second.isHeld(), taken.mock.calls.length]).toEqual([false, true, 0]);
    expect(await metrics.text()).toContain('superlink_object_pulls_waiting 1');
    first.end();
    await waiting;
  });

  it('waits for no client that has vanished or is slow for more than 10 s', async () => {
    await room.take(makeReceiver(), ALL);
    const taken = vi.fn();
    const waiting = room.take(makeReceiver(), ALL).then(taken);
    await vi.advanceTimersByTimeAsync(SLOW_MILLISECONDS - 1);
    expect(taken).not.toHaveBeenCalled();
    await vi.advanceTimersByTimeAsync(1);
    await waiting;
  });

  it('tells clients to come again after 20 s', async () => {
    await room.take(makeReceiver(), ALL);
    // before it and larger than all, each time when the one before counts no more
    const giants = Promise.allSettled([
      room.take(makeReceiver(), ALL),
      room.take(makeReceiver(), ALL),
    ]);
    const waiting = expect(room.take(makeReceiver(), 1)).rejects.toMatchObject({
      errorName: 'UNAVAILABLE',
    });
    await vi.advanceTimersByTimeAsync(PATIENCE_MILLISECONDS);
    await waiting;
    await giants;
  });

  it('keeps nothing for a client that went while it waited, or before', async () => {
    const [first, second, third] = [makeReceiver(), makeReceiver(), makeReceiver()];
    await room.take(first, ALL);
    const waiting = room.take(second, ALL);
    const next = room.take(third, 1);
    second.leave();
    await expect(waiting).rejects.toMatchObject({ errorName: 'UNAVAILABLE' });
    await expect(room.take(second, 1)).rejects.toMatchObject({ errorName: 'UNAVAILABLE' });
    first.end();
    await next;
  });

  it('keeps nothing for a client that goes in the moment when its time has come', async () => {
    const [first, second] = [makeReceiver(), makeReceiver()];
    await room.take(first, ALL);
    const waiting = room.take(second, ALL);
    first.end();
    second.leave(); // as when the connection of both breaks
    await expect(waiting).rejects.toMatchObject({ errorName: 'UNAVAILABLE' });
    await room.take(makeReceiver(), ALL);
  });

  it('refuses at once when very many wait', async () => {
    await room.take(makeReceiver(), ALL);
    const waiting = Promise.allSettled(
      Array.from({ length: 4_000 }, () => room.take(makeReceiver(), ALL)),
    );
    await expect(room.take(makeReceiver(), 1)).rejects.toMatchObject({ errorName: 'UNAVAILABLE' });
    await vi.advanceTimersByTimeAsync(PATIENCE_MILLISECONDS);
    await waiting;
  });
});
