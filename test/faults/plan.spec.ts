import { FAULTS, IN_EVERY_TEST } from './faults/all';
import { type Plan, readPlan } from './plan';

const planFor = (order: object): Plan => readPlan(JSON.stringify(order));
const idsOf = ({ plays }: Plan): string[] => plays.map(({ fault }) => fault.id);

describe('a plan of faults', () => {
  it('is that of every test, behind HAProxy, if nothing is asked for', () => {
    const plan = planFor({});
    expect(plan.balancer.name).toBe('haproxy');
    expect(idsOf(plan).toSorted()).toEqual(IN_EVERY_TEST.toSorted());
  });

  it('has all faults behind HAProxy', () => {
    expect(idsOf(planFor({ faults: ['all'] }))).toHaveLength(FAULTS.length);
  });

  it.each([
    ['nginx', ['F4', 'F10', 'F23', 'F29', 'F32']],
    ['caddy', ['F4', 'F10', 'F19', 'F20', 'F23', 'F26', 'F29', 'F32']],
  ])('leaves out of all faults what cannot be played behind %s', (balancer, missing) => {
    const ids = idsOf(planFor({ faults: ['all'], balancer }));
    expect(FAULTS.map(({ id }) => id).filter((id) => !ids.includes(id))).toEqual(missing);
  });

  it.each([
    ['nginx', 'F4'],
    ['nginx', 'F29'],
    ['caddy', 'F26'],
  ])('refuses, behind %s, to play %s, and names what it can play', (balancer, fault) => {
    expect(() => planFor({ faults: ['F1', fault], balancer })).toThrow(
      new RegExp(`^no fault ${fault} behind ${balancer}; there are: F1 F2 F3 F5 F6 F7 F8 F9 F11`),
    );
  });

  it('names the balancers if there is none of the name', () => {
    expect(() => planFor({ balancer: 'traefik' })).toThrow(
      'no balancer traefik; there are: haproxy nginx caddy',
    );
  });

  it('orders plays by the release of SuperExec where the balancer can serve both', () => {
    const seedsOf = ({ plays }: Plan): number[] => plays.map(({ seed }) => seed);
    const order = { faults: ['F1'], seeds: [1, 2, 3] };
    expect(seedsOf(planFor({ ...order, balancer: 'nginx' }))).toEqual([2, 1, 3]);
    expect(seedsOf(planFor({ ...order, balancer: 'caddy' }))).toEqual([1, 2, 3]);
  });
});
