import type { Refusal } from "../api/client";
import * as api from "../api/overlap";
import type { Listing, Unit, UnitFeature } from "../api/shapes";
import { list, unit as loadUnit } from "../api/units";
import { ordered } from "../core/order";
import { NOTHING } from "../map/dress";
import { asRefusal, Loader } from "./load.svelte";
import { page } from "./page.svelte";

/** Of a suggestion's grids so many are marked on the map. */
const MOST_SHOWN = 60;

/** The name of a piece in the address: its grid, and the police grid that it lies in. */
export const keyOf = (piece: { a: string; b: string | null }) => `${piece.a}~${piece.b ?? ""}`;

/** 警格 over 网格: where they disagree, in the scope of the address. */
class Overlap {
	summary = new Loader<api.Question, api.Summary>(api.summary);
	list = new Loader<api.Question, Listing<api.Mismatch>>(api.mismatches);
	shapes = new Loader<api.Question, GeoJSON.FeatureCollection>(api.shapes);
	matrix = new Loader<
		{ levels: readonly [string, string]; under: string | null },
		Listing<api.Common>
	>(({ levels, under }, signal) => api.matrix(levels, under, signal));
	/** What the scope may be: counties and stations, by name. */
	scopes = new Loader<null, { counties: Unit[]; stations: Unit[] }>(async (_, signal) => {
		const [counties, stations] = await Promise.all([
			list({ level: "county", limit: 1000 }, signal),
			list({ level: "station", limit: 1000 }, signal),
		]);
		return { counties: counties.items, stations: stations.items };
	});
	matrixShown = $state(false);
	suggestions = new Loader<api.Wish, Listing<api.Suggestion>>(api.suggestions);
	/** The grids of the suggestion that is looked at, as they are. */
	ground = new Loader<readonly string[], UnitFeature[]>((codes, signal) =>
		Promise.all(codes.map((code) => loadUnit({ layer: "land", code }, signal))),
	);
	complaint = $state.raw<Refusal | null>(null);
	/** The suggestion of which a draft is being made. */
	making = $state<string | null>(null);

	question = $derived<api.Question>({ under: page.route.scope, sliver: page.route.sliver });
	wish = $derived<api.Wish>({
		under: page.route.scope,
		kind: page.route.kind,
		locked: page.route.locked,
	});
	/** What is listed, in the order that was chosen. */
	items = $derived(ordered(this.list.value?.items ?? [], page.route.sort));
	chosen = $derived(this.items.find((piece) => keyOf(piece) === page.route.piece) ?? null);
	/** A station is divided into police grids; the city and its counties into stations. */
	levels = $derived.by((): readonly [string, string] => {
		const scope = page.route.scope;
		const station = this.scopes.value?.stations.some(({ code }) => code === scope);
		if (scope === null) return ["county", "bureau"];
		return station ? ["village", "police"] : ["township", "station"];
	});
	/** The pieces for the map, the chosen one marked. */
	drawn = $derived.by((): GeoJSON.FeatureCollection => {
		const shapes = this.shapes.value;
		if (!shapes) return NOTHING;
		const features = shapes.features.map((feature) => {
			const key = keyOf(feature.properties as { a: string; b: string | null });
			return { ...feature, properties: { key, chosen: key === page.route.piece } };
		});
		return { type: "FeatureCollection", features };
	});
	/** Shows the ground of a suggestion. */
	look(suggestion: api.Suggestion) {
		page.fit(suggestion.bbox as [number, number, number, number]);
		void this.ground.load(suggestion.grids.slice(0, MOST_SHOWN));
	}

	/** Makes a draft of a suggestion and opens it: what it does is seen there before anybody is asked. */
	async accept(suggestion: api.Suggestion) {
		this.making = suggestion.id;
		this.complaint = null;
		try {
			const draft = await api.draftOf(
				suggestion.id,
				page.route.locked,
				new AbortController().signal,
			);
			page.fit(suggestion.bbox as [number, number, number, number]);
			page.openDraft(draft.id, "edit");
		} catch (cause) {
			this.complaint = asRefusal(cause);
		} finally {
			this.making = null;
		}
	}

	load(question: api.Question) {
		this.ground.clear();
		void this.summary.load(question);
		void this.list.load(question);
		void this.shapes.load(question);
	}

	choose(piece: api.Mismatch) {
		this.ground.clear();
		page.pick(keyOf(piece));
		const [west, south, east, north] = piece.bbox as [number, number, number, number];
		// With what lies around it.
		const [wide, high] = [0.6 * (east - west), 0.6 * (north - south)];
		page.fit([west - wide, south - high, east + wide, north + high]);
	}

	/** The neighbour in the list, for the arrow keys. */
	step(by: 1 | -1) {
		const { items } = this;
		const at = this.chosen ? items.indexOf(this.chosen) + by : 0;
		const piece = items[Math.max(0, Math.min(items.length - 1, at))];
		if (piece) this.choose(piece);
	}
}

export const overlap = new Overlap();
