import { IN_EVERY_RUN } from './federations';
import { describePlay } from './play-federation';

IN_EVERY_RUN.forEach(describePlay);
