import type { Text } from '../index.ts';
import { nameBefore } from './joins.ts';

export const approval: Text['approval'] = {
  someone: '承認者',
  reason: (words) => `理由: ${words}`,
  onCard: {
    waits: (left, names) => `${left === 1 ? '' : `あと ${left} 件の`}承認を待っています。承認者: ${names}`,
    names: (names, more) => (more > 0 ? `${names.join('、')}、ほか ${more} 人` : names.join('、')),
    soFar: (names) => `これまでの承認: ${names}。`,
    approved: (names) => nameBefore('さんが承認しました。', names),
  },
  until: (when) => `期限 ${when}`,
  message: {
    asks: (task, who, where) => `${who} さんの依頼 ${task} を開始しますか？依頼された場所: ${where}。`,
    direct: 'ダイレクトメッセージ',
    rule: (rule) => `ルール: ${rule}`,
    need: (approvals) => `${approvals} 件の承認が必要です。`,
    cut: '長いため、途中までしか表示していません。開始する前に全文を確認してください。',
    readAll: '全文を読む',
    cost: (cap, most) => {
      if (cap === null) return 'ACU の上限なし。';
      return most === null
        ? `最大 ${cap} ACU。`
        : `最大 ${cap} ACU（ポリシーで許可されているのは 1 セッションあたり ${most} ACU まで）。`;
    },
    left: (money) => `依頼時点の予算: ${money}`,
    quotes: (messages, asFile) =>
      asFile
        ? `Slack のメッセージ ${messages} 件をファイルとして含みます。`
        : `Slack のメッセージ ${messages} 件を含みます。`,
    files: (names) => `ファイル: ${names}。`,
    leftOut: (count) => `含めなかったファイルまたはメッセージ: ${count} 件。`,
    instructions: (words) => `ポリシーが追加する指示: ${words}`,
    secrets: (names) => `セッションのシークレット: ${names}。`,
    until: (when) => `${when} まで待ちます。回答がなければ開始しません。`,
    approve: 'セッションを開始',
    decline: '却下',
    approved: (task) => `承認済み: ${task}`,
    ended: {
      approved: (names) => nameBefore('さんが承認しました。', names),
      declined: (name) => nameBefore('さんがこの依頼を却下しました。', name),
      expired: (_name) => '期限までに承認されませんでした。',
      'request-changed': (_name) =>
        '承認の依頼後に、送信される内容または実行するアカウントが変わったため、この承認は終了しました。',
      'file-changed': (_name) => '承認の依頼後にファイルが変更されたため、この承認は終了しました。',
      'policy-changed': (_name) => '承認の依頼後にポリシーが変更されたため、この承認は終了しました。',
      'approvers-changed': (_name) => '承認の依頼後に承認できる人が変わったため、この承認は終了しました。',
      started: (_name) => 'セッションが見つかったため、承認は不要になりました。',
      canceled: (name) => nameBefore('さんが承認前にキャンセルしました。', name),
    },
  },
  refused: {
    own: '自分の依頼は承認できません。ほかの承認者に依頼してください。',
    sameAccount:
      'このセッションはあなたの Devin アカウントで実行されるため、あなたは承認できません。ほかの承認者に依頼してください。',
    notAsked: 'あなたはこの依頼の承認者ではありません。何も変更していません。',
    over: 'この依頼は、すでに承認・却下・キャンセルされています。何も変更していません。',
    expired: '期限までに承認されなかったため、この依頼は終了しました。',
    notNow: '今は開始できないため、何も変更していません。あとでもう一度ボタンを押してください。',
  },
  dialog: {
    title: 'この依頼を却下',
    label: '理由',
    hint: '依頼した人に、あなたの名前とともに表示されます。',
    empty: '理由を入力してください。',
  },
  notYoursToEnd: 'この依頼をキャンセルできるのは、依頼した人、承認者、ポリシーのオーナーだけです。',
  details: '承認',
};
