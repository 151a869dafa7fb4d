import swc from 'unplugin-swc';
import { defineConfig } from 'vitest/config';

const SECOND = 1_000;
const MINUTE = 60 * SECOND;
const DATABASE = 'test/support/postgres-setup.ts';
const PROGRAM = 'test/support/program-setup.ts';

// What is about calls, and not about the program or the database, is proven over both wires.
const OVER_HTTP_TOO = [
  'test/integration/{holds,overload,races,replica-death,start-races}.spec.ts',
  'test/integration/{bad-input,delivery,exec,http,lost-answers,runtime,statement-budget}/**/*.spec.ts',
];
// What is about SQL is proven with the oldest PostgreSQL, too.
const ON_OLDEST_POSTGRES_TOO = [
  'test/integration/{every-method,holds,races,simulations,start-races}.spec.ts',
  'test/integration/database/{limits,listening,plans-of-calls,schema-changes}.spec.ts',
  'test/integration/housekeeping/{dead-messages,ended-runs,garbage,jobs,nonces,plans,retention,run-traffic}.spec.ts',
  'test/integration/{delivery,exec,lost-answers,metrics,runtime}/**/*.spec.ts',
];
const INTEGRATION = {
  globalSetup: [DATABASE, PROGRAM],
  // against hangs only: they start replicas, on machines that may do much else at the same time
  testTimeout: 3 * MINUTE,
  hookTimeout: 3 * MINUTE,
};

// SWC and not vitest's own esbuild: Nest injects by the types that only SWC writes as metadata.
const decoratorsWithMetadata = swc.vite({
  tsconfigFile: false,
  jsc: {
    target: 'es2022',
    parser: { syntax: 'typescript', decorators: true },
    transform: {
      legacyDecorator: true,
      decoratorMetadata: true,
      useDefineForClassFields: true,
    },
    keepClassNames: true,
  },
  module: { type: 'es6' },
});

/** Real federated runs, one file at a time: each starts replicas, a balancer and Python clients. */
const stockFederations = (name: string, include = `test/${name}/**/*.spec.ts`) => ({
  extends: true as const,
  test: {
    name,
    include: [include],
    globalSetup: [DATABASE, PROGRAM],
    testTimeout: 10 * MINUTE,
    hookTimeout: 10 * MINUTE,
    poolOptions: { forks: { singleFork: true } },
  },
});

export default defineConfig({
  plugins: [decoratorsWithMetadata],
  test: {
    globals: true,
    environment: 'node',
    pool: 'forks',
    maxWorkers: 2,
    minWorkers: 1,
    setupFiles: ['reflect-metadata'],
    projects: [
      {
        extends: true,
        test: {
          name: 'unit',
          include: [
            ...['src/**/*.spec.ts', 'test/{mutants,support}/*.spec.ts'],
            'test/faults/{faults-arguments,faults-table,invariants,metrics-watch,plan,proxy-record,signs}.spec.ts',
          ],
          testTimeout: 30 * SECOND,
        },
      },
      {
        extends: true,
        test: { name: 'wire', include: ['test/wire/**/*.spec.ts'], testTimeout: 30 * SECOND },
      },
      {
        extends: true,
        test: {
          name: 'integration',
          include: [
            'test/integration/**/*.spec.ts',
            'test/faults/{bench-database,history}.spec.ts',
          ],
          exclude: ['test/integration/http/**'],
          provide: { wire: 'grpc' },
          ...INTEGRATION,
        },
      },
      {
        extends: true,
        test: {
          name: 'integration-http',
          include: OVER_HTTP_TOO,
          exclude: ['test/integration/**/grpc-*.spec.ts'],
          provide: { wire: 'http' },
          ...INTEGRATION,
        },
      },
      {
        extends: true,
        test: {
          name: 'oldest-postgres',
          include: ON_OLDEST_POSTGRES_TOO,
          provide: { wire: 'grpc' },
          ...INTEGRATION,
          globalSetup: ['test/support/oldest-postgres-setup.ts', PROGRAM],
        },
      },
      {
        extends: true,
        test: {
          name: 'deployment',
          include: ['test/deployment/**/*.spec.ts'],
          globalSetup: [DATABASE, 'test/deployment/tools-setup.ts'],
          // one builds an image, and removes it
          testTimeout: 10 * MINUTE,
          hookTimeout: 10 * MINUTE,
        },
      },
      stockFederations('e2e'),
      // By hand: every release takes its minute.
      stockFederations('matrix'),
      stockFederations('differential'),
      // Also by scripts/faults.mjs, which says what it is to play.
      stockFederations('faults', 'test/faults/faults.spec.ts'),
    ],
  },
});
