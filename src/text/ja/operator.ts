import type { Text } from '../index.ts';

export const config: Text['config'] = {
  variables: {
    SLACK_BOT_TOKEN:
      'にはボットトークン（xoxb-…）を指定してください: api.slack.com/apps > アプリ > OAuth & Permissions > Bot User OAuth Token',
    SLACK_APP_TOKEN:
      'には connections:write を持つアプリレベルトークン（xapp-…）を指定してください: api.slack.com/apps > アプリ > Basic Information > App-Level Tokens',
    SLACK_SIGNING_SECRET:
      'には Signing Secret を指定してください: api.slack.com/apps > アプリ > Basic Information > App Credentials',
    SLACK_API_URL:
      'には https の URL を指定してください（http はこのマシン内のみ。例: https://slack.com/api/）。Slack 本来の URL を使う場合は省略します。',
    SLACK_COMMAND:
      'には 32 文字以内のスラッシュコマンドを指定してください（例: /devin）。アプリのマニフェストと同じにします。',
    METRICS_TOKEN: 'は 16 文字以上にしてください。作成: `openssl rand -hex 16`',
    DEVIN_API_KEY:
      'にはサービスユーザーのキー（cog_…）を指定してください: app.devin.ai > Settings > Service users',
    DEVIN_ORG_ID: 'には組織 ID（org-…）を指定してください: app.devin.ai > Settings > Service users',
    DEVIN_API_URL:
      'には /v3 などのバージョンを除いた https の URL を指定してください（http はこのマシン内のみ）。https://api.devin.ai を使う場合は省略します。',
    HTTPS_PROXY: 'にはプロキシの URL を指定してください（例: http://proxy.example:3128）。',
    HTTP_PROXY: 'にはプロキシの URL を指定してください（例: http://proxy.example:3128）。',
    DATABASE_URL:
      'には Postgres の URL（postgres://user:password@host:5432/name）を指定してください。パスワードの # は %23、/ は %2F、? は %3F と書きます。組み込みのデータベースを使う場合は省略します。',
    SECRETS_KEY:
      'には 32 バイトの base64（複数はコンマ区切り）を、すべてのレプリカで同じ値で指定してください。作成: `openssl rand -base64 32`',
  },
  misspelled: (name, meant) =>
    `${name} という設定はないため無視しました。${meant} の間違いではありませんか。`,
  transport:
    'SLACK_APP_TOKEN（Socket Mode）または SLACK_SIGNING_SECRET（HTTP）を設定してください: api.slack.com/apps > アプリ > Basic Information',
};

export const commandLine: Text['commandLine'] = {
  usage: '使い方:',
  unexpected: (word) => `${word} はここでは使えません。`,
  missing: (operand) => `${operand} を指定してください。`,
  since: '--since には日付または日時を指定してください（例: 2026-01-31、2026-01-31T09:00:00Z）。',
  name: 'NAME は実行する人の名前で、監査ログに残ります。64 文字以内の英数字と . _ - + @ にしてください。',
  user: 'USER には U0123ABCD のような Slack ユーザー ID を指定してください。Slack のプロフィールで ⋮ >「メンバー ID をコピー」から取得できます。',
};

export const store: Text['store'] = {
  postgres: (server, reason) =>
    `DATABASE_URL の Postgres サーバーを使用できません（${server}）: ${reason}。アドレス、ユーザー名、パスワード（# は %23 と書きます）、データベース名、SSL モードと、書き込みができることを確認してください。`,
  forbidden:
    'DATABASE_URL のユーザーにはテーブルやスキーマを作る権限がありません。データベースの所有者にしてください（例: `alter database 名前 owner to ユーザー`）。',
  inUse: (folder) =>
    `DATA_DIR ${folder} は別のプロセスが使用中です。そのプロセスを停止するか、別のフォルダーを指定してください。同時に複数動かすには DATABASE_URL を設定します。`,
  unusable: (folder) => `DATA_DIR ${folder} を使えません。このユーザーが書き込めるフォルダーにしてください。`,
  unreadable: (folder) =>
    `DATA_DIR ${folder} の「database」フォルダーにファイルはありますが、データベースとして開けません。フォルダー全体をバックアップから復元するか、移動して新しく始めてください。`,
  diskFull: (folder) =>
    `DATA_DIR ${folder} のディスクに空きがありません。空き容量を増やし、アプリが停止していれば起動してください。受け付け済みの内容は失われていません。`,
  diskFailed: (folder, reason) =>
    `${folder} のデータベースが停止しました（${reason}）。ディスクの空き容量とエラーを確認し、アプリを再起動してください。受け付け済みのものは失われていません。`,
  otherVersion:
    'データベースは、このアプリの別のバージョンのものです。そのバージョンを起動するか、空の DATA_DIR、または DATABASE_URL に空のデータベースを指定して起動してください。セッションは、タグから戻るか、フォローし直すと戻ります。何も変更していません。',
};

