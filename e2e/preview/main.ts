/** Shows one scenario of the screens, named in the query: `/?scenario=home-empty&theme=dark`. No tracker, no peers. */
import { mount } from 'svelte';
import '../../web/app.css';
import App from '../../web/ui/App.svelte';
import { FakeApp } from './fake-app.svelte.ts';
import { SCENARIOS } from './scenarios.ts';

const query = new URLSearchParams(location.search);
const scenario = SCENARIOS[query.get('scenario') ?? 'home-empty'];
const theme = query.get('theme');
const target = document.getElementById('app');
if (!scenario || !target) throw new Error('no such scenario');
const app = new FakeApp({ ...scenario, theme: theme === 'dark' || theme === 'light' ? theme : 'auto' });
mount(App, { target, props: { app } });
