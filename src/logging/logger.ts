import type { Logger as PinoLogger } from 'pino';

/** The one logger of a replica: pino, one JSON object a line, so that no value can forge a line. */
export type Logger = PinoLogger;
export const LOGGER = Symbol('LOGGER');
