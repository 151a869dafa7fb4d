import type { Setting } from '../setting';
import { choice, SWITCH, wholeNumber } from '../setting-kinds';

export const REPLICAS_SETTINGS = {
  replicas: {
    group: 'Replicas on this machine',
    kind: wholeNumber(1, 64),
    default: '1',
    doc: 'Processes that serve the same ports; a lost one is started again.',
  },
  isolation: {
    group: 'Replicas on this machine',
    kind: choice({ process: 'process', subprocess: 'subprocess' }),
    default: 'process',
    doc: 'subprocess starts the flower-superexec found on the PATH beside each replica.',
  },
  disableRuntimeDependencyInstallation: {
    group: 'Replicas on this machine',
    kind: SWITCH,
    environment: 'FLWR_DISABLE_RUNTIME_DEPENDENCY_INSTALLATION',
    default: 'false',
    doc: 'A SuperExec started here must not install the dependencies of apps.',
  },
  allowRuntimeDependencyInstallation: {
    group: 'Replicas on this machine',
    kind: SWITCH,
    default: 'false',
    doc: 'Deprecated: it is allowed unless disabled.',
  },
  drainSeconds: {
    group: 'Replicas on this machine',
    kind: wholeNumber(1, 3_600, 'seconds'),
    default: '30',
    doc: 'After a request to stop, what still runs then is cut.',
  },
  drainNoticeSeconds: {
    group: 'Replicas on this machine',
    kind: wholeNumber(0, 600, 'seconds'),
    default: '2',
    doc: 'For so long at first new connections are still served, for balancers to notice: twice the time between their probes. At most 3 s less than --drain-seconds, when HTTP connections are cut, or half of it if that is more.',
  },
  watchdogSeconds: {
    group: 'Replicas on this machine',
    kind: wholeNumber(0, 3_600, 'seconds'),
    default: '30',
    doc: 'A replica that hangs for so long is ended by SIGKILL, to be started again; 0: never.',
  },
  maxConnectionAgeSeconds: {
    group: 'Replicas on this machine',
    kind: wholeNumber(0, 86_400, 'seconds'),
    default: '300',
    doc: 'About this old a connection is asked to come again, so that a new replica gets its share; 0: never.',
  },
} as const satisfies Readonly<Record<string, Setting>>;
