export { explain } from './explain.ts';
export { parsePolicy, readPolicyFile } from './policy-file/read.ts';
