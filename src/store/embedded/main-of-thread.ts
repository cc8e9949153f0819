import { parentPort } from 'node:worker_threads';
import { serve } from './serve.ts';

if (parentPort === null) throw new Error('This program runs in a thread of the app.');
serve(parentPort);
