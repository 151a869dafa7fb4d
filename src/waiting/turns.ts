import { type WaitingLimits, WaitingLine } from './waiting-line';

/** Who goes first where not all can: what keeps somebody alive or ends something, what goes on, what begins. */
export const URGENCIES = ['first', 'usual', 'last'] as const;
export type Urgency = (typeof URGENCIES)[number];

/** How many of each urgency may wait, for how long, and: */
export interface TurnLimits extends WaitingLimits {
  /** One of this urgency waits while so many have their turn, of whatever urgency. */
  readonly most: Readonly<Record<Urgency, number>>;
  /** True: only one of those that wait begins in each turn of the event loop, so that none takes long. */
  readonly oneByOne?: boolean;
}

/** Lets a bounded number work at once and a bounded number wait for a bounded time, the most urgent first. */
export class Turns {
  private taken = 0;
  private calling: NodeJS.Immediate | undefined;
  private readonly waiting: Readonly<Record<Urgency, WaitingLine<void>>>;

  constructor(private readonly limits: TurnLimits) {
    this.waiting = {
      first: new WaitingLine(limits),
      usual: new WaitingLine(limits),
      last: new WaitingLine(limits),
    };
  }

  /** How many have their turn. */
  get working(): number {
    return this.taken;
  }

  waitingOf(urgency: Urgency): number {
    return this.waiting[urgency].length;
  }

  /**
   * Resolves when it is one's turn; call the result at its end, once or more. Throws TurnRefused.
   * @param gone fires when nobody waits for it any more
   */
  async take(urgency: Urgency, gone?: AbortSignal): Promise<() => void> {
    if (this.isFree(urgency) && !this.isAwaited(urgency)) this.taken += 1;
    else await this.waiting[urgency].wait(undefined, gone);
    let isOver = false;
    return () => {
      if (isOver) return;
      isOver = true;
      this.taken -= 1;
      this.callNext();
    };
  }

  private callNext(): void {
    if (this.limits.oneByOne !== true) {
      while (this.beginNext());
      return;
    }
    this.calling ??= setImmediate(() => {
      this.calling = undefined;
      if (this.beginNext()) this.callNext();
    });
  }

  /** False: nobody waits whose turn it could be. */
  private beginNext(): boolean {
    const next = URGENCIES.find((urgency) => this.isFree(urgency) && this.waitingOf(urgency) > 0);
    if (next === undefined) return false;
    this.taken += 1;
    this.waiting[next].callFirst();
    return true;
  }

  private isFree(urgency: Urgency): boolean {
    return this.taken < this.limits.most[urgency];
  }

  /** True if somebody waits who comes before one that asks now. */
  private isAwaited(urgency: Urgency): boolean {
    const before = URGENCIES.slice(0, URGENCIES.indexOf(urgency) + 1);
    return before.some((each) => this.waitingOf(each) > 0);
  }
}
