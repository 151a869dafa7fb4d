/** What a topic is about: `node` of `node:7`, and `tasks`. */
export function kindOf(topic: string): string {
  const [kind = ''] = topic.split(':', 1);
  return kind;
}

/** How many calls found something, and how many nothing, by the kind of topic that they waited for. */
export class PollCounts {
  private readonly counts = new Map<string, { answered: number; empty: number }>();

  note(topic: string, isEmpty: boolean): void {
    const kind = kindOf(topic);
    const count = this.counts.get(kind) ?? { answered: 0, empty: 0 };
    this.counts.set(kind, count);
    if (isEmpty) count.empty += 1;
    else count.answered += 1;
  }

  of(kind: string): { readonly answered: number; readonly empty: number } {
    return this.counts.get(kind) ?? { answered: 0, empty: 0 };
  }
}
