import { Bench } from './bench';
import { playQuiet } from './during-run';
import type { FaultReport } from './fault';
import { readPlan } from './plan';
import { keepReports, showReports, tellReport } from './report';
import { soak } from './soak';

const { balancer, plays, file, soakMinutes } = readPlan();
const MINUTE = 60_000;
/** Beside the soak itself: the start, and the run that is on at its end. */
const MORE_MINUTES = 10;

describe(`a federation of stock programs behind ${balancer.name}`, () => {
  const reports: FaultReport[] = [];
  const add = (report: FaultReport): void => {
    reports.push(report);
    tellReport(report);
    if (file !== undefined) keepReports(reports, file);
  };
  let started: Promise<Bench> | undefined;

  /** Started for the first fault that needs it, with a run that nothing disturbs. */
  const bench = (): Promise<Bench> => (started ??= startBench());
  async function startBench(): Promise<Bench> {
    const fresh = await Bench.start(balancer);
    add(await playQuiet(fresh, 0));
    return fresh;
  }

  afterEach(async ({ task }) => {
    if (task.result?.state !== 'fail' || started === undefined) return;
    const { federation, database } = await started;
    process.stderr.write(`${federation.describe()}\n${database.servers.describe()}\n`);
  });
  afterAll(async () => {
    showReports(reports);
    await (await started)?.stop();
  });

  it.each(plays)('survives $fault.id with seed $seed: $fault.name', async ({ fault, seed }) => {
    const report = await fault.play(bench, seed);
    add(report);
    expect(report.broken).toEqual([]);
  });

  const soaks = soakMinutes > 0 ? [soakMinutes] : [];
  it.each(soaks)(
    'soaks for %d minutes',
    async (minutes) => {
      await soak(await bench(), minutes, add);
      expect(reports.flatMap(({ broken }) => broken)).toEqual([]);
    },
    (soakMinutes + MORE_MINUTES) * MINUTE,
  );

  it('is whole without a fault', () => {
    const undisturbed = reports.filter(({ fault }) => fault === '-');
    expect(undisturbed.flatMap(({ broken }) => broken)).toEqual([]);
  });
});
