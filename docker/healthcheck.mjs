// Ends with 0 if the replica in this container answers its liveness probe, by TLS or without, and with 1 otherwise.
import { get as getByHttp } from 'node:http';
import { get as getByHttps } from 'node:https';

const TIMEOUT_MS = 2_000;
const host = '127.0.0.1';
const port = process.env.SUPERLINK_HTTP_PORT || 8000;

/** Whether it answers 200; its certificate is made for another name than this one. */
const answers = (get) =>
  new Promise((resolve) => {
    const options = { host, port, path: '/health/live', rejectUnauthorized: false };
    get({ ...options, timeout: TIMEOUT_MS }, ({ statusCode }) => resolve(statusCode === 200))
      .on('timeout', () => resolve(false))
      .on('error', () => resolve(false));
  });

process.exit((await answers(getByHttp)) || (await answers(getByHttps)) ? 0 : 1);
