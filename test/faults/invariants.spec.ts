import { checkInvariants, countMessages, type Evidence } from './invariants';

const ROUNDS = 2;
const NODES = 2;
const MESSAGES = NODES * (ROUNDS + 1);
const LOG = [
  ...['round 1 begins', 'round 1 took 1.000 s', 'round 2 begins', 'round 2 took 1.000 s'],
  'RESULT {}',
];

/** A run that nothing was wrong with. */
const WHOLE: Evidence = {
  expectedEnd: 'finished:completed',
  status: 'finished:completed',
  nodes: NODES,
  rounds: ROUNDS,
  result: {
    checksum: 'c',
    checksums: ['b', 'c'],
    replies: NODES * ROUNDS,
    errors: [],
    lost: 0,
    doubled: 0,
  },
  undisturbedChecksum: 'c',
  messages: {
    ...{ sent: MESSAGES, sentOnce: MESSAGES, confirmed: MESSAGES },
    ...{ answered: MESSAGES, answeredOnce: MESSAGES },
  },
  steps: { owner: 1, status: 9, brokenOwner: [], brokenStatus: [] },
  seenStatuses: [['pending:', 'starting:', 'running:', 'finished:completed']],
  endedClients: [],
  clientFailures: [],
  probeFailures: [],
  strangeRefusals: [],
  strangeAnswers: [],
  brokenObjects: [],
  leftovers: {},
  followedLog: LOG,
  storedLog: LOG,
  lateLines: 0,
  replicaFailures: [],
  swollen: [],
};

const STOPPED: Evidence = {
  ...WHOLE,
  ...{ expectedEnd: 'finished:stopped', status: 'finished:stopped', result: null },
  ...{ followedLog: LOG.slice(0, 2), storedLog: LOG.slice(0, 2) },
};

function verdictsOf(evidence: Evidence, verdict: string): string[] {
  return checkInvariants(evidence)
    .filter((finding) => finding.verdict === verdict)
    .map(({ invariant }) => invariant.slice(0, 2));
}

const result = (changes: Partial<NonNullable<Evidence['result']>>): Partial<Evidence> => ({
  result: { ...WHOLE.result!, ...changes },
});
const messages = (changes: Partial<Evidence['messages']>): Partial<Evidence> => ({
  messages: { ...WHOLE.messages, ...changes },
});

describe('the invariants', () => {
  it('hold for a whole run', () => {
    expect(verdictsOf(WHOLE, 'held')).toHaveLength(9);
  });

  it.each<[string, string, Partial<Evidence>]>([
    ['I1', 'the app misses a reply', result({ replies: 3 })],
    ['I1', 'the app got an error', result({ errors: ['1 replies missing'] })],
    ['I1', 'a node never executed a message', result({ lost: 1 })],
    ['I1', 'a message was not stored', messages({ sentOnce: MESSAGES - 1 })],
    ['I1', 'a message was not confirmed', messages({ confirmed: MESSAGES - 1 })],
    ['I1', 'a message has no reply', messages({ answeredOnce: MESSAGES - 1 })],
    ['I2', 'a node executed a message twice', result({ doubled: 1 })],
    ['I2', 'a message was stored twice', messages({ sent: MESSAGES + 1 })],
    ['I2', 'a message was answered twice', messages({ answered: MESSAGES + 1 })],
    ['I3', 'a task had two owners', { steps: { ...WHOLE.steps, brokenOwner: ['two'] } }],
    ['I4', 'a stock program has ended', { endedClients: ['supernode-1'] }],
    ['I4', 'a stock program told of an error', { clientFailures: ['Traceback'] }],
    ['I4', 'a probe was refused', { probeFailures: ['INTERNAL'] }],
    ['I4', 'a call was refused that never is', { strangeRefusals: ['NOT_FOUND'] }],
    ['I4', 'the balancer says 504', { strangeAnswers: ['POST /v1/fleet/pull-messages: 504'] }],
    ['I5', 'the result is another one', result({ checksum: 'd' })],
    ['I5', 'the run failed', { status: 'finished:failed' }],
    ['I6', 'a finished task changed', { steps: { ...WHOLE.steps, brokenStatus: ['changed'] } }],
    ['I6', 'a probe saw it go back', { seenStatuses: [['running:', 'starting:']] }],
    ['I7', 'an object is damaged', { brokenObjects: ['ab: its content has another SHA-256'] }],
    ['I7', 'rows are left', { leftovers: { push_session: 1 } }],
    ['I8', 'the log that was followed has a gap', { followedLog: LOG.slice(1) }],
    ['I8', 'it has a line twice', { followedLog: [...LOG, LOG.at(-1)!] }],
    ['I8', 'its end was never seen', { followedLog: LOG.slice(0, -1) }],
    [
      'I8',
      'a round is there twice',
      { followedLog: [...LOG, ...LOG], storedLog: [...LOG, ...LOG] },
    ],
    ['I9', 'a replica failed', { replicaFailures: ['unhandled rejection'] }],
    ['I9', 'a replica grew', { swollen: ['replica 1: 900 MiB, was 100'] }],
  ])('%s is broken when %s', (invariant, _, changes) => {
    expect(verdictsOf({ ...WHOLE, ...changes }, 'broken')).toEqual([invariant]);
  });

  it('are not called held where a run cannot tell', () => {
    expect(verdictsOf(STOPPED, 'unknown')).toEqual(['I1', 'I2']);
    const blind = { ...WHOLE, steps: { ...WHOLE.steps, owner: 0, status: 0 } };
    expect(verdictsOf(blind, 'unknown')).toEqual(['I3', 'I6']);
  });

  it.each([LOG.length, LOG.length + 1])(
    'hold when a stream tells %d lines of a log whose last one came after the end',
    (told) => {
      const storedLog = [...LOG, 'connected again'];
      const evidence = { ...WHOLE, storedLog, lateLines: 1, followedLog: storedLog.slice(0, told) };
      expect(verdictsOf(evidence, 'broken')).toEqual([]);
    },
  );

  it('are broken by an app without a result', () => {
    expect(verdictsOf({ ...WHOLE, result: null }, 'broken')).toEqual(['I1', 'I5']);
  });

  it('are broken by a run that was to be stopped and went on to its end', () => {
    expect(verdictsOf({ ...STOPPED, status: 'finished:completed' }, 'broken')).toEqual(['I5']);
  });

  it.each<[number | null, number | null, string, Partial<Evidence>]>([
    [0, 0, 'a whole run', {}],
    [1, 0, 'a node that never executed one', result({ lost: 1 })],
    [2, 0, 'two without a reply', messages({ answered: MESSAGES - 2, answeredOnce: MESSAGES - 2 })],
    [0, 1, 'a node that executed one twice', result({ doubled: 1 })],
    [0, 1, 'one that was answered twice', messages({ answered: MESSAGES + 1 })],
    [null, null, 'a run that was to be stopped', STOPPED],
  ])('count %d messages lost and %d doubled for %s', (lost, doubled, _, changes) => {
    expect(countMessages({ ...WHOLE, ...changes })).toEqual({ lost, doubled });
  });
});
