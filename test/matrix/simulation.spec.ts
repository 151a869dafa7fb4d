import { describeSimulation } from '../e2e/play-simulation';

// Over gRPC; every test run plays the newest release, over HTTP.
describeSimulation('1.33.0');
