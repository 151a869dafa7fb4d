import { describe, expect, it, vi } from 'vitest';

import { SuperLinkError } from '../errors/superlink-error';
import { retryWhileUnavailable } from './retry-while-unavailable';

const UNAVAILABLE = new SuperLinkError('UNAVAILABLE');

describe('retryWhileUnavailable', () => {
  it('gives the result that comes after a while', async () => {
    const work = vi
      .fn<() => Promise<string>>()
      .mockRejectedValueOnce(UNAVAILABLE)
      .mockRejectedValueOnce(UNAVAILABLE)
      .mockResolvedValue('done');
    await expect(retryWhileUnavailable(5, work)).resolves.toBe('done');
    expect(work).toHaveBeenCalledTimes(3);
  });

  it('gives up when its time is over', async () => {
    const work = vi.fn<() => Promise<string>>().mockRejectedValue(UNAVAILABLE);
    await expect(retryWhileUnavailable(0.2, work)).rejects.toBe(UNAVAILABLE);
    expect(work.mock.calls.length).toBeGreaterThan(1);
  });

  it('does not repeat what is refused', async () => {
    const refusal = new SuperLinkError('FAILED_TO_CREATE_RUN');
    const work = vi.fn<() => Promise<string>>().mockRejectedValue(refusal);
    await expect(retryWhileUnavailable(5, work)).rejects.toBe(refusal);
    expect(work).toHaveBeenCalledTimes(1);
  });
});
