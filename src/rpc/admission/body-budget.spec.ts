import { BodyBudget } from './body-budget';

describe('the budget of bodies', () => {
  const budgetOf = (most: number): BodyBudget => new BodyBudget(most, 0);

  it('takes what fits, and again what was given back, once', () => {
    const budget = budgetOf(100);
    const [first, second] = [budget.open(), budget.open()];
    expect(first.grow(60)).toBe(true);
    expect(budget.hasRoomFor(41)).toBe(false);
    expect(second.grow(41)).toBe(false);
    second.free();
    first.free();
    first.free();
    expect([budget.hasRoomFor(100), budget.open().grow(100)]).toEqual([true, true]);
    expect(budget.hasRoomFor(1)).toBe(false);
  });

  it('counts what has come of a body, however it comes', () => {
    const budget = budgetOf(100);
    const body = budget.open();
    expect([body.grow(30), body.grow(30), budget.hasRoomFor(41)]).toEqual([true, true, false]);
    expect([body.grow(40), budget.hasRoomFor(1)]).toEqual([true, false]);
  });

  it('has one body at a time that is larger than all, beside the others', () => {
    const budget = budgetOf(100);
    const [giant, other] = [budget.open(), budget.open()];
    expect([giant.grow(90), giant.grow(90), giant.grow(900)]).toEqual([true, true, true]);
    expect([budget.hasRoomFor(100), budget.hasRoomFor(101)]).toEqual([true, false]);
    expect([other.grow(100), other.grow(1)]).toEqual([true, false]);
    other.free();
    giant.free();
    expect([budget.hasRoomFor(101), budget.open().grow(101)]).toEqual([true, true]);
  });

  it('never refuses what is small', () => {
    const budget = new BodyBudget(100, 10);
    expect(budget.open().grow(100)).toBe(true);
    expect([budget.hasRoomFor(10), budget.open().grow(10)]).toEqual([true, true]);
    expect([budget.hasRoomFor(11), budget.open().grow(11)]).toEqual([false, false]);
  });
});
