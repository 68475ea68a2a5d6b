import * as drafts from "../api/drafts";
import * as api from "../api/references";
import type { Listing } from "../api/shapes";
import type { LonLat } from "../core/sketch";
import { netOf } from "../core/trace";
import { Loader } from "./load.svelte";

/** From this zoom on reference lines are shown. */
export const LINES_ZOOM = 11;

interface Other {
	draft: number;
	layers: readonly string[];
	box: drafts.Box;
}

/** What may be drawn along: reference lines, and the borders of other layers that are shown. */
class Guides {
	sets = new Loader<null, Listing<api.Reference>>((_, signal) => api.references(signal));
	near = new Loader<drafts.Box, Listing<api.ReferenceLine>>((box, signal) =>
		api.lines(box, signal),
	);
	borders = new Loader<Other, LonLat[][]>(async ({ draft, layers, box }, signal) => {
		const all = await Promise.all(layers.map((layer) => drafts.borders(draft, box, signal, layer)));
		return all.flatMap(({ borders }) => borders.map(({ path }) => path));
	});

	/** There are reference lines at all. */
	any = $derived((this.sets.value?.total ?? 0) > 0);
	lines = $derived((this.near.value?.items ?? []).map(({ path }) => path));
	/** Too many in view for one answer. */
	crowded = $derived(this.near.state.kind === "failed");
	all = $derived<LonLat[][]>([...this.lines, ...(this.borders.value ?? [])]);
	net = $derived(netOf(this.all));
}

export const guides = new Guides();
