import { MIXED, UNIFORM } from '../e2e/federations';
import { describePlay } from '../e2e/play-federation';
import { Compatibility } from './compatibility';

const compatibility = new Compatibility();

afterEach(({ task }) => {
  compatibility.note(task.suite!.name, task.result?.state === 'pass');
});
afterAll(() => compatibility.write());

[...UNIFORM, ...MIXED].forEach(describePlay);
