import type { Text } from '../index.ts';

export const devin: Text['devin'] = {
  refused: (reason) =>
    reason === null
      ? 'Devin に拒否されましたが、理由は示されませんでした。'
      : `Devin に拒否されました: ${reason}`,
  invalidNow: '内容を変更して、もう一度お試しください。',
  invalidFields: { refused: 'Devin に拒否されました。', says: 'Devin の説明:' },
  unauthorized:
    'Devin がこのアプリのキーを受け付けません。キーが誤っているか、取り消されたか、期限切れです。Devin の Settings > Service users でキーを作成し、DEVIN_API_KEY に設定するよう、アプリの管理者に依頼してください。',
  paymentRequired:
    'Devin の組織のクレジットが不足しているか、支払いに失敗しています。請求担当者に確認を依頼し、その後もう一度お試しください。',
  forbidden: (permission) =>
    permission === null
      ? 'このアプリのサービスユーザーには、Devin でこの操作をする権限がありません。不足している権限は Devin から示されませんでした。Devin の Settings > Service users でロールを確認するよう、Devin の管理者に依頼してください。本人として実行するには ManageOrgSessions と ImpersonateOrgSessions が必要です。'
      : `このアプリのサービスユーザーには、Devin の権限 ${permission} がありません。Devin の Settings > Service users でロールに追加するよう Devin の管理者に依頼し、その後もう一度お試しください。`,
  impersonation: [
    '次のどちらかに原因があります。Devin の管理者が両方を確認できます。',
    '• 依頼者: Devin の組織のメンバーで、権限 UseDevinSessions がある',
    '• このアプリのサービスユーザー: 権限 ManageOrgSessions と ImpersonateOrgSessions がある',
  ].join('\n'),
  notFound:
    'Devin で見つからないか、このアプリにアクセス権がありません。ID またはリンクを確認してください。別の組織のものか、削除された可能性があります。',
  createConflict: '1 分ほどおいて、もう一度お試しください。',
  conflict: (reason) =>
    `${reason === null ? 'セッションの現在の状態では実行できません。' : `Devin に拒否されました: ${reason}\n`}Devin でセッションを開いて状態を確認し、もう一度お試しください。`,
  notNow:
    'Devin が混み合っているか、接続できないため、何も実行していません。1 分ほどおいて、もう一度お試しください。',
  unexpected: (status, reason) =>
    `Devin から予期しない応答がありました${status === null ? '' : `（HTTP ${status}）`}${reason === null ? '。' : `: ${reason}\n`}もう一度お試しください。続く場合は、アプリの管理者に連絡してください。`,
};
