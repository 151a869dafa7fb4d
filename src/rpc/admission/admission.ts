import { Inject, Injectable } from '@nestjs/common';

import { CONFIG, type Config } from '../../config/config';
import { SuperLinkError } from '../../errors/superlink-error';
import { Metrics } from '../../metrics/metrics';
import { Turns, URGENCIES, type Urgency } from '../../waiting/turns';
import { TurnRefused } from '../../waiting/waiting-line';
import { untilEndsAreSeen } from '../ends-of-connections';
import type { RpcCall } from '../rpc-call';
import { Arrivals } from './arrivals';
import { BodyBudget } from './body-budget';
import { Incoming } from './incoming';
import { urgencyOf } from './urgency-of';

/** Enough to keep connections and cores busy while some calls prove who they are and others are encoded. */
const CALLS_PER_CONNECTION = 4;
/** Each takes some 30 KiB, as a held one does. */
const WAITING_PER_CONNECTION = 400;
/** Clients over HTTP give up after 30 s, of which 5 s go by at the door; to be sent away costs nearly as much as to be served. */
const PATIENCE_MILLISECONDS = 20_000;
const MANY_CALLS = 'Too many calls at once.';

/** Gives back what a call was admitted with; safe to call again. */
export type Leave = () => void;

/**
 * Decides who is served when not all can be, before anything is spent on a call: so many are in work at once, so many
 * wait for a while, and who is over is told UNAVAILABLE, which every client repeats. Calls that are held count no more.
 */
@Injectable()
export class Admission {
  private readonly turns: Turns;
  private readonly bodies = new BodyBudget();
  private readonly refusals;

  constructor(
    @Inject(CONFIG) { database: { poolSize } }: Config,
    private readonly arrivals: Arrivals,
    metrics: Metrics,
  ) {
    const most = CALLS_PER_CONNECTION * poolSize;
    this.turns = new Turns({
      most: { first: 2 * most, usual: most, last: most },
      mostWaiting: WAITING_PER_CONNECTION * poolSize,
      patienceMilliseconds: PATIENCE_MILLISECONDS,
      oneByOne: true, // else heartbeats on new connections wait at the door
    });
    this.refusals = metrics.counter({
      name: 'admission_refusals_total',
      help: 'Calls that were told to come again, and why: "full": too many waited; "late": waited for 20 s; "bytes": large requests took the memory set aside for them; "silent": a request stopped coming for 30 s; "gone": the client had gone.',
      labels: ['urgency', 'why'],
    });
    this.showQueue(metrics);
  }

  /** Resolves when it is the call's turn. Throws UNAVAILABLE. */
  async enter({ definition: { path }, transport, gone }: RpcCall): Promise<Leave> {
    if (transport !== 'http') await untilEndsAreSeen(); // over HTTP: done before
    const urgency = urgencyOf(path);
    if (urgency === 'last') await this.arrivals.untilAllAreIn();
    if (gone.aborted) {
      this.noteGone(path);
      throw new SuperLinkError('UNAVAILABLE', 'The client has gone.');
    }
    try {
      return await this.turns.take(urgency, gone);
    } catch (error) {
      throw error instanceof TurnRefused ? this.refused(urgency, error.why) : error;
    }
  }

  /**
   * A request to the RPC `path` is about to come, of so many bytes as far as is known. Throws UNAVAILABLE if there is no
   * room for it now.
   * @param onSilence its client has sent nothing for 30 s, and is to be told the error
   */
  receive(path: string, bytes: number, onSilence: (error: SuperLinkError) => void): Incoming {
    const urgency = urgencyOf(path);
    const noRoom = (): SuperLinkError => this.refused(urgency, 'bytes');
    if (!this.bodies.hasRoomFor(bytes)) throw noRoom();
    return new Incoming(this.bodies.open(), {
      noRoom,
      onSilence: () => {
        onSilence(this.refused(urgency, 'silent', 'Nothing came for too long.'));
      },
    });
  }

  /** A request to the RPC `path` is left alone: its client went before anything was done for it. */
  noteGone(path: string): void {
    this.refusals.inc({ urgency: urgencyOf(path), why: 'gone' });
  }

  private refused(urgency: Urgency, why: string, details = MANY_CALLS): SuperLinkError {
    this.refusals.inc({ urgency, why });
    return new SuperLinkError('UNAVAILABLE', details);
  }

  private showQueue(metrics: Metrics): void {
    metrics.gauge(
      {
        name: 'calls_in_work',
        help: 'Calls that are being served, without those that are held or read a stream.',
      },
      (set) => {
        set(this.turns.working);
      },
    );
    metrics.gauge(
      { name: 'calls_waiting', help: 'Calls that wait for their turn.', labels: ['urgency'] },
      (set) => {
        for (const urgency of URGENCIES) set(this.turns.waitingOf(urgency), { urgency });
      },
    );
  }
}
