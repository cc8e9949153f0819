import { h } from './h.ts';
import type { Child, VNode } from './h.ts';

/** The README's own section, found by its words: it comes as plain text. */
const README = '/README.md#:~:text=Install%20in%20your%20workspace';

const code = (words: string): VNode => h('code', {}, words);

/** The README's five steps in short. */
export function installSteps(): Child {
  return [
    h(
      'ol.install-steps',
      {},
      h('li', {}, 'Slack app: create one from ', code('manifest.yml'), ' and install it.'),
      h('li', {}, 'Slack tokens: copy ', code('xoxb-…'), ' and make ', code('xapp-…'), '.'),
      h('li', {}, 'Devin key: make a service user, and copy its key and the organization id.'),
      h('li', {}, 'Settings: ', code('cp .env.example .env'), ' and fill in those four.'),
      h('li', {}, 'Start: ', code('npm ci && npm run doctor'), ', then ', code('npm start'), '.'),
    ),
    h(
      'p',
      {},
      'Each step in full: ',
      h('a', { href: README, target: '_blank', rel: 'noopener' }, 'README.md, "Install in your workspace"'),
    ),
  ];
}
