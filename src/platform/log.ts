import { pino } from 'pino';
import { type LogEvent, type LogMode, lineOf } from '../http/log.ts';

const FLUSH_EVERY_MS = 200;
const BUFFER_BYTES = 4_096;

/** The log of the Node server: JSON lines on standard error, by pino. Lines of requests are written some at a time. */
export function createNodeLog(mode: LogMode): (event: LogEvent) => void {
  const buffered = { sync: false, minLength: BUFFER_BYTES, periodicFlush: FLUSH_EVERY_MS };
  const options = {
    base: null,
    timestamp: () => `,"time":"${new Date().toISOString()}"`,
    formatters: { level: (level: string) => ({ level }) },
  };
  const log = pino(options, pino.destination({ dest: 2, sync: true, ...(mode === 'requests' ? buffered : {}) }));
  return (event) => {
    const line = lineOf(event, mode);
    if (line === null) return;
    const { level, ...rest } = line;
    log[level](rest);
  };
}
