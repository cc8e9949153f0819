import type { Text } from '../index.ts';
import { nameBefore } from './joins.ts';

export const approval: Text['approval'] = {
  someone: '承認者',
  nobody: (rule) =>
    `承認が必要です（ルール: ${rule}）が、あなた以外に承認できる人が足りません。アプリの管理者に、ポリシーへの承認者の追加を依頼してください。`,
  reason: (words) => `理由: ${words}`,
  lacking: {
    title: 'Devin セッションを承認できる人が足りません',
    why: (rule) =>
      `ルール: ${rule}。ポリシーに指定された承認者が足りないか、承認者が Slack またはユーザーグループから抜けたか、ゲストになりました。`,
    next: '依頼は、期限が来るまで承認を待ちます。ポリシーに別の承認者を追加するか、ユーザーグループにメンバーを追加してください。追加された人に承認を依頼します。',
  },
  onCard: {
    waits: (rule, left, names) =>
      `まだ開始していません。${left === 1 ? '' : `あと ${left} 件の`}承認が必要です（ルール: ${rule}）。承認できる人: ${names}。`,
    names: (names, more) => (more > 0 ? `${names.join('、')}、ほか ${more} 人` : names.join('、')),
    lacks: (rule) =>
      `まだ開始していません。現在、承認できる人が足りません（ルール: ${rule}）。アプリの管理者に、ポリシーへの承認者の追加を依頼してください。追加された人に承認を依頼します。`,
    soFar: (names) => `これまでの承認: ${names}。`,
    approved: (names, rule) => nameBefore(`さんが承認しました（ルール: ${rule}）。`, names),
  },
  until: (when) => `期限 ${when}`,
  message: {
    title: 'この Devin セッションを承認しますか？',
    over: 'Devin セッションの承認',
    asks: (who, where) =>
      `${who} さんが、${nameBefore('で Devin セッションの開始を希望しています。', where)}`,
    direct: 'ダイレクトメッセージ',
    rule: (rule, need) => (need === 1 ? `ルール: ${rule}` : `ルール: ${rule}（${need} 件の承認が必要）`),
    cut: '続きがあります。すべての内容は「詳細」で確認できます。',
    cost: (cap, most) => {
      if (cap === null) return 'ACU の上限なし。使用量に制限がありません。';
      return most === null
        ? `最大 ${cap} ACU。`
        : `最大 ${cap} ACU（ポリシーで許可されているのは 1 セッションあたり ${most} ACU まで）。`;
    },
    left: (left, most) => `依頼時点での残り: ${left} / ${most} ACU。`,
    runsAs: (name) => nameBefore('として実行します。', name),
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
    ended: {
      approved: (names) => nameBefore('さんが承認しました。', names),
      declined: (name) => nameBefore('さんがこの依頼を却下しました。', name),
      expired: (_name) => '期限までに承認されませんでした。',
      replaced: (name) => nameBefore('さんがこの依頼を変更し、変更後の内容で依頼しました。', name),
      left: (_name) => '依頼した人が Slack から抜けました。',
      changed: (_name) => 'ポリシーまたは承認者が変わったため、この承認は無効になりました。',
      notAsked: (_name) => 'あなたはこの依頼を承認・却下できなくなりました。',
      started: (_name) => 'セッションが見つかったため、承認は不要になりました。',
      canceled: (_name) => '承認前にキャンセルされました。',
    },
  },
  notReplaced: {
    over: '変更元の依頼がすでに承認・却下・キャンセルされたか、あらためて承認を待っているため、変更後の依頼は開始していません。両方が必要な場合だけ、あらためて開始してください。',
    notAsked: 'あなたは変更元の依頼の承認者ではないため、変更後の依頼は開始していません。',
  },
  refused: {
    own: '自分の依頼は承認できません。ほかの承認者に依頼してください。',
    sameAccount:
      'このセッションはあなたの Devin アカウントで実行されるため、あなたは承認できません。ほかの承認者に依頼してください。',
    notAsked: 'あなたはこの依頼の承認者ではありません。何も変更していません。',
    over: 'この依頼は、すでに承認・却下・キャンセルされています。何も変更していません。',
    expired: '期限までに承認されなかったため、この依頼は終了しました。',
    busy: '誰が承認できるかを確認できなかったため、何も変更していません。1 分ほどおいて、もう一度お試しください。',
  },
  dialog: {
    title: 'この依頼を却下',
    label: '理由',
    hint: '依頼した人に、あなたの名前とともに表示されます。',
    empty: '理由を入力してください。',
  },
  details: '承認',
};
