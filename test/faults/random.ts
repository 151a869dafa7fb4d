import { createHash } from 'node:crypto';

/** The same numbers for the same seed, on every machine. */
export class Random {
  private drawn = 0;

  constructor(private readonly seed: string) {}

  /** A whole number from 0 to below `limit`. */
  below(limit: number): number {
    this.drawn += 1;
    return (
      createHash('sha256').update(`${this.seed} ${this.drawn}`).digest().readUInt32BE() % limit
    );
  }

  /** A whole number from `least` to `most`. */
  between(least: number, most: number): number {
    return least + this.below(most - least + 1);
  }

  pick<Item>(items: readonly Item[]): Item {
    return items[this.below(items.length)]!;
  }

  shuffled<Item>(items: readonly Item[]): Item[] {
    return items
      .map((item) => ({ item, place: this.below(2 ** 31) }))
      .toSorted((one, other) => one.place - other.place)
      .map(({ item }) => item);
  }
}
