import { mergePlays, type RecordedPlay, tableOf } from '../../scripts/faults-table.mjs';

const play = (fault: string, seed: number, more: Partial<RecordedPlay> = {}): RecordedPlay => ({
  ...{ fault, seed, name: `what ${fault} does`, commit: 'c', passed: true, seconds: 30 },
  ...{ stallSeconds: 0.5, recoverySeconds: 0.1, stockStallSeconds: 1, lost: 0, doubled: 0 },
  retries: { probes: 1, stock: 2 },
  ...more,
});
const firstCells = (table: string): string[] =>
  table.split('\n').map((row) => row.split('|')[1]!.trim());

describe('the record of plays', () => {
  it('keeps plays of one fault and seed behind several balancers', () => {
    const nginx = play('F1', 1, { balancer: 'nginx' });
    const plays = mergePlays([play('F1', 1)], [nginx, play('F1', 1, { balancer: 'caddy' })]);
    expect(plays.map(({ balancer }) => balancer)).toEqual([undefined, 'caddy', 'nginx']);
  });

  it('has a later play in place of an earlier one behind the same balancer', () => {
    const earlier = play('F1', 1, { balancer: 'nginx', passed: false });
    const plays = mergePlays([play('F1', 1), earlier], [play('F1', 1, { balancer: 'nginx' })]);
    expect(plays.map(({ passed }) => passed)).toEqual([true, true]);
  });

  it('writes plays behind HAProxy as before there was another balancer', () => {
    const kept = JSON.stringify(mergePlays([], [play('F1', 7)])[0]);
    expect(kept).toMatch(/^{"fault":"F1","seed":7,"name":/);
    expect(kept).not.toContain('balancer');
  });

  it('leaves runs without a fault out', () => {
    expect(mergePlays([], [play('-', 0)])).toEqual([]);
  });

  it('shows a row for each fault and balancer, those of HAProxy by the fault alone', () => {
    const nginx = [play('F1', 1, { balancer: 'nginx', passed: false, stallSeconds: 14 })];
    const plays = mergePlays([play('F9', 1), play('F1', 1), play('F1', 2)], nginx);
    const table = tableOf(plays);
    expect(firstCells(table)).toEqual(['fault', '---', 'F1', 'F1 behind nginx', 'F9']);
    expect(table).toContain('| F1 behind nginx | what F1 does | 0 of 1 | 14.0 |');
    expect(table).toContain('| F1 | what F1 does | 2 of 2 | 0.5 |');
  });
});
