import { describeSimulation } from './play-simulation';

describeSimulation('1.33.0');
describeSimulation('1.42.0');
