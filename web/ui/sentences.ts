/** What every state is called and what one can do about it, in plain words. Pure; the screens only draw it. */
import type { LineRefusal } from '../../shared/runtime/tracker-session.ts';
import { counted, formatTime, listed } from './format.ts';
import type {
	CatalogueView, CodecWarning, ListingView, PersonView, RevivalView, Route, ShareProblem, ShareView, TrackerView,
	WatchProblem, WatchView,
} from '../state/app-view.ts';

/** How a message is meant: it colours it and nothing more. */
export type Tone = 'calm' | 'warm' | 'good' | 'bad';

/** What a click on the message's button does. `home`: to the first page. `free`: forget the kept part, try again. */
export type Remedy = 'retry' | 'reload' | 'home' | 'free' | 'copy-link' | 'permission' | 'here' | 'choose-file';

/** A title, one sentence, and what to do. */
export interface Sentence {
	readonly tone: Tone;
	readonly title: string;
	readonly text: string;
	readonly action?: { readonly remedy: Remedy; readonly label: string };
}

/** `3 people connected`: begins with the number. */
export function peopleCount(people: readonly PersonView[]): string {
	return `${counted(people.length, 'person', 'people')} connected`;
}

/** The way bytes take to somebody, in one word. */
export function routeLabel(route: Route): string {
	const labels = { lan: 'LAN', direct: 'Direct', relay: 'Relay', bridge: 'Bridge', unknown: 'Connected' } as const;
	return labels[route];
}

/** The same in a sentence. */
export function routeMeaning(route: Route): string {
	switch (route) {
		case 'lan': return 'In the same network: nothing leaves the house.';
		case 'direct': return 'From browser to browser, over the internet.';
		case 'relay': return 'Through a relay, because no direct way was found. It is slower, and the relay cannot read the film.';
		case 'bridge': return 'Through a bridge, because this network lets nothing else out. It is slower, and the bridge cannot read the film.';
		case 'unknown': return 'Connected.';
	}
}

/** The line to the tracker, short and long. */
export function trackerSentence(tracker: TrackerView): Sentence {
	switch (tracker.state) {
		case 'online': return { tone: 'good', title: 'Online', text: 'People who open your links can find you.' };
		case 'connecting': return { tone: 'calm', title: 'Connecting', text: 'Reaching the tracker, which introduces people to each other.' };
		case 'offline': return offlineSentence(tracker.retryInSec, tracker.because);
		case 'replaced': return {
			tone: 'bad', title: 'Offline',
			text: 'Another connection took this page’s place at the tracker, so nobody new can find you here. Those already connected go on watching.', action: TRY_NOW,
		};
	}
}

/** Whether a film is in the public catalogue, and what that means. */
export function listingSentence({ wanted, known, problem }: ListingView): string {
	if (problem === 'catalogue-full') return 'The catalogue is full, so the film is not in it. The link works as before.';
	if (problem === 'old-listing') return 'This was changed in another tab or on another device. Switch it again to decide here.';
	if (!wanted && known) return 'Not in the catalogue any more. Whoever found the film there still has its link, and what arrived.';
	if (!wanted) return 'Off: only people with the link can watch. On: everybody who uses this server finds the film in the catalogue.';
	if (!known) return 'It gets into the catalogue as soon as the tracker hears of it.';
	return 'Everybody who uses this server finds the film in the catalogue and can watch it. Switched off, it is hidden '
		+ 'from new people at once; whoever has found it keeps the link, and what arrived.';
}

/** What there is to say in place of films. */
export function catalogueSentence({ state, films }: CatalogueView, tracker: TrackerView): Sentence | undefined {
	if (films.length > 0) return undefined;
	if (state === 'here') return {
		tone: 'calm', title: 'No films yet', text: 'A film appears here when whoever shares it lists it publicly.',
	};
	if (tracker.state === 'online' || tracker.state === 'connecting') {
		return { tone: 'calm', title: 'Looking …', text: 'The catalogue is on its way.' };
	}
	return { tone: 'bad', title: 'The catalogue cannot be reached', text: 'The tracker keeps it, and does not answer. It is shown as soon as it does.' };
}

const TRY_NOW = { remedy: 'retry', label: 'Try now' } as const;
const RELOAD = { remedy: 'reload', label: 'Reload the page' } as const;

