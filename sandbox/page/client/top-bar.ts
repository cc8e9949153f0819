import { type App, nameOf, personOf } from './app.ts';
import { personFace, roleOf } from './faces.ts';
import { h, tag, type VNode } from './h.ts';
import { icon } from './icons.ts';
import { openMenu } from './menus.ts';
import { togglePanel } from './panel.ts';
import { becomePerson } from './places.ts';
import { wording } from './words.ts';

export function topBar(app: App): VNode {
  const { snapshot, isConnected, panel } = app.state;
  return tag(
    'header.top-bar',
    snapshot.guide === null
      ? [tag('strong.team', snapshot.workspace.teamName), tag('span.sandbox-mark', wording.top.sandbox)]
      : tag('h1.team', wording.title),
    isConnected ? null : h('span.offline', { role: 'status' }, wording.top.gone),
    tag('span.spacer'),
    personSwitcher(app),
    h(
      'button.icon-button.with-words',
      {
        type: 'button',
        id: 'panel-toggle',
        'aria-expanded': panel.isOpen ? 'true' : 'false',
        'aria-controls': 'panel',
        onClick: () => togglePanel(app),
      },
      icon('sliders'),
      tag('span', wording.requests.title),
    ),
  );
}

function personSwitcher(app: App): VNode {
  const { state } = app;
  const people = state.snapshot.people.filter(({ canBePlayed }) => canBePlayed);
  const current = personOf(state, state.userId);
  return openMenu({
    name: 'person',
    label: wording.top.person,
    heading: wording.top.useAs,
    face: [
      tag('span.sr-only', wording.top.youAre),
      personFace(state, state.userId, 'small'),
      tag(
        'span.face-words',
        tag('strong', nameOf(state, state.userId)),
        current === undefined ? null : tag('span.face-role', roleOf(current)),
      ),
      icon('chevron'),
    ],
    items: people.map((person) => ({
      label: person.realName,
      detail: roleOf(person),
      isChosen: person.id === state.userId,
      before: personFace(state, person.id, 'small'),
      pick: () => becomePerson(app, person.id),
    })),
  });
}
