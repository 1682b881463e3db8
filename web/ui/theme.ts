/** Puts the chosen theme on the page; `auto` follows the system for as long as it is chosen. */
import type { Theme } from '../state/app-view.ts';

/** Under this key the choice is kept; `public/theme.mjs` reads it before the first paint. */
export const THEME_KEY = 'streamlet.theme';

/** What comes after a theme when somebody presses the button. */
export const NEXT_THEME = { auto: 'light', light: 'dark', dark: 'auto' } as const satisfies Record<Theme, Theme>;

/** Applies a theme. The return value stops following the system. */
export function followTheme(theme: Theme): () => void {
	const system = matchMedia('(prefers-color-scheme: dark)');
	const apply = (): void => {
		const dark = theme === 'dark' || (theme === 'auto' && system.matches);
		document.documentElement.dataset.theme = dark ? 'dark' : 'light';
	};
	apply();
	system.addEventListener('change', apply);
	return () => system.removeEventListener('change', apply);
}
