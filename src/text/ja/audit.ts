import type { Text } from '../index.ts';

export const audit: Text['audit'] = {
  usage: [
    '使い方:',
    '  npm run audit -- verify [--expect HASH]',
    '  npm run audit -- export [--since 2026-01-31] [--csv] [--by NAME]',
  ].join('\n'),
  intact: (count) => `監査ログに問題はありません（${count.toLocaleString('ja-JP')} 件）。`,
  last: (seq, at, hash) => `最後のエントリは ${seq} 番（${at}）、ハッシュは ${hash} です。`,
  wrong: {
    changed: (seq) => `エントリ ${seq} は変更されたか、別の場所から移されています。`,
    missing: (seq) =>
      seq === 1
        ? 'エントリ 1 がありません。監査ログの先頭が失われています。'
        : `エントリ ${seq} がありません。`,
    loose: (seq) => `エントリ ${seq} が直前のエントリにつながっていません。どちらかが差し替えられています。`,
    unmarked: (seq) =>
      `エントリ ${seq} が最後であることを示す記録がありません。監査ログの終わりの印が削除されています。`,
    emptied: (_seq) => '監査ログが空ですが、アプリは使用されています。エントリが削除されています。',
    replaced: (seq) =>
      `${seq.toLocaleString('ja-JP')} 件のエントリのどれにも、指定したハッシュがありません。監査ログが差し替えられたか、切り詰められています。`,
  },
};

export const forget: Text['forget'] = {
  usage:
    '使い方:\n  npm run forget -- USER [--by NAME]\nUSER は U0123ABCD のような Slack ユーザー ID です。NAME は実行する人の名前で、監査ログに残ります（英数字と . _ - + @）。',
  done: (userId, { requests, sessions, replies }) =>
    `${userId} のテキストを削除しました。依頼: ${requests} 件、セッション: ${sessions} 件、セッションへのメッセージ: ${replies} 件。ID、日時、費用、監査ログは残ります。`,
  inProgress: (count) => `進行中のため終了まで残るもの: ${count} 件。終了後にもう一度実行してください。`,
};

export const operator: Text['operator'] = {
  noDatabase:
    'まだデータベースがありません。アプリを一度起動するか、DATA_DIR と DATABASE_URL を確認してください。',
  failed: (reason) =>
    `データベースを最後まで読めなかったため、結果はありません（${reason}）。もう一度実行してください。`,
  embeddedInUse: (folder) =>
    `${folder} の組み込みデータベースはアプリが使用中です。アプリを停止し、もう一度実行してから起動してください。Postgres（DATABASE_URL）なら、アプリの実行中でも使えます。`,
};

export const mapping: Text['mapping'] = {
  faults: {
    whole: 'アカウント対応ファイル',
    'slack-person': 'は Slack のユーザー ID（U0123）またはメールアドレスにしてください。',
    'devin-member':
      'は Devin のユーザー ID（例: user-0123）または Devin メンバーのメールアドレスにしてください。',
    twice: (slack) => `で ${slack} が二度指定されています。1 人につき 1 項目にしてください。`,
    conflict: (one, other, devin) =>
      `で ${one} と ${other} の両方が ${devin} になっています。どちらかを直すか、両方に \`shared: true\` を付けてください。`,
  },
};