/** Whose fault it is that there is no line decides what helps. */
function offlineSentence(retryInSec: number, because: LineRefusal | undefined): Sentence {
	const offline = (why: string): Sentence => ({
		tone: 'bad', title: 'Offline', action: TRY_NOW,
		text: `${why}, so nobody new can find you. Those already connected go on watching. ${again(retryInSec)}`,
	});
	switch (because) {
		case undefined: return offline('The tracker does not answer');
		case 'too-many-connections': return offline('The tracker has as many connections as it takes, from your network or altogether');
		case 'too-fast': return offline('Too much came from here, or from your network, in a short time for the tracker');
		case 'version': return { tone: 'bad', title: 'Out of date', text: OUT_OF_DATE, action: RELOAD };
	}
}

const OUT_OF_DATE = 'The tracker was changed since this page was loaded, and the two do not understand each other any more. Reload the page.';

/** Whether the tab may be closed, or what the share needs first. */
export function shareSentence(share: ShareView): Sentence {
	switch (share.status.state) {
		case 'sharing': return share.fullCopies > 0 ? safeToClose(share) : keepOpen(share);
		case 'checking-file': return { tone: 'calm', title: 'Checking the file', text: 'Making sure it is the film this link was made for.' };
		case 'needs-permission': return {
			...pausedTitle(share), text: 'The browser asks you once more before it reads the file. The link stays the same.',
			action: { remedy: 'permission', label: 'Go on sharing' },
		};
		case 'needs-file': return {
			...pausedTitle(share), text: share.parking?.state === 'kept'
				? `The bridge passes it on. Drop or choose ${share.fileName} again to share it from here as well.`
				: `Drop or choose ${share.fileName} again, and the same link works again.`,
			action: { remedy: 'choose-file', label: 'Choose the file' },
		};
		case 'elsewhere': return {
			tone: 'calm', title: 'Open in another tab', text: 'Another tab of this browser has this film. Close that one to go on here.',
			action: { remedy: 'here', label: 'Go on here' },
		};
		case 'stopped': return { tone: 'calm', title: 'Stopped', text: 'The link no longer works. Whoever has a full copy keeps it.' };
		case 'failed': return problemSentence(share.status.problem, share.fileName);
	}
}

/** Whether the link of a share is worth sending: it works, or will again. */
export function isLinkAlive(status: ShareView['status']): boolean {
	if (status.state !== 'failed') return status.state !== 'stopped';
	return ['file-gone', 'other-file', 'storage', 'internal'].includes(status.problem);
}

function keepOpen(share: ShareView): Sentence {
	const until = share.people.length > 0 ? 'until somebody has a full copy' : 'so that others can watch';
	return { tone: 'warm', title: `Keep this tab open ${until}`, text: 'The film comes from your computer. It stops for everybody when you close the tab or the computer sleeps.' };
}

function safeToClose(share: ShareView): Sentence {
	const holders = share.people.filter((person) => person.held >= 1).map((person) => person.name);
	const who = holders.length > 0 ? `${listed(holders)} ${holders.length === 1 ? 'has' : 'have'} all of it and` : 'Others have all of it and';
	return {
		tone: 'good', title: `Safe to close: ${counted(share.fullCopies, 'full copy', 'full copies')}`,
		text: `${who} can pass it on${share.fullCopies === 1 ? ', as long as that tab stays open' : ' without you'}.`,
	};
}

/** Why a file cannot be shared, or not any longer. */
export function problemSentence(problem: ShareProblem, fileName: string): Sentence {
	const bad = (title: string, text: string, action?: Sentence['action']): Sentence => ({ tone: 'bad', title, text, ...(action && { action }) });
	const choose = { remedy: 'choose-file', label: 'Choose the file' } as const;
	switch (problem) {
		case 'empty': return bad('This file is empty', `${fileName} has no content. Perhaps it is still being copied or downloaded.`);
		case 'not-a-video': return bad('This is not a film', `${fileName} is not in a format that can be shared. MP4, M4V and MOV can; other films have to be converted first.`);
		case 'truncated': return bad('This film is cut short', `${fileName} ends too early. Copy or download it again, then drop it again.`);
		case 'encrypted': return bad('This film is locked', `${fileName} is copy-protected: only the player it was bought for can open it.`);
		case 'file-gone': return bad('The file is gone', `${fileName} was moved, renamed or deleted, or its disk was taken out. Put it back and choose it again.`, choose);
		case 'file-changed': return bad('The file has changed', `${fileName} is no longer the film this link was made for. Drop it again to get a new link.`);
		case 'other-file': return bad('That is another file', `The link belongs to the exact file that was dropped as ${fileName}. Choose that one, or drop this one for a link of its own.`, choose);
		case 'too-large': return bad('This file is too large', `${fileName} is larger than a share may be.`);
		case 'storage': return bad('No room to remember this share', 'The browser has no space left, or does not let this page keep anything. Free some space, or leave private browsing.');
		case 'internal': return bad('Something broke on our side', 'Reload the page: the link stays the same.');
	}
}

