/** Puts the chosen theme on the page; `auto` follows the system for as long as it is chosen. */
import type { Theme } from '../state/app-view.ts';

/** Under this key the choice is mirrored for `public/theme.mjs`, which reads it before the first paint. */
const THEME_KEY = 'streamlet.theme';

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
	remember(theme);
	system.addEventListener('change', apply);
	return () => system.removeEventListener('change', apply);
}

function remember(theme: Theme): void {
	try {
		localStorage.setItem(THEME_KEY, theme);
	} catch {
		// storage is switched off: the next page shows the system's theme for a moment, then the chosen one
	}
}
