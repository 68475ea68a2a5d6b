import * as api from "../api/reports";
import { isOpen, isOverdue, type Queue } from "../core/queue";
import { clock } from "./clock.svelte";
import { Loader } from "./load.svelte";
import { page } from "./page.svelte";
import { reports } from "./reports.svelte";

/** So many are shown one by one; of more the server makes heaps. */
const MOST_DOTS = 1000;
/** Heaps are looked at anew no more often than so, in milliseconds. */
const HEAPS_STAY = 2000;
const STRETCH = 250;

type Box = readonly [number, number, number, number];
type Dot = api.Summary;

const within = ([west, south, east, north]: Box, [lon, lat]: readonly [number, number]) =>
	lon >= west && lon <= east && lat >= south && lat <= north;

/** The reports of the queue that lie in view. */
class Dots {
	all = $state.raw<ReadonlyMap<number, Dot>>(new Map());
	/** How many lie there in all. */
	total = $state(0);
	/** The address of the tiles with the heaps; null: the reports are shown one by one. */
	heaps = $state<string | null>(null);
	#turn = 0;
	#stale: ReturnType<typeof setTimeout> | null = null;
	#box: Box | null = null;

	/** Stretch by stretch, each shown when it is here. */
	loader = new Loader<{ queue: Queue; box: Box }, void>(async ({ queue, box }, signal) => {
		const found = new Map<number, Dot>();
		let cursor: string | null = null;
		do {
			const page = { limit: STRETCH, cursor, bbox: box };
			const { items, next, total } = await api.list(queue, page, signal);
			if (signal.aborted) return;
			if (total > MOST_DOTS) {
				this.total = total;
				this.all = new Map();
				this.heaps = api.heaps(queue, this.#turn);
				return;
			}
			for (const item of items) found.set(item.id, item);
			cursor = next;
			this.total = total;
			// The dots of the view before stay until all is known, or there would be fewer for a moment.
			if (found.size > this.all.size) this.all = new Map(found);
		} while (cursor !== null);
		this.all = found;
		this.heaps = null;
	});

	constructor() {
		reports.onRead((report, belongs) => this.#learn(report, belongs));
	}

	look(box: Box, queue: Queue) {
		this.#box = box;
		void this.loader.load({ queue, box });
	}

	/** How many the map shows, one by one or in heaps. */
	get shown() {
		return this.heaps === null ? this.all.size : this.total;
	}

	#learn(report: api.Report, belongs: boolean) {
		if (this.heaps !== null) {
			this.#stale ??= setTimeout(() => {
				this.#stale = null;
				this.#turn += 1;
				if (this.#box) this.look(this.#box, page.queue);
			}, HEAPS_STAY);
			return;
		}
		const known = this.all.has(report.id);
		if (!known && (!belongs || !this.#box || !within(this.#box, report.position))) return;
		const all = new Map(this.all);
		if (belongs) all.set(report.id, report);
		else all.delete(report.id);
		this.total += Number(belongs) - Number(known);
		this.all = all;
	}

	/** As the map draws them. */
	drawn = $derived.by((): GeoJSON.FeatureCollection => {
		const { now } = clock;
		const features = [...this.all.values()].map((dot): GeoJSON.Feature => {
			const mark = isOverdue(dot, now)
				? "!"
				: dot.needs_confirmation && isOpen(dot.stage)
					? "?"
					: "";
			return {
				type: "Feature",
				properties: { id: dot.id, stage: dot.stage, mark },
				geometry: { type: "Point", coordinates: dot.position },
			};
		});
		return { type: "FeatureCollection", features };
	});

	/** The one that is open or pointed at, ringed over all others. */
	ringed = $derived.by((): GeoJSON.FeatureCollection => {
		const ids = [page.report, page.reportPointed];
		const features = [...new Set(ids)].flatMap((id): GeoJSON.Feature[] => {
			const found = id === null ? null : (this.all.get(id) ?? reports.find(id));
			if (!found) return [];
			const geometry = { type: "Point" as const, coordinates: found.position };
			return [{ type: "Feature", properties: { open: id === page.report }, geometry }];
		});
		return { type: "FeatureCollection", features };
	});
}

export const dots = new Dots();
