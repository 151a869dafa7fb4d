import { StartRunRequest } from '../../generated/flwr/proto/control_run';
import { BESIDE_FAB_LIMIT_BYTES, isTooLongBesideFab } from './size-beside-fab';

const LONG = 'x'.repeat(BESIDE_FAB_LIMIT_BYTES);

describe('isTooLongBesideFab', () => {
  it('does not count the content of the FAB', () => {
    const fab = { content: Buffer.alloc(2 * BESIDE_FAB_LIMIT_BYTES) };
    expect(isTooLongBesideFab(StartRunRequest.fromPartial({ fab }))).toBe(false);
  });

  it('lets a prompt of half a mebibyte through', () => {
    const userPrompt = LONG.slice(0, BESIDE_FAB_LIMIT_BYTES / 2);
    expect(isTooLongBesideFab(StartRunRequest.fromPartial({ userPrompt }))).toBe(false);
  });

  it.each([
    ['prompt', { userPrompt: LONG }],
    [
      'config',
      { overrideConfig: new Map([['key', { scalar: { $case: 'string' as const, value: LONG } }]]) },
    ],
    ['list of verifications', { fab: { verifications: new Map([['key', LONG]]) } }],
    ['name of a federation', { federation: LONG }],
  ])('finds a long %s', (_, fields) => {
    expect(isTooLongBesideFab(StartRunRequest.fromPartial(fields))).toBe(true);
  });
});
