import { endsWithin, watchStopSignals } from './stop-request';

describe('a request to stop', () => {
  afterEach(() => {
    process.removeAllListeners('SIGTERM');
    process.removeAllListeners('SIGINT');
  });

  it('is the first signal of either kind, also when it arrives twice; a later one forces', async () => {
    const force = vi.fn();
    const now = vi.spyOn(performance, 'now').mockReturnValue(1_000);
    const { requested } = watchStopSignals(force);
    process.emit('SIGINT', 'SIGINT');
    await requested;
    process.emit('SIGINT', 'SIGINT');
    expect(force).not.toHaveBeenCalled();
    now.mockReturnValue(2_000);
    process.emit('SIGTERM', 'SIGTERM');
    expect(force).toHaveBeenCalledOnce();
    now.mockRestore();
  });

  it('gives the work a hard limit, and passes its failure on', async () => {
    expect(await endsWithin(Promise.resolve(), 60)).toBe(true);
    expect(await endsWithin(new Promise(() => undefined), 0.01)).toBe(false);
    await expect(endsWithin(Promise.reject(new TypeError('no')), 60)).rejects.toThrow('no');
  });
});
