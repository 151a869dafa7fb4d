/**
 * In what a replica is: its life, its doors, its database and its upkeep.
 * @type {readonly import('./mutants.d.mts').Mutant[]}
 */
export const REPLICA_MUTANTS = [
  {
    name: 'a drain closes at once',
    file: 'src/health/drain.service.ts',
    find: 'NOTICE_MILLISECONDS = 2_000',
    replace: 'NOTICE_MILLISECONDS = 0',
    project: 'integration',
    spec: 'test/integration/holds.spec.ts',
    test: 'a replica that drains answers them',
  },
  {
    name: 'a drain leaves held calls waiting',
    file: 'src/health/drain.service.ts',
    find: '    this.wakeups.close();\n',
    replace: '',
    project: 'integration',
    spec: 'test/integration/holds.spec.ts',
    test: 'a replica that drains answers them',
  },
  {
    name: 'a statement may run for ever',
    file: 'src/database/data-source.ts',
    find: '  statement_timeout: 15_000,\n',
    replace: '',
    project: 'integration',
    spec: 'test/integration/database/limits.spec.ts',
  },
  {
    name: 'a statement may wait for a lock for ever',
    file: 'src/database/data-source.ts',
    find: '  lock_timeout: 5_000,\n',
    replace: '',
    project: 'integration',
    spec: 'test/integration/database/limits.spec.ts',
  },
  {
    name: 'LISTEN is not revived',
    file: 'src/waiting/notification-listener.ts',
    find: '    this.after(RECONNECT_MILLISECONDS, () => this.connect());\n',
    replace: '',
    project: 'integration',
    spec: 'test/integration/holds.spec.ts',
    test: 'although the LISTEN connection was killed',
  },
  {
    name: 'a database that is away is told with 500',
    file: 'src/rpc/http/http-error.ts',
    find: 'UNAVAILABLE: 503,',
    replace: 'UNAVAILABLE: 500,',
    project: 'integration-http',
    spec: 'test/integration/http/unavailable.spec.ts',
  },
  {
    name: 'a session that an administrator ends is an error of ours',
    file: 'src/database/database-errors.ts',
    find: 'const TRANSIENT_CLASS = /^(08|53|57P0|58)/;',
    replace: 'const TRANSIENT_CLASS = /^(08|53|58)/;',
    project: 'unit',
    spec: 'src/database/database-errors.spec.ts',
  },
  {
    name: 'nonces are kept in memory',
    file: 'src/auth/nonce.repository.ts',
    find: `    const rows = await this.database.query(USE_NONCE, [namespace, nonce, expiresAt]);
    return rows.length === 1;`,
    replace: `    const used = ((globalThis as { nonces?: Set<string> }).nonces ??= new Set());
    const isNew = !used.has(namespace + nonce) && expiresAt > 0 && USE_NONCE.name !== '';
    used.add(namespace + nonce);
    return Promise.resolve(isNew);`,
    project: 'integration',
    spec: 'test/integration/start-races.spec.ts',
    test: 'accept a SuperExec signature once among them',
  },
  {
    name: 'the status of a run is kept in memory',
    file: 'src/runs/run-access.service.ts',
    find: '    const row = await this.runs.findForNode(nodeId, signer, runId);\n',
    replace: `    const kept = ((globalThis as { kept?: Map<bigint, RunForNodeRow> }).kept ??= new Map());
    const row = kept.get(runId) ?? (await this.runs.findForNode(nodeId, signer, runId));
    if (row !== undefined) kept.set(runId, row);
`,
    project: 'integration',
    spec: 'test/integration/bad-input/wrong-states.spec.ts',
  },
  {
    name: 'many start and all of them migrate',
    file: 'src/database/migrate.ts',
    find: "    await runner.query('select pg_advisory_xact_lock($1)', [MIGRATION_LOCK]);\n",
    replace: '    void MIGRATION_LOCK;\n',
    project: 'integration',
    spec: 'test/integration/start-races.spec.ts',
    test: 'all come up on an empty database',
  },
  {
    name: 'housekeeping is done by all replicas at once',
    file: 'src/housekeeping/job-lock.ts',
    find: 'return lock?.won === true;',
    replace: 'return lock !== undefined;',
    project: 'integration',
    spec: 'test/integration/housekeeping/jobs.spec.ts',
    test: 'are done by one of them at a time',
  },
  {
    name: 'what is urgent waits behind all else',
    file: 'src/database/connection-turns.ts',
    find: 'const others = size < LEAST_WITH_SPARE ? size : size - 1;',
    replace: 'const others = LEAST_WITH_SPARE > 0 ? size : size - 1;',
    project: 'integration',
    spec: 'test/integration/overload.spec.ts',
    test: 'heartbeats are heard',
  },
  {
    name: 'a start without a database ends at once',
    file: 'src/database/wait-for-database.ts',
    find: 'if (isOver || !isMendedByTime(error)) throw error;',
    replace: 'if (isOver || !isMendedByTime(error) || pauseSeconds > 0) throw error;',
    project: 'integration',
    spec: 'test/integration/database-wait.spec.ts',
    test: 'migrates as soon as there is one',
  },
  {
    name: 'a release that takes away does not keep older ones out',
    file: 'src/database/migrate.ts',
    find: 'if (unknown.length > 0 && !canServe) throw',
    replace: 'if (unknown.length > 0 && !canServe && !found.floor) throw',
    project: 'integration',
    spec: 'test/integration/database/schema-changes.spec.ts',
    test: 'keeps them from starting',
  },
  {
    name: 'calls are served whose clients went long ago',
    file: 'src/rpc/ends-of-connections.ts',
    find: 'turn <= TURNS',
    replace: 'turn < 0 * TURNS',
    project: 'integration',
    spec: 'test/integration/runtime/log-batches.spec.ts',
    test: 'for it was stopped',
  },
];
