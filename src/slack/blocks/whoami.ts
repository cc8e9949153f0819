import { LIMIT } from './limits.ts';
import { runAction } from '../ids.ts';
import type { Text } from '../../text/index.ts';
import { identityLines } from './identity.ts';
import { button, sections } from './objects.ts';
import type { Rendered } from './objects.ts';
import type { FormIdentity } from './session-form.ts';
import { truncate } from './text.ts';
import { whyLines } from './why.ts';
import type { Why } from './why.ts';

/** `why`: what the person may do here; null: nothing, or that is not known. */
type Whoami = { runsAs: FormIdentity; why: Why | null };

/** As whom a person's sessions run, how that is known, and what they may do where they ask. */
export function renderWhoami({ runsAs, why }: Whoami, text: Text): Rendered {
  const { whoami } = text.policy;
  const { who, how } = identityLines(runsAs, text);
  const lines = [who, ...(how === null ? [] : [how]), ...(why === null ? [] : whyLines(why, text))];
  const again = button(runAction(0), whoami.again, 'whoami again');
  const linking = button(runAction(1), whoami.linking, 'help admin');
  return {
    text: truncate(lines.join('\n'), LIMIT.messageText),
    blocks: [
      ...sections(lines),
      { type: 'actions', elements: runsAs.kind === 'member' ? [again] : [again, linking] },
    ],
  };
}