export const start: Text['start'] = {
  token: (name, code) =>
    `Slack が ${name} を受け付けません（${code}）。アプリをワークスペースにインストールし、api.slack.com/apps > アプリ からトークンをコピーし直してください。`,
  unreachable: (system, reason, setting) =>
    `${system} に接続できません（${reason}）。ネットワーク、プロキシとその証明書、設定している場合は ${setting} を確認してください。`,
  waits: (system) => `${system} が応答するまで再試行します。それまで依頼は受け付けません。`,
  address: ({ host, port, code }) =>
    code === 'EADDRINUSE'
      ? `PORT ${port} は ${host} の別のプログラムが使用しています。そのプログラムを停止するか、別の PORT を設定してください。`
      : `HOST ${host}、PORT ${port} で待ち受けできません（${code}）。HOST にはこのマシンのアドレス（例: 0.0.0.0）、PORT にはこのユーザーが使えるポートを設定してください。`,
  plainDatabase:
    'DATABASE_URL の接続は暗号化されていません。プロンプトや名前がネットワークを平文で流れます。sslmode=verify-full を追加してください。サーバーの証明書が独自の場合は sslrootcert も必要です。',
  devinKey:
    'Devin が DEVIN_API_KEY を受け付けません。誤っているか、取り消されたか、期限切れであるか、サービスユーザーに権限 ReadAccountMeta がありません。app.devin.ai > Settings > Service users で新しいキーを作成してください。',
  otherOrganization:
    'DEVIN_ORG_ID は、DEVIN_API_KEY でアクセスできる Devin の組織ではありません。どちらかを修正してください。',
  notAServiceUser:
    'DEVIN_API_KEY はサービスユーザーのキーではないため、依頼者としてセッションを実行できません。app.devin.ai > Settings > Service users で作成してください。',
};

export const doctor: Text['doctor'] = {
  signs: {
    ok: '✓ 正常  ',
    missing: '✗ 不足  ',
    warning: '! 警告  ',
    'not-checkable': '– 未確認',
  },
  settings: '設定はそろっています。',
  slack: (workspace) =>
    `Slack が SLACK_BOT_TOKEN を受け付けました。アプリは ${workspace} にインストールされています。`,
  scopes: (count) =>
    `manifest.yml の Slack のスコープ ${count} 個がすべて許可されています。イベントの設定は Slack から確認できないため、更新後は manifest.yml を貼り付け直してください。`,
  scopesUnknown: 'トークンのスコープが Slack の応答にありません。manifest.yml と見比べてください。',
  noScope: (scope) =>
    `Slack のスコープ ${scope} がありません。api.slack.com/apps > アプリ > OAuth & Permissions で追加し、アプリをワークスペースに再インストールしてください。`,
  socket: 'Slack が SLACK_APP_TOKEN を受け付けました。Socket Mode は有効です。',
  signingSecret: (command) =>
    `SLACK_SIGNING_SECRET は、Slack からのメッセージでしか確認できません。アプリの実行中に Slack で ${command} help と入力してください。`,
  devin: 'Devin が DEVIN_API_KEY（サービスユーザーのキー）を受け付けました。',
  permission: (permission) => `Devin の権限 ${permission} があります。`,
  lacking: (permission) =>
    `Devin の権限 ${permission} がありません。Devin の管理者が Settings > Service users でサービスユーザーのロールに追加できます。`,
  unclear: (permission) =>
    `Devin の権限 ${permission}: Devin の応答がはっきりしませんでした。1 分ほどおいて、もう一度お試しください。変わらない場合、ご契約のプランに含まれていない可能性があります。`,
  untried: (permission) =>
    `Devin の権限 ${permission}: 確認すると有料のセッションが始まるため、確認していません。誰に必要かは docs/install.md にあります。`,
  file: 'ファイルに問題はありません。',
  database: 'データベースは応答しています。',
  setAside: (count) => `失敗を繰り返したためスキップした処理: ${count} 件。理由はログにあります。`,
  databaseInUse: 'アプリの実行中はデータベースを確認できません。',
  healthy: '確認できる範囲で不足はありません。',
  unhealthy: '不足しているものを直してから、もう一度実行してください。',
};

export const audit: Text['audit'] = {
  intact: (count) => `監査ログに問題はありません（${count.toLocaleString('ja-JP')} 件）。`,
  last: (seq, at, hash) => `最後のエントリは ${seq} 番（${at}）、ハッシュは ${hash} です。`,
  wrong: {
    changed: (seq) => `エントリ ${seq} またはその直前のエントリが、変更、移動、または差し替えられています。`,
    missing: (seq) => `エントリ ${seq} がありません。`,
    unmarked: (seq) =>
      `エントリ ${seq} が最後であることを示す記録がありません。監査ログの終わりの印が削除されています。`,
    replaced: (seq) =>
      `${seq.toLocaleString('ja-JP')} 件のエントリのどれにも、指定したハッシュがありません。監査ログが差し替えられたか、切り詰められています。`,
  },
};

export const forget: Text['forget'] = {
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
    twice: 'で同じ人が二度指定されています。1 人につき 1 項目にしてください。',
    conflict: 'のアカウントは、このファイルで別の人にも指定されています。どちらかを直してください。',
  },
};
