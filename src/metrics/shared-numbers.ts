import { Injectable } from '@nestjs/common';

import { Database } from '../database/database';
import { sql, type SqlText, type Statement } from '../database/sql';
import { Metrics, type SetValue } from './metrics';

/** A number about the whole database, whichever replica is asked. */
export interface SharedGauge {
  /** Without the prefix that all have. */
  readonly name: string;
  readonly help: string;
  /** What its values are told apart by, and all of those: a value that the select has no row for is `without`. */
  readonly label?: { readonly name: string; readonly values: readonly string[] };
  /** Absent: not shown then. */
  readonly without?: number;
}

/** Some of these numbers, and the one select that gives them all. */
export interface SharedSource {
  readonly gauges: readonly SharedGauge[];
  /** Yields rows of `metric` (a gauge's name), `label` (text, '' for none) and `value` (double precision). */
  readonly select: SqlText;
}

interface SharedRow {
  readonly metric: string;
  readonly label: string;
  readonly value: number | null;
}

/** How old an answer may be before it is asked for anew: many who scrape cost what one costs. */
const FRESH_MILLISECONDS = 5_000;
/** A scrape waits no longer for the database, and shows what it has. */
const ANSWER_MILLISECONDS = 1_000;
/** PostgreSQL itself gives up then, lest it work for nobody. */
const LIMIT_STATEMENT: Statement = {
  name: 'limit-shared-numbers',
  text: sql`select set_config('statement_timeout', '1000', true)`,
};

/** Numbers about the whole database, read in one statement when somebody scrapes, and never otherwise. */
@Injectable()
export class SharedNumbers {
  private readonly sources: SharedSource[] = [];
  private rows: readonly SharedRow[] | undefined;
  private readAt = Number.NEGATIVE_INFINITY;
  private reading: Promise<void> | undefined;

  constructor(
    private readonly database: Database,
    private readonly metrics: Metrics,
  ) {
    const help =
      '1: the statement behind the numbers of the whole database was answered. 0: those are not shown.';
    metrics.gauge({ name: 'database_up', help }, (set) => {
      set(this.rows === undefined ? 0 : 1);
    });
  }

  /** To be called while modules start. */
  add(source: SharedSource): void {
    this.sources.push(source);
    for (const gauge of source.gauges) {
      const { name, help, label } = gauge;
      const labels = label === undefined ? [] : [label.name];
      this.metrics.gauge({ name, help, labels }, (set) => {
        this.show(gauge, set);
      });
    }
  }

  /** Reads them unless they are fresh. Without an answer in time they are gone until the next one; never rejects. */
  async refresh(): Promise<void> {
    if (performance.now() - this.readAt < FRESH_MILLISECONDS) return;
    // one at a time, however many ask: a database that hangs costs one connection
    this.reading ??= this.read().finally(() => (this.reading = undefined));
    let timer: NodeJS.Timeout | undefined;
    const late = new Promise<'late'>((resolve) => {
      timer = setTimeout(() => {
        resolve('late');
      }, ANSWER_MILLISECONDS);
    });
    const outcome = await Promise.race([this.reading, late]);
    clearTimeout(timer);
    if (outcome === 'late') this.rows = undefined;
  }

  private async read(): Promise<void> {
    try {
      this.rows = await this.database.transaction(async (tx) => {
        await tx.query(LIMIT_STATEMENT);
        return tx.query<SharedRow>(this.statement());
      });
      this.readAt = performance.now();
    } catch {
      this.rows = undefined; // the database's own counters say why
    }
  }

  private statement(): Statement {
    const selects = this.sources.map(({ select }) => sql`(${select})`);
    const text = selects.reduce((all, select) => sql`${all} union all ${select}`);
    return { name: 'shared-numbers', text };
  }

  private show({ name, label, without }: SharedGauge, set: SetValue<string>): void {
    if (this.rows === undefined) return;
    const rows = this.rows.filter(({ metric }) => metric === name);
    for (const value of label?.values ?? ['']) {
      const found = rows.find((row) => row.label === value)?.value ?? without;
      if (found !== undefined) set(found, label === undefined ? {} : { [label.name]: value });
    }
  }
}
