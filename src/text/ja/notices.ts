import type { Text } from '../index.ts';

export const notices: Text['notices'] = {
  nothingStarted: 'セッションは開始していません。',
  notSentAgain: '再送信していません。最初の試行でセッションが開始された可能性は残っています。',
  taskDeleted:
    'この依頼のタスクは削除されているため、もう一度開始することはできません。タスクを入力し直してください。',
  typed: '入力した内容:',
  openForm: 'フォームを開く',
  notOpened: (title) => `「${title}」が開かない場合は、ここから開いてください:`,
  running: {
    title: '1 分ほど前に同じ内容で開始しています。',
    reply: 'そのスレッドで返信',
    start: '別のセッションを開始',
  },
  slow: 'セッションを開始しています。カードはまもなくここに表示されます。',
  cardElsewhere: (why) => `${why}セッションのカードはダイレクトメッセージにあります。`,
  noCard:
    'セッションはありますが、ここにもダイレクトメッセージにも、Slack がカードを受け付けませんでした。Slack でのこのアプリの権限の確認を、アプリの管理者に依頼してください。',
  openCard: 'カードを開く',
  slackRefused: {
    person_not_in_conversation: 'あなたはその会話から退出しています。',
    not_in_channel:
      'そのチャンネルに、このアプリは参加していません。追加するには、そこで `/invite @Devin Sessions` と入力してください。',
    channel_not_found:
      'その会話にこのアプリは参加していないか、会話が削除されました。プライベートチャンネルでは `/invite @Devin Sessions` と入力してください。ダイレクトメッセージにアプリは参加できません。',
    is_archived: 'そのチャンネルはアーカイブされています。',
    restricted_action:
      'そのチャンネルへの投稿は制限されています。このアプリの投稿の許可を、チャンネルの管理者に依頼してください。',
    thread_not_found: 'スレッドの最初のメッセージが削除されました。',
  },
  slackRefusedOther: (code) => `Slack がこのアプリの投稿を許可しませんでした（${code}）。`,
  matchedBy: {
    mapping: 'このアプリのアカウント対応ファイルで指定されています。',
    administrator: 'ワークスペースの管理者による関連付けです。',
    email: 'Slack のメールアドレスが一致しています。',
    session: 'Devin で、このメンバーがセッションの所有者です。',
  },
  otherAccount: (account) =>
    `Slack のメールアドレスが変わったため、あなたのセッションは今後 Devin で *${account}* として実行されます。誤りの場合は、ワークスペースの管理者に正しいアカウントへの関連付けを依頼してください。`,
  serviceUser: {
    off: 'このアプリでは全員がそのように設定されています。',
    noMatch: '依頼者に対応する Devin の組織のメンバーが見つかりませんでした。',
  },
  identity: {
    unknown: ({ maskedEmail }) =>
      maskedEmail === null
        ? 'あなたに関連付けられた Devin アカウントは、もう組織にありません。Devin の管理者に再度の招待を依頼するか、ワークスペースの管理者に別のアカウントへの関連付けを依頼してください。'
        : `${maskedEmail} の Devin アカウントがありません。Devin の管理者にこのアドレスの招待を依頼するか、ワークスペースの管理者に関連付けを依頼してください。`,
    ambiguous: ({ maskedEmail }) =>
      `あなたのメールアドレス${maskedEmail === null ? '' : `（${maskedEmail}）`}を持つ Devin アカウントが複数あります。正しいアカウントへの関連付けを、ワークスペースの管理者に依頼してください。`,
    external: () =>
      'セッションを開始・操作できるのは、このアプリをインストールした Slack ワークスペースのメンバーだけです。メンバーに依頼してください。',
    guest: () =>
      'あなたはこのワークスペースのゲストです。ゲストはセッションを開始・操作できません。正規のメンバーに依頼するか、メンバーにしてもらえるようワークスペースの管理者に相談してください。',
    'no-email': () =>
      '確認済みのメールアドレスが Slack にないため、Devin であなたを見つけられません。Slack のアカウント設定でアドレスを確認してください。確認済みの場合は、スコープ users:read.email の確認をアプリの管理者に、または関連付けをワークスペースの管理者に依頼してください。',
    'mapping-unknown': ({ account }) =>
      `このアプリのアカウント対応ファイルでは、あなたは Devin の ${account} ですが、そのアカウントは Devin にありません。アプリの管理者にファイルの修正を依頼してください。`,
    'mapping-conflict': ({ account, other }) =>
      `このアプリのアカウント対応ファイルでは、あなたと ${other} の両方が Devin の ${account} になります。ファイルの修正をアプリの管理者に依頼してください。`,
    'lookup-forbidden': () =>
      'このアプリは Devin でメンバーを検索できないため、あなたのアカウントを確認できません。サービスユーザーに権限 ViewOrgMembership を追加するよう、Devin の管理者に依頼してください（Devin の Settings > Service users）。',
  },
  notListed: (flag, value) =>
    `${flag} に指定した「${value}」は Devin にありません。名前（空白を含む場合は引用符で囲む）か ID を指定するか、フォームで選んでください。`,
  limits: {
    openSessions: ({ allowed, count }) =>
      `あなたの進行中のセッション: ${count} 件（上限 ${allowed} 件）。どれかを停止するか、完了を待ってから、もう一度お試しください。上限はアプリの管理者が引き上げられます。`,
    startsPerHour: ({ allowed, count }) =>
      `あなたがこの 1 時間に開始したセッション: ${count} 件（上限 ${allowed} 件）。後でもう一度お試しください。上限はアプリの管理者が引き上げられます。`,
  },
  leftOut: {
    'too-large': (name) =>
      `ファイル ${name} は大きすぎるため、含めませんでした。Devin がアクセスできる場所に置き、タスクにリンクを書いてください。`,
    unreadable: (name) =>
      `ファイル ${name} は、Slack で読み取れないため、含めませんでした。削除されたか、Slack の外に保存されているか、このアプリが参加していない会話にある可能性があります。`,
    'no-permission': (name) =>
      `ファイル ${name} を含めませんでした。ファイルの送信には、このアプリのサービスユーザーに Devin の権限 UseDevinSessions が必要です。追加を Devin の管理者に依頼してください。`,
    refused: (name) =>
      `ファイル ${name} は Devin に拒否されたため、含めませんでした。別の形式にするか、リンクを使ってください。`,
    'too-many': (name) =>
      `ファイルが多すぎるため、 ${name} を含めませんでした。数を減らすか、1 つのアーカイブにまとめてください。`,
    'thread-unreadable': (_name) =>
      'このアプリがスレッドを読み取れないか、あなたがその会話から退出しているため、Devin には選んだメッセージだけを渡しました。このアプリが会話に参加していない場合は、そこで `/invite @Devin Sessions` と入力すると、次からスレッドも含められます。',
  },
  greeting: {
    what: 'このチャンネルから Devin のセッションを開始できます。セッションごとにスレッドを作ります。',
    how: (command) =>
      `${command} と入力するか、メッセージのメニューから *Start a Devin session* を選んでください。`,
    privacy: (help) =>
      `このアプリが読むのは、セッションのスレッド、アプリをメンションしたメッセージ、みなさんが Devin に送った内容だけです。詳しくは ${help} へ。`,
  },
};

