/**
 * Bugs that a maintainer could make. Each is planted alone: `find`, which must stand in `file` exactly once, becomes
 * `replace`, and the tests of `spec` (those named `test`, if given) must then fail.
 *
 * @typedef {object} Mutant
 * @property {string} name
 * @property {string} file
 * @property {string} find
 * @property {string} replace
 * @property {'unit' | 'integration' | 'integration-http'} project
 * @property {string} spec
 * @property {string} [test]
 */

/** @type {readonly Mutant[]} */
export const MUTANTS = [
  {
    name: 'a task goes to every claim that comes',
    file: 'src/tasks/task-life.sql.ts',
    find: 'where task_id = before.id and ${IS_PENDING}\nreturning before.is_again',
    replace: 'where task_id = before.id and finished_at is null\nreturning before.is_again',
    project: 'integration',
    spec: 'test/integration/races.spec.ts',
    test: 'gives a task to one of 24 claims',
  },
  {
    name: 'a message is handed out without a row lock',
    file: 'src/messages/instructions.sql.ts',
    find: 'limit 1\n  for update of i skip locked),\nhanded as',
    replace: 'limit 1),\nhanded as',
    project: 'integration',
    spec: 'test/integration/races.spec.ts',
    test: 'passes by a message that another transaction has in hand',
  },
  {
    name: 'a message is handed out once, whether it arrives or not',
    file: 'src/messages/instructions.sql.ts',
    find: "and (i.handed_out_at is null or i.handed_out_at <= now() - interval '2 seconds')",
    replace: 'and i.handed_out_at is null',
    project: 'integration',
    spec: 'test/integration/holds.spec.ts',
    test: 'a message that was not confirmed comes again',
  },
  {
    name: 'the token of a task that has ended is still good',
    file: 'src/tasks/calling-task.ts',
    find: 'where t.token_hash = $1::bytea and t.finished_at is null and t.active_until >= now()`',
    replace: 'where t.token_hash = $1::bytea`',
    project: 'integration',
    spec: 'test/integration/bad-input/credentials.spec.ts',
  },
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
    name: 'an object may be anything',
    file: 'src/object-store/object-content.ts',
    find: 'return hasObjectForm(content) && (await sha256(content)) === objectId;',
    replace: "return hasObjectForm(content) && (await sha256(content)) !== objectId + '!';",
    project: 'unit',
    spec: 'src/object-store/object-content.spec.ts',
  },
  {
    name: 'log lines that are sent again are stored again',
    file: 'src/tasks/task-records.sql.ts',
    find: `    t.last_log_digest is distinct from $3::bytea or t.last_log_origin = $4::text
    or`,
    replace: `    t.last_log_digest is distinct from $3::bytea or t.last_log_origin is distinct from ''
    or`,
    project: 'integration',
    spec: 'test/integration/lost-answers/server-app-io.spec.ts',
  },
  {
    name: 'a reply that is sent again is counted again',
    file: 'src/messages/replies.sql.ts',
    find: 'from stored where is_new\n',
    replace: 'from stored\n',
    project: 'integration',
    spec: 'test/integration/races.spec.ts',
    test: 'takes one reply that comes 20 times once',
  },
  {
    name: 'a message that becomes whole wakes nobody',
    file: 'src/object-store/object-access.sql.ts',
    find: "select count(pg_notify('superlink', topic)) as topics\n  from progress",
    replace: 'select count(topic) as topics\n  from progress',
    project: 'integration',
    spec: 'test/integration/holds.spec.ts',
    test: 'gets a message at once when it becomes whole',
  },
];
