import { ServerAppIoService } from '../../../src/generated/flwr/proto/serverappio';
import { useCluster } from '../../support/cluster';
import { outcomeOf } from '../../support/rpc-clients';
import { TaskActor } from '../../support/task-actor';

const POLLS = 8;

describe('messages between tasks', () => {
  const cluster = useCluster();

  it('come once and in order to a task whose calls alternate between two replicas', async () => {
    const app = await TaskActor.running(cluster.clients);
    const model = await app.createModel();
    const sent = [app.messageTo(model), app.messageTo(model)];
    for (const message of sent) await app.call(ServerAppIoService.pushTaskMessage, { message });
    const got = [];
    for (let poll = 0; poll < POLLS; poll += 1) got.push(...(await model.pullTaskMessages()));
    expect(got).toEqual(sent);
    const rows = 'select count(*) from task_message where run_id = $1';
    expect(await cluster.count(rows, [BigInt.asIntN(64, app.runId)])).toBe(0);
  });

  it('are refused when their sender or receiver is not what they say', async () => {
    const app = await TaskActor.running(cluster.clients);
    const [model, stranger] = [await app.createModel(), await TaskActor.running(cluster.clients)];
    const push = (message: ReturnType<TaskActor['messageTo']>) =>
      outcomeOf(app.call(ServerAppIoService.pushTaskMessage, { message }));
    expect(await push(model.messageTo(app))).toBe('FAILED_PRECONDITION 3009');
    expect(await push(app.messageTo(stranger))).toBe('FAILED_PRECONDITION 3009');
    expect(await push(app.messageTo(app))).toBe('FAILED_PRECONDITION 3009');
    expect(await push(app.messageTo(model))).toBe('OK');
  });
});
