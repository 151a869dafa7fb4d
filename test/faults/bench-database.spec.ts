import { BenchDatabase } from './bench-database';

const NOTE = 'insert into note (number) values ($1)';
const NOTES = 'select number from note order by number';

describe('the database of the fault bench', () => {
  let database: BenchDatabase;
  const notes = async (): Promise<number[]> =>
    (await database.query<{ number: number }>(NOTES)).map(({ number }) => number);

  beforeAll(async () => {
    database = await BenchDatabase.start();
    await database.query('create table note (number int, content bytea)');
  });
  afterAll(() => database.stop());

  it('keeps what was committed when the standby takes over, again and again', async () => {
    for (const number of [1, 2]) {
      await database.query(NOTE, [number]);
      await database.primary.kill();
      await database.promote();
      await database.servers.rebuildStandby();
    }
    expect(await notes()).toEqual([1, 2]);
  });

  it('fences a primary that was frozen while the standby took over', async () => {
    const frozen = database.primary;
    database.pause();
    await database.promote();
    await database.query(NOTE, [3]);
    await database.heal();
    const ask = 'select pg_is_in_recovery() as follows';
    expect(await frozen.query(ask)).toEqual([{ follows: true }]);
    expect(await notes()).toEqual([1, 2, 3]);
  });

  // else no autovacuum comes, whose wait begins anew with each reload
  it('has nothing reloaded where nothing is to be healed', async () => {
    const ask = 'select pg_conf_load_time()::text as loaded';
    const before = await database.query(ask);
    await database.heal();
    expect(await database.query(ask)).toEqual(before);
  });

  it('restores a base backup that is taken while others write', async () => {
    const before = await notes();
    const writing = { isOn: true };
    const write = async (): Promise<void> => {
      while (writing.isOn)
        await database.query(`insert into note (content) select repeat('x', 8192)::bytea`);
    };
    const written = write();
    const restored = await database.servers.restoreBackup();
    writing.isOn = false;
    await written;
    try {
      const rows = await restored.query<{ number: number | null }>(NOTES);
      expect(rows.map(({ number }) => number).filter((number) => number !== null)).toEqual(before);
    } finally {
      await restored.kill();
    }
    await database.query('delete from note where number is null');
  });

  // only root may have a disk that can be filled up
  it.each(process.getuid?.() === 0 ? ['disk'] : [])(
    'takes writes again after its %s was full',
    async () => {
      const makeRoom = await database.fillDisk();
      const write = `insert into note (content) select random()::text::bytea from generate_series(1, 1000000)`;
      await expect(database.query(write)).rejects.toThrow();
      await makeRoom();
      await database.heal();
      await database.query(NOTE, [4]);
      expect(await notes()).toEqual([1, 2, 3, 4]);
    },
  );
});
