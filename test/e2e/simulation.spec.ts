import { describeSimulation } from './play-simulation';

describeSimulation('1.42.0');
