import { Bench } from './bench';
import { playUndisturbed } from './during-run';
import type { FaultReport } from './fault';
import { readPlan } from './plan';
import { tellReport, writeReports } from './report';

const { plays, json } = readPlan();

describe('a federation of stock programs of both generations', () => {
  const reports: FaultReport[] = [];
  let started: Promise<Bench> | undefined;

  /** Started for the first fault that needs it, with a run that nothing disturbs. */
  const bench = (): Promise<Bench> => (started ??= startBench());
  async function startBench(): Promise<Bench> {
    const fresh = await Bench.start();
    reports.push(await playUndisturbed(fresh));
    return fresh;
  }

  afterEach(async ({ task }) => {
    if (task.result?.state !== 'fail' || started === undefined) return;
    process.stderr.write(`${(await started).federation.describe()}\n`);
  });
  afterAll(async () => {
    writeReports(reports, json);
    await (await started)?.stop();
  });

  it.each(plays)('survives $fault.id with seed $seed: $fault.name', async ({ fault, seed }) => {
    const report = await fault.play(bench, seed);
    reports.push(report);
    tellReport(report);
    expect(report.broken).toEqual([]);
  });

  it('is whole without a fault', () => {
    const undisturbed = reports.filter(({ fault }) => fault === '-');
    expect(undisturbed.flatMap(({ broken }) => broken)).toEqual([]);
  });
});
