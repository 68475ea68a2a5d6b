import type { Refusal } from "../api/client";
import * as api from "../api/drafts";
import { diff } from "../api/revisions";
import { asRefusal, Loader } from "./load.svelte";
import { page } from "./page.svelte";

type Listed = Awaited<ReturnType<typeof api.drafts>>;

/** What a published draft did, as its revision says; nothing for one that was given up. */
async function became(draft: api.Draft, signal: AbortSignal): Promise<api.Impact | null> {
	if (draft.published === null) return null;
	const change = await diff(draft.published - 1, draft.published, signal);
	return {
		...change,
		households: [],
		reports: [],
		levels: [],
		defects: [],
		drafts_in_conflict: [],
		blocks: [],
	};
}

/** The draft that is open, as the server has it; every change of it goes through here. */
class Desk {
	list = new Loader<null, Listed>((_, signal) => api.drafts(null, signal));
	draft = $state.raw<api.Draft | null>(null);
	impact = $state.raw<api.Impact | null>(null);
	conflicts = $state.raw<readonly api.ConflictFound[]>([]);
	/** What each operation did, by its number, as far as it is known. */
	effects = $state.raw<ReadonlyMap<number, api.Drawn>>(new Map());
	/** Why the draft cannot be shown. */
	refusal = $state.raw<Refusal | null>(null);
	/** Why the last write was not made. */
	complaint = $state.raw<Refusal | null>(null);
	busy = $state(false);
	#controller = new AbortController();
	#turn: Promise<unknown> = Promise.resolve();

	open = $derived(["draft", "returned", "blocked"].includes(this.draft?.state ?? ""));
	over = $derived(["published", "withdrawn"].includes(this.draft?.state ?? ""));
	done = $derived((this.draft?.operations ?? []).filter(({ part }) => part === "done"));
	last = $derived(this.done.at(-1) ?? null);
	next = $derived((this.draft?.operations ?? []).find(({ part }) => part === "undone") ?? null);
	waiting = $derived(
		(this.list.value?.items ?? []).filter(({ state }) => state === "submitted").length,
	);

	async show(id: number) {
		if (this.draft?.id !== id) this.leave();
		await this.reload(id);
	}

	leave() {
		this.#controller.abort();
		this.draft = null;
		this.impact = null;
		this.conflicts = [];
		this.effects = new Map();
		this.refusal = null;
		this.complaint = null;
	}

	/** Reads the draft again, then what it would do. */
	async reload(id = this.draft?.id) {
		if (id === undefined) return;
		this.#controller.abort();
		this.#controller = new AbortController();
		const { signal } = this.#controller;
		try {
			const draft = await api.draft(id, signal);
			if (signal.aborted) return;
			this.draft = draft;
			this.refusal = null;
			await this.#measure(draft, signal);
		} catch (cause) {
			if (!signal.aborted) this.refusal = asRefusal(cause);
		}
	}

	async #measure(draft: api.Draft, signal: AbortSignal) {
		if (this.over) {
			this.conflicts = [];
			this.impact = await became(draft, signal);
			return;
		}
		if (draft.conflicts > 0) {
			const { items } = await api.conflicts(draft.id, signal);
			if (!signal.aborted) [this.conflicts, this.impact] = [items, null];
			return;
		}
		const [impact, effects] = await Promise.all([
			api.impact(draft.id, signal),
			Promise.all(
				draft.operations
					.filter(({ part }) => part === "done")
					.map(({ seq }) => api.effect(draft.id, seq, signal)),
			),
		]);
		if (signal.aborted) return;
		this.impact = impact;
		this.conflicts = [];
		this.effects = new Map(effects.map((drawn) => [drawn.seq ?? 0, drawn]));
	}

	/** Makes a write after those before it; `null` when it was refused, with the reason in `complaint`. */
	#write<T>(write: (at: { id: number; version: number }) => Promise<T>): Promise<T | null> {
		const turn = this.#turn.then(() => this.#writeNow(write));
		this.#turn = turn;
		return turn;
	}

	async #writeNow<T>(
		write: (at: { id: number; version: number }) => Promise<T>,
	): Promise<T | null> {
		const { draft } = this;
		if (!draft) return null;
		this.busy = true;
		this.complaint = null;
		try {
			const answer = await write({ id: draft.id, version: draft.version });
			await this.reload(draft.id);
			void this.list.load(null);
			return answer;
		} catch (cause) {
			this.complaint = asRefusal(cause);
			if (this.complaint.code === "version_changed") await this.reload(draft.id);
			return null;
		} finally {
			this.busy = false;
		}
	}

	/** What an operation did is known from its answer, before the draft is read again. */
	#learn(drawn: api.Drawn) {
		if (drawn.seq !== null) this.effects = new Map([...this.effects, [drawn.seq, drawn]]);
	}

	add(operation: api.Operation) {
		return this.#write(async (at) => {
			const drawn = await api.draw(at, "operations", operation, this.#signal());
			this.#learn(drawn);
			return drawn;
		});
	}

	/** The last operation that there is when its turn comes, so that a key pressed soon is not lost. */
	async undo() {
		await this.#write(async (at) => this.last && api.draw(at, "undo", {}, this.#signal()));
	}

	async redo() {
		await this.#write(async (at) => this.next && api.draw(at, "redo", {}, this.#signal()));
	}

	/** A step in its life; whether it was taken. */
	async take(step: api.StepName, body: Record<string, unknown> = {}): Promise<boolean> {
		const taken = await this.#write((at) => api.take(at, step, body, this.#signal()));
		return taken !== null;
	}

	async begin(words: { layer: string; title: string; reason: string; document?: string }) {
		this.busy = true;
		this.complaint = null;
		try {
			const draft = await api.begin(words, this.#signal());
			void this.list.load(null);
			page.openDraft(draft.id, "edit");
		} catch (cause) {
			this.complaint = asRefusal(cause);
		} finally {
			this.busy = false;
		}
	}

	forget() {
		this.complaint = null;
	}

	/** A write is never given up by the page: it must be known what became of it. */
	#signal() {
		return new AbortController().signal;
	}
}

export const desk = new Desk();
