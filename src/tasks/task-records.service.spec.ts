import { TaskEvent } from '../generated/flwr/proto/task';
import { TaskRecordsService } from './task-records.service';
import type { CallingTaskRow } from './task-records.sql';

const TOKEN_HASH = Buffer.from('hash');
const CALLER: CallingTaskRow = { task_id: 1n, run_id: 2n, type: 'flwr-model', allowed: true };

const told = (...data: string[]): TaskEvent[] =>
  data.map((each) => TaskEvent.fromPartial({ event: 'told', data: each }));
const textOf = (characters: number): string => `{"text":"${'a'.repeat(characters)}"}`;
const SMALL = textOf(20_000);

/** A service that knows `caller`, and what it asked of the database. */
function serviceFor(caller: CallingTaskRow | undefined) {
  const records = {
    findCaller: vi.fn(() => Promise.resolve(caller)),
    appendEvents: vi.fn(() => Promise.resolve(caller !== undefined)),
  };
  const others = {} as never;
  const service = new TaskRecordsService(others, records as never, others, others);
  return { records, service };
}

describe('the events of a task', () => {
  afterEach(() => {
    vi.restoreAllMocks();
  });

  it('are one statement', async () => {
    const { service, records } = serviceFor(CALLER);
    await service.appendEvents(TOKEN_HASH, told(SMALL, SMALL));
    expect(records.findCaller).not.toHaveBeenCalled();
    expect(records.appendEvents).toHaveBeenCalledExactlyOnceWith(TOKEN_HASH, told(SMALL, SMALL));
  });

  it('are not parsed when they are large and a stranger’s', async () => {
    const { service, records } = serviceFor(undefined);
    const parse = vi.spyOn(JSON, 'parse');
    const events = told(SMALL, SMALL, SMALL, SMALL);
    await expect(service.appendEvents(TOKEN_HASH, events)).rejects.toMatchObject({
      errorName: 'UNAUTHENTICATED',
    });
    expect(parse.mock.calls.length).toBe(0);
    expect(records.appendEvents).not.toHaveBeenCalled();
  });

  it('are kept when they are large and a task’s', async () => {
    const { service, records } = serviceFor(CALLER);
    const events = told(textOf(5_000_000));
    await service.appendEvents(TOKEN_HASH, events);
    expect(records.appendEvents).toHaveBeenCalledExactlyOnceWith(TOKEN_HASH, events);
  });

  it.each([
    ['no JSON', '{'],
    ['no object', '[]'],
    ['more values than anybody tells', `{"all":[${'{},'.repeat(300_000)}{}]}`],
  ])('are left out where one has %s for data', async (_, bad) => {
    const { service, records } = serviceFor(CALLER);
    await service.appendEvents(TOKEN_HASH, told(SMALL, bad));
    expect(records.appendEvents).toHaveBeenCalledExactlyOnceWith(TOKEN_HASH, []);
  });
});
