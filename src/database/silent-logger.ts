import { AbstractLogger } from 'typeorm';

/** TypeORM prints failed migrations, which it throws as well, between the lines of our own log. */
export class SilentLogger extends AbstractLogger {
  protected writeLog(): void {
    return undefined;
  }
}
