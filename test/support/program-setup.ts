import { rm } from 'node:fs/promises';

import type { TestProject } from 'vitest/node';

import { buildProgram, newFolder } from './superlink-program';

declare module 'vitest' {
  interface ProvidedContext {
    /** Path of the program's main.js, as the sources are now. */
    superlinkProgram: string;
  }
}

/** Vitest's globalSetup of the projects that start replicas: one build for all files. */
export default async function setUpProgram(project: TestProject): Promise<() => Promise<void>> {
  const folder = newFolder('program');
  project.provide('superlinkProgram', await buildProgram(folder));
  return () => rm(folder, { recursive: true, force: true });
}
