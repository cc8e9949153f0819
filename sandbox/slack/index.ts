/**
 * A local Slack: real HTTP and real WebSockets on 127.0.0.1, one workspace in memory, Slack's refusals included (rules/).
 *
 *     const slack = await createLocalSlack({ withoutScopes: ['users:read.email'] });
 *     const ana = slack.addUser({ name: 'ana', email: 'ana@acme.example' });            seed.ts
 *     const web = slack.addChannel({ name: 'web', members: [ana] });
 *     slack.connectHttp('http://127.0.0.1:3000/slack/events');                            or Socket Mode: waitForSocket()
 *     await slack.command(ana, web, 'fix the login test');                                 people/, when the app has answered
 *     slack.fail('chat.postMessage', { status: 500, times: 2 });                           faults.ts
 *     await slack.waitForMessage(web, ({ text }) => text.includes('Working'));             local-slack.ts
 *     slack.calls, slack.deliveries; slack.problems: what a careful app doesn't do
 */
export { createLocalSlack, PATIENT_MS, type LocalSlack, type LocalSlackOptions } from './local-slack.ts';
export type { Message, View } from './model.ts';
