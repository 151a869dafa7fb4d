import type { Config } from '../config/config';
import { DatabaseServers } from '../database/database-servers';
import type { Logger } from '../logging/logger';
import { Metrics } from '../metrics/metrics';
import { NotificationListener } from './notification-listener';
import { Wakeups } from './wakeups';

const WITH_A_VANISHED_CERTIFICATE =
  'postgres://u:hunter2@127.0.0.1:1/d?sslmode=verify-full&sslrootcert=/nowhere/root.pem';

describe('the listener', () => {
  it('tries again while the certificate that it trusts is not there, and says so', async () => {
    const warn = vi.fn();
    const listener = new NotificationListener(
      { database: {} } as Config,
      { warn } as unknown as Logger,
      new Wakeups(),
      new DatabaseServers(WITH_A_VANISHED_CERTIFICATE),
      new Metrics(),
    );
    listener.onApplicationBootstrap();
    await vi.waitFor(() => expect(warn.mock.calls.length).toBeGreaterThan(1), 5_000);
    await listener.onApplicationShutdown();
    const err = expect.objectContaining({ code: 'ENOENT' }) as unknown;
    expect(warn).toHaveBeenCalledWith({ err }, expect.stringContaining('lost the LISTEN'));
  });
});
