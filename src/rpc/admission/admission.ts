import { Inject, Injectable } from '@nestjs/common';

import { CONFIG, type Config } from '../../config/config';
import { SuperLinkError } from '../../errors/superlink-error';
import { Metrics } from '../../metrics/metrics';
import { TurnRefused, Turns, URGENCIES, type Urgency } from '../../waiting/turns';
import { untilEndsAreSeen } from '../ends-of-connections';
import type { RpcCall } from '../rpc-call';
import { BodyBudget } from './body-budget';
import { urgencyOf } from './urgency-of';

/** Enough to keep connections and cores busy while some calls prove who they are and others are encoded. */
const CALLS_PER_CONNECTION = 4;
/** Each takes some 30 KiB, as a held one does. */
const WAITING_PER_CONNECTION = 400;
/** Clients over HTTP give up after 30 s, of which work may take half; CLIs do not come again by themselves. */
const PATIENCE_MILLISECONDS = 10_000;

/** Gives back what a call was admitted with; safe to call again. */
export type Leave = () => void;

/** A request that is being received. */
export interface Incoming {
  /** So much more of it has come. Throws UNAVAILABLE: there is no room for it now. */
  readonly grow: (bytes: number) => void;
  /** It is in memory no more. */
  readonly free: () => void;
}

/**
 * Decides who is served when not all can be, before anything is spent on a call: so many are in work at once, so many
 * wait for a while, and who is over is told UNAVAILABLE, which every client repeats. Calls that are held count no more.
 */
@Injectable()
export class Admission {
  private readonly turns: Turns;
  private readonly bodies = new BodyBudget();
  private readonly refusals;

  constructor(@Inject(CONFIG) { database: { poolSize } }: Config, metrics: Metrics) {
    const most = CALLS_PER_CONNECTION * poolSize;
    this.turns = new Turns({
      most: { first: 2 * most, usual: most, last: most },
      mostWaiting: WAITING_PER_CONNECTION * poolSize,
      patienceMilliseconds: PATIENCE_MILLISECONDS,
    });
    this.refusals = metrics.counter({
      name: 'admission_refusals_total',
      help: 'Calls that were told to come again, and why: "full": too many waited; "late": waited for 10 s; "bytes": large requests took the memory set aside for them; "gone": the client had gone.',
      labels: ['urgency', 'why'],
    });
    this.showQueue(metrics);
  }

  /** Resolves when it is the call's turn. Throws UNAVAILABLE. */
  async enter({ definition, transport, bytes, gone }: RpcCall): Promise<Leave> {
    if (transport !== 'http') await this.passOverGone(definition.path, gone); // over HTTP: done before
    const urgency = urgencyOf(definition.path);
    // over HTTP it was counted while it was received
    const body = transport === 'http' ? undefined : this.receive(definition.path, bytes.length);
    try {
      body?.grow(bytes.length);
      const end = await this.turns.take(urgency, gone);
      return () => {
        body?.free();
        end();
      };
    } catch (error) {
      body?.free();
      throw error instanceof TurnRefused ? this.refused(urgency, error.why) : error;
    }
  }

  /**
   * A request to the RPC `path` is about to come, of so many bytes as far as is known. Throws UNAVAILABLE if there is no
   * room for it now.
   */
  receive(path: string, bytes: number): Incoming {
    const noRoom = (): SuperLinkError => this.refused(urgencyOf(path), 'bytes');
    if (!this.bodies.hasRoomFor(bytes)) throw noRoom();
    const body = this.bodies.open();
    return {
      grow: (more) => {
        if (!body.grow(more)) throw noRoom();
      },
      free: () => {
        body.free();
      },
    };
  }

  /** A request to the RPC `path` is left alone: its client went before anything was done for it. */
  noteGone(path: string): void {
    this.refusals.inc({ urgency: urgencyOf(path), why: 'gone' });
  }

  private async passOverGone(path: string, gone: AbortSignal): Promise<void> {
    await untilEndsAreSeen();
    if (!gone.aborted) return;
    this.noteGone(path);
    throw new SuperLinkError('UNAVAILABLE', 'The client has gone.');
  }

  private refused(urgency: Urgency, why: string): SuperLinkError {
    this.refusals.inc({ urgency, why });
    return new SuperLinkError('UNAVAILABLE', 'Too many calls at once.');
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
