/** Light or dark: the system's setting, unless one was chosen. */

const KEY = 'sandbox-theme';

export const isDark = (): boolean => document.documentElement.dataset['theme'] === 'dark';

function apply(dark: boolean): void {
  document.documentElement.dataset['theme'] = dark ? 'dark' : 'light';
}

export function startTheme(changed: () => void): void {
  const system = window.matchMedia('(prefers-color-scheme: dark)');
  const follow = (): void => {
    const chosen = localStorage.getItem(KEY);
    apply(chosen === null ? system.matches : chosen === 'dark');
    changed();
  };
  system.addEventListener('change', follow);
  follow();
}

export function toggleTheme(): void {
  apply(!isDark());
  localStorage.setItem(KEY, isDark() ? 'dark' : 'light');
}
