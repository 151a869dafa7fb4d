import { describe, expect, it } from 'vitest';

import { SuperLinkError } from '../errors/superlink-error';
import { FAB_LIMIT_BYTES } from '../exec/fab/fab.limits';
import { BESIDE_FAB_LIMIT_BYTES } from '../exec/run-starter/size-beside-fab';
import { StartAutomationRequest } from '../generated/flwr/proto/control_automation';
import { scheduleOf } from './automation-schedule';

type Fields = Parameters<typeof StartAutomationRequest.fromPartial>[0];

function request(fields: Fields = {}): StartAutomationRequest {
  return StartAutomationRequest.fromPartial({ startRunRequest: { seriesId: 7n }, ...fields });
}

function refusalOf(fields: Fields): string | undefined {
  try {
    scheduleOf(request(fields));
  } catch (error) {
    if (error instanceof SuperLinkError && error.errorName === 'INVALID_AUTOMATION_REQUEST') {
      return error.details;
    }
    throw error;
  }
  return undefined;
}

describe('the schedule of an automation', () => {
  it('is one run now where nothing is asked for', () => {
    expect(scheduleOf(request())).toMatchObject({
      seriesId: 7n,
      startAt: undefined,
      fixedIntervalSeconds: undefined,
      maxRuns: 1,
    });
  });

  it('is without end where only an interval is given', () => {
    const schedule = scheduleOf(request({ fixedInterval: 60n }));
    expect(schedule).toMatchObject({ fixedIntervalSeconds: 60n, maxRuns: undefined });
  });

  it('starts at the time that is given, in UTC', () => {
    const schedule = scheduleOf(request({ startAt: '2026-11-23T10:00:00.25+02:00' }));
    expect(schedule.startAt).toBe('2026-11-23T08:00:00.250000+00:00');
  });

  it.each<[string, Fields, RegExp]>([
    ['no series', { startRunRequest: {} }, /series_id/],
    ['no request', { startRunRequest: undefined }, /series_id/],
    [
      'a FAB over the limit',
      { startRunRequest: { seriesId: 7n, fab: { content: Buffer.alloc(FAB_LIMIT_BYTES + 1) } } },
      /FAB/,
    ],
    [
      'a long prompt',
      { startRunRequest: { seriesId: 7n, userPrompt: 'x'.repeat(BESIDE_FAB_LIMIT_BYTES) } },
      /1 MiB/,
    ],
    ['a start without a zone', { startAt: '2026-11-23T10:00:00' }, /zone/],
    ['a start that is no time', { startAt: 'tomorrow' }, /zone/],
    ['no run at all', { maxRuns: 0 }, /max_runs/],
    ['an interval of nothing', { fixedInterval: 0n }, /greater/],
    ['an interval over the limit', { fixedInterval: 2n ** 63n }, /less/],
    ['several runs without an interval', { maxRuns: 2 }, /fixed_interval/],
  ])('is refused for %s', (_, fields, text) => {
    expect(refusalOf(fields)).toMatch(text);
  });
});