export const devin: Text['devin'] = {
  refused: (reason) =>
    reason === null
      ? 'Devin に拒否されましたが、理由は示されませんでした。'
      : `Devin に拒否されました: ${reason}`,
  unauthorized:
    'Devin がこのアプリのキーを受け付けません。アプリの管理者に連絡してください。\nキーが誤っているか、取り消されたか、期限切れです。Devin の Settings > Service users で作成し、DEVIN_API_KEY に設定します。',
  paymentRequired: 'Devin のクレジット不足か、支払いの失敗です。Devin の管理者に連絡してください。',
  forbidden:
    'このアプリのサービスユーザーに Devin での権限がありません。Devin の管理者に連絡してください。\nDevin の Settings > Service users でロールを確認します。本人として実行するには ManageOrgSessions と ImpersonateOrgSessions が必要です。',
  impersonation: [
    '次のどちらかに原因があります。Devin の管理者が両方を確認できます。',
    '• 依頼者: Devin の組織のメンバーで、権限 UseDevinSessions がある',
    '• このアプリのサービスユーザー: 権限 ManageOrgSessions と ImpersonateOrgSessions がある',
  ].join('\n'),
  notFound:
    'Devin で見つからないか、このアプリにアクセス権がありません。\nID またはリンクを確認してください。別の組織のものか、削除された可能性があります。',
  notNow:
    'Devin が混み合っているか、接続できないため、何も実行していません。1 分ほどおいて、もう一度お試しください。',
  unexpected:
    'Devin から予期しない応答がありました。もう一度お試しください。続く場合は、アプリの管理者に連絡してください。',
};
