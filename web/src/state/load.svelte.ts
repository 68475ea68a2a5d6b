import { untrack } from "svelte";
import { Refusal } from "../api/client";

export type Loaded<T> =
	| { kind: "idle" }
	| { kind: "waiting"; last: T | null }
	| { kind: "here"; value: T }
	| { kind: "failed"; refusal: Refusal };

/** Holds what `fetcher` last answered for a key; a newer key cancels the older request. */
export class Loader<K, T> {
	state = $state.raw<Loaded<T>>({ kind: "idle" });
	#controller: AbortController | null = null;

	constructor(private readonly fetcher: (key: K, signal: AbortSignal) => Promise<T>) {}

	/** The value at hand, also while a newer one is on its way. */
	get value(): T | null {
		if (this.state.kind === "here") return this.state.value;
		return this.state.kind === "waiting" ? this.state.last : null;
	}

	clear() {
		this.#controller?.abort();
		this.state = { kind: "idle" };
	}

	async load(key: K): Promise<void> {
		this.#controller?.abort();
		const controller = new AbortController();
		this.#controller = controller;
		this.state = { kind: "waiting", last: untrack(() => this.value) };
		try {
			const value = await this.fetcher(key, controller.signal);
			if (!controller.signal.aborted) this.state = { kind: "here", value };
		} catch (cause) {
			if (!controller.signal.aborted) this.state = { kind: "failed", refusal: asRefusal(cause) };
		}
	}
}

export function asRefusal(cause: unknown): Refusal {
	return cause instanceof Refusal ? cause : new Refusal("page", String(cause), 0);
}
