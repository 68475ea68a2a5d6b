import type { Refusal } from "../api/client";
import * as api from "../api/revisions";
import { asRefusal, Loader } from "./load.svelte";
import { page } from "./page.svelte";

const ASK_MS = 2000;

/** The revisions, and what differs between two of them. */
class Past {
	list = new Loader<null, Awaited<ReturnType<typeof api.revisions>>>((_, signal) =>
		api.revisions(signal),
	);
	diff = new Loader<readonly [number, number], api.Diff>(([from, to], signal) =>
		api.diff(from, to, signal),
	);
	complaint = $state.raw<Refusal | null>(null);
	busy = $state(false);

	async revert(revision: number) {
		this.busy = true;
		this.complaint = null;
		try {
			const draft = await api.revert(revision, new AbortController().signal);
			page.openDraft(draft.id, "edit");
		} catch (cause) {
			this.complaint = asRefusal(cause);
		} finally {
			this.busy = false;
		}
	}
}

export const past = new Past();

/** Looks now and then, while the page is seen, whether another revision is in force; says so when one is. */
export function watchRevision(): () => void {
	let known: number | null = null;
	const look = async () => {
		if (document.hidden) return;
		const now = await api.current(new AbortController().signal).catch(() => null);
		if (now === null) return;
		if (known !== null && now !== known) {
			page.renew();
			page.say(page.text.inForce(now));
		}
		known = now;
	};
	const timer = setInterval(() => void look(), ASK_MS);
	void look();
	return () => clearInterval(timer);
}
