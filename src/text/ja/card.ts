import type { Text } from '../index.ts';

export const card: Text['card'] = {
  phases: {
    queued: '待機中',
    starting: '開始中',
    working: '作業中',
    'needs-you': '回答待ち',
    'needs-approval': '承認待ち',
    finished: '完了',
    asleep: 'スリープ中',
    capped: '上限で停止',
    failed: '失敗',
    unknown: '未確認',
    ended: '終了',
    gone: '終了',
  },
  notStarted: '未開始',
  held: '5 秒後に開始',
  stopped: '停止',
  meaning: {
    'needs-approval': {
      any: 'セッションを開いて、Devin の依頼を承認または却下してください。',
    },
    asleep: {
      inactivity:
        'しばらく動きがなかったため、スリープ状態になりました。スリープ中は費用がかかりません。メッセージを送ると再開します。',
      user_request:
        '手動でスリープ状態になりました。スリープ中は費用がかかりません。メッセージを送ると再開します。',
      any: 'スリープ中は費用がかかりません。メッセージを送ると再開します。',
    },
    capped: {
      usage_limit_exceeded:
        'ACU の上限に達しました。上限を上げてもう一度実行するか、Devin で上限を上げてください。',
      user_usage_limit_exceeded:
        '実行者が利用上限に達しました。上限の引き上げを Devin の管理者に依頼してください。',
      out_of_credits: '組織の Devin のクレジットが残っていません。追加を Devin の管理者に依頼してください。',
      payment_declined: 'Devin の支払いが拒否されました。更新を Devin の管理者に依頼してください。',
      contract_expired: '組織の Devin の契約が終了しました。更新を Devin の管理者に依頼してください。',
      any: '組織が Devin の上限に達しました。引き上げを Devin の管理者に依頼してください。',
    },
    gone: {
      any: 'Devin でこのセッションが見つかりません。削除されたか、このアプリがアクセスできなくなりました。Devin の管理者に確認してください。タスクは「再実行」に残っています。',
    },
    unknown: {
      any: 'Devin から確認が取れていません。24 時間、確認を続けます。もう一度開始すると、課金対象のセッションが 2 つになる可能性があります。',
    },
  },
  untitled: 'Devin セッション',
  headline: (title, status) => `${title} – ${status}`,
  requestedBy: (mention) => `依頼者: ${mention}`,
  as: (name) => nameBefore('として実行', name),
  serviceUser: 'サービスユーザー',
  duration: {
    short: '1 分未満',
    minutes: (minutes) => `${minutes} 分`,
    hours: (hours) => `${hours} 時間`,
    days: (days) => `${days} 日`,
  },
  waitsFor: {
    busy: 'Devin が混み合っています',
    down: 'Devin に接続できません',
    slack: 'Slack で利用者を確認できません',
    answer: 'Devin の応答待ち',
    looking: 'Devin から確認が取れず、開始したかどうかを確認中',
  },
  checked: (when) => `${when} に確認しましたが、まだ見つかりません`,
  acuUsedOf: (used, limit) => `${used} / ${limit} ACU`,
  nearCap: '上限間近',
  mode: (mode) => `${mode} モード`,
  pullRequestStates: { open: 'オープン', merged: 'マージ済み', closed: 'クローズ済み' },
  buttons: {
    review: 'PR をレビュー',
    open: 'Devin で開く',
    details: '詳細',
    'try-again': '再試行',
    'edit-and-try-again': '編集して再試行',
    'start-now': '今すぐ開始',
    'check-again': 'もう一度確認',
    'start-anyway': 'それでも開始',
    reply: '返信',
    'ask-stop': '停止…',
    archive: 'アーカイブ',
    'start-again': '再実行',
    cancel: 'キャンセル',
    mute: 'スレッドをミュート',
    unmute: 'ミュートを解除',
    'listen-thread': 'すべての返信を Devin に送る',
    'listen-mentions': 'メンションだけを Devin に送る',
  },
  endedBy: (mention) => `${mention} さんが終了`,
  canceledBy: (name) => nameBefore('さんがキャンセル', name),
  archivedBy: (mention) => `${mention} さんがアーカイブ`,
  answer: '回答する',
  wake: '再開…',
  raiseCap: '上限を上げて再実行',
  openToApprove: '開いて承認',
  askAgain: 'もう一度承認を依頼',
  confirmStartAnyway:
    '見つからなかっただけで、最初の試行が実行中の可能性があります。もう一度開始すると、課金対象のセッションが 2 つになることがあります。「もう一度確認」では何も開始しません。',
  shared: {
    heard: 'このスレッドのメッセージは、このセッションに届きます。',
    unheard: 'このスレッドのメッセージは、別のセッションに届きます。',
  },
  repliesGoToDevin: 'ここでの返信は Devin に届きます。届けたくない返信は (aside) で始めてください。',
  mentionsOnly: 'このアプリをメンションした返信だけが Devin に届きます。',
  mutedBy: (mention) => `${mention} さんがミュート中: ここでの返信は Devin に届きません。`,
  devinAnswered: (reason) => `Devin の応答: ${reason}`,
  problems: {
    secretsLost:
      'セッションのシークレットはもう残っていません。もう一度入力してください。\n保存期間は 1 日で、SECRETS_KEY が変わると読み取れなくなります。',
    slack: (code) =>
      `Slack がカードの投稿を許可しませんでした（${code}）。アプリの管理者に連絡してください。\nここでもダイレクトメッセージでも許可されませんでした。Slack でのこのアプリの権限を確認します。`,
    cancelled: 'Devin には送信していません。',
    gaveUpOnSlack:
      'Slack で利用者を確認できない状態が長く続きました。アプリの管理者に連絡してください。\nSlack でのこのアプリの権限を確認します。',
    gaveUp:
      'Devin が混み合っている、または接続できない状態が長く続きました。\n後でもう一度お試しください。Devin の稼働状況: https://www.devinstatus.com',
  },
};

/** After these no space is needed. */
const FULL_STOP = /[。！？）\n]$/;

export const joins: Text['joins'] = {
  sentences: (parts) =>
    parts
      .filter((part) => part !== '')
      .reduce(
        (said, part) => (FULL_STOP.test(said) || said === '' ? `${said}${part}` : `${said} ${part}`),
        '',
      ),
  list: (parts) => parts.join('、'),
  moment: '{date_short_pretty} {time}',
};

const JAPANESE_END =
  /[\p{Script_Extensions=Hiragana}\p{Script_Extensions=Katakana}\p{Script_Extensions=Han}]$/u;

/** A name before Japanese words: with a space, unless it is itself written in Japanese. */
export function nameBefore(words: string, name: string): string {
  return JAPANESE_END.test(name) ? `${name}${words}` : `${name} ${words}`;
}
