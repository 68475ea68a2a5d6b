import type { Refusal } from "../api/client";
import * as api from "../api/revisions";
import { asRefusal, Loader } from "./load.svelte";
import { page } from "./page.svelte";

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

	/** Begins the draft that takes a revision back; `title` in the language of whoever does. */
	async revert(revision: number, title: string) {
		this.busy = true;
		this.complaint = null;
		try {
			const draft = await api.revert(revision, title, new AbortController().signal);
			page.openDraft(draft.id, "edit");
		} catch (cause) {
			this.complaint = asRefusal(cause);
		} finally {
			this.busy = false;
		}
	}
}

export const past = new Past();