/** Codecs some viewers cannot play, in one sentence; undefined when all is well. */
export function codecSentence(warnings: readonly CodecWarning[]): string | undefined {
	const [worst] = warnings.toSorted((a, b) => rank(a) - rank(b));
	if (!worst) return undefined;
	const track = worst.kind === 'video' ? 'picture' : 'sound';
	switch (worst.plays) {
		case 'nowhere': return `No browser plays this film’s ${track} (${worst.codec}). It can still be sent, but ${worst.kind === 'video' ? 'not watched' : 'it will be silent'}.`;
		case 'not-here': return `This browser does not play this film’s ${track} (${worst.codec}). Whoever watches with another one may have it.`;
		case 'some': return `Not every browser plays this film’s ${track} (${worst.codec}). Whoever lacks it ${worst.kind === 'video' ? 'is told so' : 'sees the film without sound'}.`;
	}
}

function rank(warning: CodecWarning): number {
	return 2 * ['nowhere', 'not-here', 'some'].indexOf(warning.plays) + (warning.kind === 'video' ? 0 : 1);
}

/** What stands over the picture; undefined while it plays. */
export function watchSentence(watch: WatchView): Sentence | undefined {
	const status = watch.status;
	switch (status.state) {
		case 'playing': return undefined;
		case 'opening': return { tone: 'calm', title: 'Opening the link', text: 'One moment.' };
		case 'tracker-unreachable': return unreachableSentence(status.retryInSec, status.because);
		case 'tracker-replaced': return {
			tone: 'warm', title: 'Another connection took this page’s place',
			text: 'The tracker introduces each page once. Reload this one, or try again.', action: TRY_NOW,
		};
		case 'waiting': return {
			tone: 'warm', title: 'Nobody with this film is here right now',
			text: 'Ask whoever sent you the link to open their Streamlet tab. The film starts here by itself as soon as they do.',
			action: { remedy: 'copy-link', label: 'Copy the link' },
		};
		case 'connecting': return { tone: 'calm', title: 'Connecting', text: status.peers > 0 ? `${counted(status.peers, 'person is', 'people are')} here. Looking for a way to reach them.` : 'Looking for people who have the film.' };
		case 'starting': return { tone: 'calm', title: 'Starting', text: 'The first pictures are on their way.' };
		case 'buffering': return bufferingSentence(status.because);
		case 'failed': return watchProblemSentence(status.problem);
	}
}

function unreachableSentence(retryInSec: number, because: LineRefusal | undefined): Sentence {
	const warm = (title: string, text: string): Sentence => ({ tone: 'warm', title, text: `${text} ${again(retryInSec)}`, action: TRY_NOW });
	switch (because) {
		case undefined: return warm('The tracker does not answer', 'It introduces you to the people who have this film.');
		case 'too-many-connections': return warm('The tracker is full', 'It has as many connections as it takes, from your network or altogether. Closing other Streamlet tabs may help.');
		case 'too-fast': return warm('The tracker asks for a pause', 'Too much came from here, or from your network, in a short time.');
		case 'version': return { tone: 'warm', title: 'This page is out of date', text: OUT_OF_DATE, action: RELOAD };
	}
}

function bufferingSentence(because: 'slow-peers' | 'no-peers' | 'seek'): Sentence {
	switch (because) {
		case 'seek': return { tone: 'calm', title: 'Jumping there', text: 'Fetching this part of the film first.' };
		case 'slow-peers': return { tone: 'calm', title: 'Catching up', text: 'The others send more slowly than the film plays. Pausing for a moment helps.' };
		case 'no-peers': return { tone: 'warm', title: 'Everybody left', text: 'The rest of the film is with nobody here. It goes on by itself when somebody comes back.' };
	}
}

const HOME = { remedy: 'home', label: 'Share a film yourself' } as const;
const RETRY = { remedy: 'retry', label: 'Try again' } as const;

