import { SuperLinkError } from '../errors/superlink-error';
import type { Database } from './database';
import { DatabaseClock } from './database-clock';

const LATE_MILLISECONDS = 1_500;
const EVERY_MILLISECONDS = 30_000;

describe('the clock of the database', () => {
  let databaseSeconds: number;
  let answerMilliseconds: number;
  let asked: number;
  let isAway: boolean;
  let clock: DatabaseClock;

  beforeEach(() => {
    vi.useFakeTimers();
    databaseSeconds = 1_000;
    answerMilliseconds = 0;
    asked = 0;
    isAway = false;
    const query = async (): Promise<unknown[]> => {
      asked += 1;
      if (isAway) throw new SuperLinkError('UNAVAILABLE');
      const row = { seconds: databaseSeconds };
      await new Promise((resolve) => setTimeout(resolve, answerMilliseconds));
      return [row];
    };
    clock = new DatabaseClock({ query } as unknown as Database);
  });
  afterEach(() => {
    clock.onApplicationShutdown();
    vi.useRealTimers();
  });

  const started = async (): Promise<void> => {
    const start = clock.onApplicationBootstrap();
    await vi.advanceTimersByTimeAsync(0);
    await start;
  };
  const measured = async (): Promise<number> => {
    const seconds = clock.measuredSeconds();
    seconds.catch(() => undefined); // told to who awaits it
    await vi.advanceTimersByTimeAsync(answerMilliseconds);
    return seconds;
  };

  it('is measured anew for who would be turned away, after a pause that this machine did not count', async () => {
    await started();
    databaseSeconds += 8;
    expect(clock.seconds()).toBeCloseTo(1_000);
    expect(await measured()).toBeCloseTo(1_008);
    expect(clock.seconds()).toBeCloseTo(1_008);
  });

  it('is asked once for all who want it measured at the same time', async () => {
    await started();
    await Promise.all([measured(), measured(), measured()]);
    expect(asked).toBe(2);
    await measured();
    expect(asked).toBe(3);
  });

  it('is measured as soon as somebody needs it when the database failed amid the start', async () => {
    isAway = true;
    await started();
    await expect(measured()).rejects.toMatchObject({ errorName: 'UNAVAILABLE' });
    isAway = false;
    expect(await measured()).toBeCloseTo(1_000);
  });

  it('is measured again in a while, whether or not it could be at the start', async () => {
    isAway = true;
    await started();
    isAway = false;
    await vi.advanceTimersByTimeAsync(EVERY_MILLISECONDS + 1);
    expect(clock.seconds()).toBeCloseTo(1_000);
  });

  it('is not believed when its answer was late', async () => {
    await started();
    databaseSeconds += 8;
    answerMilliseconds = LATE_MILLISECONDS;
    await expect(measured()).rejects.toMatchObject({ errorName: 'UNAVAILABLE' });
    expect(clock.seconds()).toBeCloseTo(1_000 + LATE_MILLISECONDS / 1_000);
  });
});
