/** The protocol of the control panel and its server: `GET /api/control/state`, `POST /api/control/act`. */

export const SCRIPTS = ['normal', 'question', 'report', 'fails', 'capped', 'slow'] as const;
export type ScriptChoice = (typeof SCRIPTS)[number];

/** One request and what came back. */
export type Exchange = {
  id: number;
  atMs: number;
  side: 'slack' | 'devin';
  /** `to-bot`: Slack told the app something. */
  direction: 'to-bot' | 'from-bot';
  name: string;
  /** null: there is no answer, yet or ever. */
  result: string | null;
  isTrouble: boolean;
};

type BotView = {
  status: 'starting' | 'ready' | 'ended';
  pid: number | null;
  starts: number;
};

export type ControlState = {
  bot: BotView;
  script: ScriptChoice;
  exchanges: Exchange[];
};