/** Why a film cannot be watched, and what helps. */
export function watchProblemSentence(problem: WatchProblem): Sentence {
	const bad = (title: string, text: string, action: Sentence['action']): Sentence => ({ tone: 'bad', title, text, ...(action && { action }) });
	switch (problem.problem) {
		case 'no-key': return bad('The key is missing', 'The part of the link after the # opens the film, and it is not there. Ask for the whole link and paste it again.', HOME);
		case 'bad-link': return bad('This link is cut short', 'Some characters got lost on the way, often at a line break. Ask for the link again.', HOME);
		case 'wrong-key': return bad('This key does not fit', 'The link was changed on the way, so it cannot open the film. Ask for it again.', HOME);
		case 'stopped': return bad('No longer shared', 'Whoever shared this film has stopped. Ask them for a new link.', HOME);
		case 'no-media-source': return bad('This browser cannot play films as they arrive', 'It lacks what that takes (Media Source Extensions). Another browser, or a newer version of this one, may have it: copy the link and open it there.', { remedy: 'copy-link', label: 'Copy the link' });
		case 'codec': return bad('This browser cannot play this film', `It is stored as ${listed(problem.codecs, 3)}, which this browser does not know. Another browser may: copy the link and open it there.`, { remedy: 'copy-link', label: 'Copy the link' });
		case 'not-a-video': return bad('This is not a film', 'What was shared is damaged, or in a format we do not know. Ask for another file.', HOME);
		case 'storage': return bad('No room on this device', 'The browser has no space left to keep the film while it plays. Free some space, then try again.', { remedy: 'free', label: 'Free space and try again' });
		case 'no-webrtc': return bad('This browser cannot connect to others', 'Connections from browser to browser (WebRTC) are switched off or missing. Switch them on, or open the link in another browser.', { remedy: 'copy-link', label: 'Copy the link' });
		case 'internal': return bad('Something broke on our side', 'Try again: what had arrived is still here.', RETRY);
	}
}

/** How much of the film is here, for people who cannot see the bar. */
export function heldSentence(watch: WatchView): string {
	if (watch.complete) return 'All of the film is on this device.';
	const part = `${Math.floor(watch.heldFraction * 100)} % of the film is on this device.`;
	switch (watch.unkept) {
		case 'full': return `This device is full: nothing more of the film can be kept. It plays on while others are here. ${part}`;
		case 'failed': return `This browser keeps nothing more of the film. It plays on while others are here. ${part}`;
		case undefined: return part;
	}
}

/** What that is good for; nothing once it cannot be kept. */
export function keptSentence(watch: WatchView): string {
	if (watch.complete) return 'You can watch it without anybody else, and others can get it from you.';
	if (watch.unkept !== undefined) return '';
	return watch.spares
		? 'Your connection counts data, so no more is fetched than you watch.'
		: 'After a reload it goes on from there.';
}

/** What the file of a film that nobody has could do, or does. */
export function revivalSentence(revival: RevivalView): Omit<Sentence, 'action'> {
	switch (revival.state) {
		case 'offered': return { tone: 'calm', title: 'Do you have this film?', text: 'Drop or choose the very file the link was made for: then the link works again, for everybody.' };
		case 'checking': return { tone: 'calm', title: 'Comparing your file', text: 'All of it is compared with what was shared, before anybody gets it.' };
		case 'serving': return { tone: 'good', title: 'You give this film', text: `Whoever opens the link gets it out of ${revival.fileName}, while this page is open.` };
		case 'failed': return revival.because === 'other-file'
			? { tone: 'bad', title: 'That is another file', text: 'The link belongs to the exact file it was made for: not a copy in another quality or length.' }
			: { tone: 'bad', title: 'The file cannot be read', text: 'It was changed, moved or deleted meanwhile. Choose it again.' };
	}
}

/** What somebody is doing right now. */
export function personSentence(person: PersonView): string {
	if (person.positionSec !== undefined) return `${person.playing ? 'Watching' : 'Paused'} at ${formatTime(person.positionSec)}`;
	return person.held >= 1 ? 'Has a full copy' : 'Here';
}

/** What a bridge keeps is online all the same. */
function pausedTitle({ parking }: ShareView): Pick<Sentence, 'tone' | 'title'> {
	return parking?.state === 'kept'
		? { tone: 'good', title: 'Online, from the bridge' }
		: { tone: 'warm', title: 'Paused since this page was closed' };
}

function again(seconds: number): string {
	return seconds > 0 ? `Trying again in ${seconds} s.` : 'Trying again now.';
}
