import { PlannedMessage } from './cast';
import { type Episode, OBJECTS, type Stage } from './stage';

/** Whole federated runs, as stock clients play them. */
export const wholeRun: Episode = function* (stage) {
  const { script, fleet, tasks, control } = stage;
  const nodes = Array.from({ length: 1 + script.random.below(2) }, () => fleet.online());
  yield;
  const app = stage.runningRun();
  tasks.nodes(app);
  const rounds = 1 + script.random.below(2);
  for (let round = 0; round < rounds; round += 1) {
    yield;
    const messages = nodes.map((node) =>
      PlannedMessage.instruction(script.name('message'), app.run, node),
    );
    tasks.send(app, messages, OBJECTS);
    for (const [index, node] of nodes.entries()) {
      yield;
      const instruction = messages[index]!;
      fleet.heartbeat(node);
      fleet.receive(node, instruction, app.run, OBJECTS);
      fleet.getRun(node, app.run);
      fleet.getFab(node, app.run);
      yield;
      const reply = PlannedMessage.reply(script.name('reply'), instruction);
      fleet.send(node, reply, app.run, OBJECTS);
      fleet.pull(node);
      yield;
      tasks.receive(app, instruction, reply, OBJECTS);
    }
    tasks.heartbeat(app);
    tasks.logs(app, [`round ${round}\n`, 'done\n']);
  }
  yield;
  endOf(stage, app);
  control.listRun(app.run, 'of a finished run');
  control.logs(app.run, 'of a finished run');
  control.series(app.run, 'of a finished run');
  for (const node of nodes) {
    fleet.getRun(node, app.run, 'for a finished run');
    fleet.deactivate(node);
    fleet.unregister(node);
  }
};

/** The app says that it is done. */
function endOf({ script, tasks }: Stage, app: Parameters<Stage['tasks']['output']>[0]): void {
  tasks.output(app, 'as usual', {
    subStatus: script.pick(['completed', 'failed', 'stopped']),
    details: 'said by the app',
  });
}
