import { describe, expect, it } from 'vitest';

import { isoText, utcText } from './times';

describe('isoText', () => {
  it.each([
    ['2026-11-23 10:20:30+00', '2026-11-23T10:20:30+00:00'],
    ['2026-11-23 10:20:30.5+00', '2026-11-23T10:20:30.500000+00:00'],
    ['2026-11-23 10:20:30.000001+00', '2026-11-23T10:20:30.000001+00:00'],
  ])('turns %s into what Python reads', (timestamptz, text) => {
    expect(isoText(timestamptz)).toBe(text);
  });

  it('is empty for a time that has not come', () => {
    expect(isoText(null)).toBe('');
  });

  it('refuses a time of another zone', () => {
    expect(() => isoText('2026-11-23 10:20:30+02')).toThrow(RangeError);
  });
});

describe('utcText', () => {
  it.each([
    ['2026-11-23T10:20:30Z', '2026-11-23T10:20:30+00:00'],
    ['2026-11-23 10:20:30.123456-01:30', '2026-11-23T11:50:30.123456+00:00'],
    ['2026-11-23T10:20+0200', '2026-11-23T08:20:00+00:00'],
    ['2024-02-29T00:30:00+01:00', '2024-02-28T23:30:00+00:00'],
    ['9999-12-31T23:59:59Z', '9999-12-31T23:59:59+00:00'],
  ])('brings %s to UTC', (text, utc) => {
    expect(utcText(text)).toBe(utc);
  });

  it.each([
    '2026-11-23T10:20:30',
    '2026-02-29T10:20:30Z',
    '2026-13-01T10:20:30Z',
    '2026-11-23T25:20:30Z',
    '2026-11-23T10:20:30+25:00',
    '9999-12-31T23:59:59-01:00',
    '0000-01-01T00:00:00Z',
    '0001-01-01T00:00:00+01:00',
    '10000-01-01T00:00:00Z',
    'now',
    '',
  ])('takes %j for no time', (text) => {
    expect(utcText(text)).toBeUndefined();
  });
});
