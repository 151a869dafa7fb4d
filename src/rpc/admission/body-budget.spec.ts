import { BodyBudget } from './body-budget';

describe('the budget of bodies', () => {
  it('takes what fits, and again what was given back, once', () => {
    const budget = new BodyBudget(100);
    const first = budget.take(60)!;
    expect(budget.take(41)).toBeUndefined();
    expect(budget.take(40)).toBeDefined();
    first();
    first();
    expect(budget.take(61)).toBeUndefined();
    expect(budget.take(60)).toBeDefined();
  });

  it('lets go alone what is larger than all', () => {
    const budget = new BodyBudget(100);
    const large = budget.take(1_000)!;
    expect(budget.take(1)).toBeUndefined();
    large();
    expect(budget.take(1)).toBeDefined();
    expect(budget.take(1_000)).toBeUndefined();
  });
});
