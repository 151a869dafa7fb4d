import type { ModelEvent } from '../../tasks/model-exchanges/model-exchanges.service';
import { ResponsesError } from './responses-error';

/** Nothing, to clients; balancers cut what is silent for 60 s. */
export const SILENT_FRAME = ': alive\n\n';

/** One event as it stands in a text/event-stream. */
export function frameOf({ event, data }: ModelEvent): string {
  if (/[\r\n]/.test(event)) {
    throw new ResponsesError('invalid_model_event', 'The name of an event has a line break.');
  }
  const lines = data.split(/\r\n|\r|\n/).map((line) => `data: ${line}\n`);
  return `event: ${event}\n${lines.join('')}\n`;
}

/** The last frame of a stream that failed after `told` events. */
export function errorFrame({ code, message }: ResponsesError, told: number): string {
  const data = { type: 'error', code, message, param: null, sequence_number: told };
  return frameOf({ event: 'error', data: JSON.stringify(data) });
}
