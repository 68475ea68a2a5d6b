import * as api from "../api/reports";
import type { Listing } from "../api/shapes";
import { Loader } from "./load.svelte";
import { page } from "./page.svelte";

type Path = [number, number][];

/** Sources whose positions seem to be of another system than they declare. */
class Datum {
	loader = new Loader<null, Listing<api.Source>>((_, signal) => api.sources(signal));
	suspects = $derived(
		(this.loader.value?.items ?? []).flatMap((source) =>
			source.suspicion ? [{ ...source, suspicion: source.suspicion }] : [],
		),
	);
	/** The source whose evidence is on the map. */
	shown = $state<string | null>(null);
	/** From where each example was put to where it would be. */
	lines = $derived(
		this.suspects
			.filter(({ source }) => source === this.shown)
			.flatMap(({ suspicion }) =>
				suspicion.examples.map(({ declared, other }) => [declared, other] as Path),
			),
	);

	show(source: string | null) {
		this.shown = source;
		const places = this.lines.flat();
		if (places.length === 0) return;
		const easts = places.map(([east]) => east);
		const norths = places.map(([, north]) => north);
		page.fit([Math.min(...easts), Math.min(...norths), Math.max(...easts), Math.max(...norths)]);
	}
}

export const datum = new Datum();
