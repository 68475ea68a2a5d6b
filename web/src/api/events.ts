import type { Touched } from "../core/touched";
import type { components } from "./schema";

export type Event = components["schemas"]["Event"];

export interface Ears {
	/** The line stands, at first or again: what was said meanwhile is said after this. */
	opened(): void;
	happened(event: Event): void;
}

/** Follows what happens on the server. The browser opens the line again by itself, until the server refuses it. */
export class Line {
	readonly #source = new EventSource("/api/v1/events");

	constructor(ears: Ears) {
		this.#source.addEventListener("open", () => ears.opened());
		this.#source.addEventListener("message", ({ data }) => {
			ears.happened(JSON.parse(String(data)) as Event);
		});
	}

	get open(): boolean {
		return this.#source.readyState === EventSource.OPEN;
	}

	/** It will not be opened again. */
	get over(): boolean {
		return this.#source.readyState === EventSource.CLOSED;
	}

	close() {
		this.#source.close();
	}
}

/** What a publication says of tiles; `null` when any may look different. */
export function touchedBy(event: Event): Touched | null {
	const tiles = (event.data as { tiles?: { zooms?: Touched } }).tiles;
	return tiles?.zooms ?? null;
}
