import * as api from "../api/reports";
import { classesOf, type Level, levelAt, ranked } from "../core/figures";
import type { Heat } from "../map/heat";
import { Loader } from "./load.svelte";
import { page } from "./page.svelte";

/** What the reports of a time add up to, unit by unit. */
class Figures {
	loader = new Loader<api.StatsQuestion, api.Stats>(api.stats);
	/** The level of the units: as chosen, or by how close the map is. */
	level = $derived<Level>(page.figures.level ?? levelAt(page.route.view?.zoom ?? 0));
	question = $derived<api.StatsQuestion>({
		level: this.level,
		unit: page.queue.unit,
		period: page.figures.period,
		borders: page.figures.borders,
	});
	rows = $derived(ranked(this.loader.value?.items ?? [], page.figures.measure));
	/** The units by how much they have, the least first. */
	classes = $derived(classesOf(this.rows, page.figures.measure));
	/** What the map is coloured by; null while it is not. */
	heat = $derived.by((): Heat | null => {
		if (page.screen !== "reports" || page.tab !== "figures") return null;
		return { level: this.level, classes: this.classes.map(({ codes }) => codes) };
	});
}

export const figures = new Figures();
