import { ensureHelm, ensureKubeconform } from '../../scripts/deployment/go-tools.mjs';
import { ensureComposeSchema } from '../../scripts/deployment/schemas.mjs';

/** Vitest's globalSetup of the project: a fresh clone builds for minutes, which are no test's own. */
export default async function setUpTools(): Promise<void> {
  await ensureHelm();
  await ensureKubeconform();
  await ensureComposeSchema();
}
