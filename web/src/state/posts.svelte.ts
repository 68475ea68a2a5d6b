import type { Refusal } from "../api/client";
import * as api from "../api/posts";
import type { Listing, Unit } from "../api/shapes";
import { changedPosts, type DatedPost, dayOf, faultIn, type PostRow, rowsOn } from "../core/posts";
import type { Layer, UnitKey } from "../core/route";
import { asRefusal, Loader } from "./load.svelte";

/** The posts of one unit while they are changed. */
export class Roll {
	rows = $state<PostRow[]>([]);
	/** The rows that are to go, by their place among all posts. */
	gone = $state.raw<ReadonlySet<number>>(new Set());
	ready = $state(false);
	busy = $state(false);
	refusal = $state.raw<Refusal | null>(null);
	#all: readonly DatedPost[] = [];
	#tag: string | null = null;
	readonly #controller = new AbortController();

	faults = $derived(this.rows.map(faultIn));

	constructor(readonly key: UnitKey) {
		void this.read();
	}

	async read() {
		try {
			const { value, tag } = await api.onFile(this.key, this.#controller.signal);
			this.#learn(value.items, tag);
			if (this.rows.length === 0) this.add();
		} catch (cause) {
			if (!this.#controller.signal.aborted) this.refusal = asRefusal(cause);
		}
	}

	#learn(all: readonly DatedPost[], tag: string | null) {
		[this.#all, this.#tag] = [all, tag];
		this.rows = rowsOn(all, dayOf(new Date()));
		this.gone = new Set();
		this.ready = true;
	}

	add() {
		this.rows.push({ from: null, title: "", holder: "", phone: "" });
	}

	/** One that is on file is marked, so that it can be kept after all; a new one is gone at once. */
	remove(at: number) {
		const from = this.rows[at]?.from;
		if (from === null || from === undefined) this.rows.splice(at, 1);
		else this.gone = new Set([...this.gone, from]);
	}

	keep(from: number) {
		this.gone = new Set([...this.gone].filter((one) => one !== from));
	}

	isGone(row: PostRow) {
		return row.from !== null && this.gone.has(row.from);
	}

	/** Whether they were saved. Posts that somebody else changed meanwhile are read again, and nothing is lost unseen. */
	async save(): Promise<boolean> {
		if (this.busy || this.#tag === null) return false;
		this.busy = true;
		this.refusal = null;
		const rows = $state.snapshot(this.rows).filter((row) => !this.isGone(row));
		try {
			const posts = changedPosts(this.#all, rows, dayOf(new Date()));
			await api.setPosts(this.key, posts, this.#tag, new AbortController().signal);
			return true;
		} catch (cause) {
			this.refusal = asRefusal(cause);
			if (this.refusal.code === "version_changed") await this.read();
			return false;
		} finally {
			this.busy = false;
		}
	}

	leave() {
		this.#controller.abort();
	}
}

interface Wanted {
	posts: "none" | "vacant";
	layer: Layer | null;
	level: string | null;
}

/** The list of units that lack a post: what it asks for stays while one of them is looked at. */
class Unstaffed {
	open = $state(false);
	posts = $state<"none" | "vacant">("none");
	layer = $state<Layer | null>(null);
	level = $state<string | null>(null);
	list = new Loader<Wanted, Listing<Unit>>(({ posts, layer, level }, signal) =>
		api.unstaffed(posts, layer, level, signal),
	);

	ask() {
		const { posts, layer, level } = this;
		void this.list.load({ posts, layer, level });
	}
}

export const unstaffed = new Unstaffed();
