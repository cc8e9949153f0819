import type { Log } from '../../log.ts';
import type { Jobs } from '../../queue/index.ts';
import type { Policy } from '../../session/policy/index.ts';
import { usageRefusal, type UsageScope } from '../../session/usage.ts';
import { notice } from '../../slack/blocks/notices.ts';
import type { Rendered } from '../../slack/blocks/objects.ts';
import { renderUsage } from '../../slack/blocks/usage.ts';
import type { Outbound, PrivatePlace } from '../../slack/outbound.ts';
import { answerPlace } from '../../slack/places.ts';
import type { RichBlocks } from '../../slack/slack.ts';
import type { TextFor } from '../../slack/text-for.ts';
import type { Envelopes } from '../../store/envelope.ts';
import type { MayAll } from './may-all.ts';
import type { ReportUsage } from './report.ts';

type ShowDeps = {
  report: ReportUsage['report'];
  policy: () => Policy | null;
  mayAll: MayAll;
  envelopes: Pick<Envelopes, 'open'>;
  outbound: Pick<Outbound, 'tellPrivately'>;
  richBlocks: RichBlocks;
  command: string;
  textFor: TextFor;
  log: Log;
};

type Job = Jobs['show-usage'];

/** Tells a person privately what was used, as far as they may see it. */
export function createShowUsage(deps: ShowDeps) {
  const { outbound, richBlocks, log } = deps;

  /** Slack doesn't say why it refused a private notice, so it is sent again without chart and table. */
  async function tell(place: PrivatePlace, render: (rich: boolean) => Rendered): Promise<void> {
    if (richBlocks.areTaken() && (await outbound.tellPrivately(place, render(true))) !== 'undeliverable')
      return;
    const told = await outbound.tellPrivately(place, render(false));
    if (told !== 'delivered' || !richBlocks.areTaken()) return;
    richBlocks.refused();
    log.info('Slack takes no charts and tables here yet: numbers are shown in words');
  }

  return async (job: Job): Promise<void> => {
    const { teamId, userId, by, days, answerTo } = job;
    const place = answerPlace(deps.envelopes, userId, answerTo);
    const text = await deps.textFor(userId);
    const mayAll = await deps.mayAll(userId);
    const refusal = usageRefusal(job, { hasOwners: deps.policy()?.owners !== undefined, mayAll });
    if (refusal !== null) {
      await outbound.tellPrivately(place, notice([text.usage.notForYou[refusal](deps.command)]));
      return;
    }
    const spender = { teamId, userId, channelId: answerTo.channelId ?? '' };
    const report = await deps.report({ scope: scopeOf(job), by, days, spender, mayAll });
    await tell(place, (rich) => renderUsage(report, { rich, text }));
  };
}

function scopeOf({ scope: kind, teamId, userId, answerTo }: Job): UsageScope {
  switch (kind) {
    case 'me':
      return { kind, teamId, userId };
    case 'channel':
      return { kind, teamId, channelId: answerTo.channelId ?? '' };
    case 'workspace':
      return { kind, teamId };
  }
}
