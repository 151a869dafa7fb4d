import { Metrics } from './metrics';

async function samples(metrics: Metrics): Promise<string[]> {
  return (await metrics.text()).split('\n').filter((line) => line !== '' && !line.startsWith('#'));
}

describe('metrics', () => {
  it('all have the prefix', async () => {
    const metrics = new Metrics();
    metrics.counter({ name: 'calls_total', help: 'x' }).inc();
    metrics.gauge({ name: 'open', help: 'x' }, (set) => {
      set(7);
    });
    metrics.addProcess();
    for (const sample of await samples(metrics)) expect(sample).toMatch(/^superlink_/);
    expect(await samples(metrics)).toContain('superlink_open 7');
  });

  it('show of a gauge what is so now, and nothing where nothing is known', async () => {
    const metrics = new Metrics();
    const now = new Map([['a', 1]]);
    metrics.gauge({ name: 'by_kind', help: 'x', labels: ['kind'] }, (set) => {
      for (const [kind, value] of now) set(value, { kind });
    });
    metrics.gauge({ name: 'alone', help: 'x' }, (set) => {
      const value = now.get('b');
      if (value !== undefined) set(value);
    });
    expect(await samples(metrics)).toEqual(['superlink_by_kind{kind="a"} 1']);
    now.clear();
    now.set('b', 2);
    expect(await samples(metrics)).toEqual(['superlink_by_kind{kind="b"} 2', 'superlink_alone 2']);
  });

  it('add nothing up that its owner has added up already', async () => {
    const metrics = new Metrics();
    metrics.lazyCounter({ name: 'polls_total', help: 'x' }, (set) => {
      set(3);
    });
    expect(await samples(metrics)).toEqual(['superlink_polls_total 3']);
    expect(await samples(metrics)).toEqual(['superlink_polls_total 3']);
  });
});
