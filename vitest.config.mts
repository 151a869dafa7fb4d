import swc from 'unplugin-swc';
import { defineConfig } from 'vitest/config';

const SECOND = 1_000;
const MINUTE = 60 * SECOND;
const DATABASE = 'test/support/postgres-setup.ts';
const PROGRAM = 'test/support/program-setup.ts';

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
          include: ['src/**/*.spec.ts', 'test/unit/**/*.spec.ts'],
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
          include: ['test/integration/**/*.spec.ts'],
          globalSetup: [DATABASE, PROGRAM],
          testTimeout: MINUTE,
          hookTimeout: MINUTE,
        },
      },
      {
        extends: true,
        test: {
          name: 'e2e',
          include: ['test/e2e/**/*.spec.ts'],
          globalSetup: [DATABASE, PROGRAM],
          testTimeout: 10 * MINUTE,
          hookTimeout: 10 * MINUTE,
          // One file at a time: each starts replicas, a balancer and Python clients.
          poolOptions: { forks: { singleFork: true } },
        },
      },
    ],
  },
});
