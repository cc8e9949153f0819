import type { Text } from '../index.ts';
import { nameBefore } from './card.ts';

export const policy: Text['policy'] = {
  faults: {
    whole: 'ポリシー',
    unreadable: (code) => `を読み取れません（${code}）。パスと権限を確認してください。`,
    blank: 'が空です。意図したものであれば {} と書いてください。',
    tooLarge: (most) => `が ${most / 1024} KB を超えています。短くしてください。`,
    notPlain:
      'には、この形式で使えない YAML（エイリアス、テキスト中のコメントなど）があります。通常の語、数値、リストで書き、*、!、#、コロンを含むテキストは引用符で囲んでください。',
    repeatedKey: (key) => `${key} が 2 回あります。1 つにしてください。`,
    syntax: (reason) =>
      `が YAML として正しくありません: ${reason} 同じ部分のキーはスペースで同じ深さに字下げし、#、*、コロンを含むテキストは引用符で囲んでください。`,
    unknownKey: (key) => `${key} はここで使えるキーではありません。`,
    missing: (key) => `${key} がありません。追加してください。`,
    values: (values) => `に指定できる値: ${values}`,
    or: '、',
    type: {
      string: 'はテキストにしてください。数値に見える値や、* か # で始まる値は引用符で囲みます。',
      number: 'は数値にしてください。',
      int: 'は整数にしてください。',
      boolean: 'は true または false にしてください。',
      array: 'は [a, b] のようなリストにしてください。',
      object: 'にはキーと値を、字下げして書いてください。',
    },
    wrong: 'は、ここでは使えない値です。',
    atLeast: (least) => `は ${least} 以上にしてください。`,
    atMost: (most) => `は ${most} 以下にしてください。`,
    empty: 'が空です。値を書くか、キーを削除してください。',
    tooLong: (most) => `が長すぎます。${most} 以内にしてください。`,
    person:
      'は Slack のユーザー ID（U0123）、ユーザーグループ ID（S0123）、または @ を含むメールアドレスのパターン（"*@acme.example"）にしてください。',
    member: 'は Slack のユーザー ID（U0123）またはユーザーグループ ID（S0123）にしてください。',
    channel:
      'はチャンネル ID（C0123）、# 付きの名前（"#proj-*"）、public、private、direct、shared のいずれかにしてください。',
    mode: 'は Devin のモード（normal、fast、lite、ultra、fusion）または * を含むパターンにしてください。',
    repository: 'は acme/web のようなリポジトリにしてください。パターンは使えません。',
    duration: 'は 30m、4h、2d のような分、時間、日にしてください（30d まで）。',
    'limit-name': 'は上限の名前と紛らわしいため使えません。`limits.` で始まらない名前にしてください。',
    twice: 'は前のルールと同じ名前です。ルールごとに別の名前を付けてください。',
    'no-approvers': 'には承認者が必要です。`approvers` または `owners` に指定してください。',
    'budget-without-cap':
      'には limits.acu_per_session も必要です。上限のないセッションが予算をすべて使えてしまいます。acu_per_session を追加してください。',
  },
  refusal: 'ポリシーで許可されていません。',
  money: {
    used: (acu) => `使用済み ${acu}`,
    reserved: (acu, sessions) => `${sessions}が ${acu} を確保中`,
    free: (acu, most) => `空き ${acu} / ${most} ACU`,
    whose: {
      acu_per_person_per_day: 'あなたの今日',
      acu_per_channel_per_day: 'このチャンネルの今日',
      acu_per_month: 'このワークスペースの今月',
    },
    reservedBy: (whose) => `確保しているセッション: ${whose}。`,
    ofOthers: (sessions) => `ほかの人の${sessions}`,
  },
  hurdles: {
    set: (values) =>
      `このチャンネルでは次の値に決まっています: ${values}。この値で開始するか、オプションを省略してください。`,
    cap: (most) => `ここでは 1 つのセッションで ${most} ACU まで使えます。`,
    asked: (acu) => `このセッションの上限は ${acu} ACU です。`,
    lower: (acu) => `上限を ${acu} に下げれば、ここで開始できます。`,
    renews: (when) =>
      `進行中のセッションは、上限の全量を予算から確保します。終了するか、${when} になると空きが増えます。`,
  },
  wakes: {
    budget: (money, rest) => `Devin の再開には、あと ${rest} ACU の空きが必要です。予算: ${money}`,
    owners: (names) => `予算を変更できるのは、ポリシーのオーナーです: ${names}`,
  },
  announce: {
    refuse: (what) => `ここでは使えません: ${what}`,
    approve: (what) => `ここでは承認が必要な場合があります: ${what}`,
    over: (acu) => `${acu} ACU を超える上限`,
  },
  mentionsOff: (command) =>
    `ここでは、メンションでは何も開始しません。代わりに ${command} を使ってください。`,
  why: {
    allowed: 'ここで開始できます。',
    approve: 'ここで開始するには承認が必要です。',
    refuse: '今はここで開始できません。',
    approvers: (names) => `承認者: ${names}。`,
    lacksApprovers:
      'あなた以外の承認者が足りません。アプリの管理者に、ポリシーへの承認者の追加を依頼してください。',
    set: (values) => `ここでの設定: ${values}`,
  },
};

export const approval: Text['approval'] = {
  reason: (words) => `理由: ${words}`,
  onCard: {
    waits: (names) => `承認を待っています。承認者: ${names}。`,
    approved: (names) => nameBefore('さんが承認しました。', names),
  },
  until: (when) => `期限 ${when}`,
  message: {
    asks: (task, who) => `${who} さんの依頼 ${task} を開始しますか？`,
    rule: (rule) => `ルール: ${rule}`,
    need: (approvals) => `${approvals} 件の承認が必要です。`,
    cut: '長いため、途中までしか表示していません。開始する前に「詳細」で全文を確認してください。',
    left: (money) => `依頼時点の予算: ${money}`,
    quotes: (messages) => `Slack のメッセージ: ${messages} 件。`,
    leftOut: (count) => `含めなかったファイルまたはメッセージ: ${count} 件。`,
    until: (when) => `${when} まで待ちます。回答がなければ開始しません。`,
    approve: 'セッションを開始',
    decline: '却下',
    declined: (name) => nameBefore('さんがこの依頼を却下しました。', name),
    ended: {
      expired: '期限までに承認されませんでした。',
      'request-changed':
        '承認の依頼後に、送信される内容または実行するアカウントが変わったため、この承認は終了しました。',
      'file-changed': '承認の依頼後にファイルが変更されたため、この承認は終了しました。',
      'policy-changed': '承認の依頼後にポリシーが変更されたため、この承認は終了しました。',
      'approvers-changed': '承認の依頼後に承認者が変わったため、この承認は終了しました。',
      started: 'セッションが見つかったため、承認は不要になりました。',
    },
  },
  refused: {
    own: '自分の依頼や、あなたの Devin アカウントで実行されるセッションは承認できません。ほかの承認者に依頼してください。',
    'not-asked': 'あなたはこの依頼の承認者ではありません。何も変更していません。',
    over: 'この依頼は、すでに承認・却下・キャンセルされたか、期限が切れています。何も変更していません。',
    notNow: '今は開始できないため、何も変更していません。あとでもう一度ボタンを押してください。',
  },
  dialog: {
    title: 'この依頼を却下',
    label: '理由',
    hint: '依頼者に、あなたの名前とともに表示されます。',
  },
  notYoursToEnd: 'この依頼をキャンセルできるのは、依頼者、承認者、ポリシーのオーナーだけです。',
  details: '承認',
};
