#!/usr/bin/env node
import 'reflect-metadata';

import { runProgram } from './program/run-program';

void runProgram(process.argv.slice(2)).then((code) => process.exit(code));
