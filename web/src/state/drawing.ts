import { MAX_ACCURACY_M } from "../api/locate";
import type { Located } from "../api/shapes";
import { circle } from "../core/circle";
import type { CrsId } from "../core/crs";
import type { Place } from "../core/outbox";
import { LAYERS, type UnitKey } from "../core/route";
import type { Words } from "../text";
import { type Answer, type Entry, outcomeOf } from "./lookup.svelte";

/** A lettered or named place on the map. */
export interface Pin {
	id: string;
	text: string;
	position: [number, number];
	strong: boolean;
}

type Bounds = [number, number, number, number];

/** Where an entry lies in CGCS2000, if that is known without arithmetic of our own. */
function positionOf(entry: Entry, crs: CrsId): [number, number] | null {
	if (entry.located) return entry.located.position;
	if (entry.line.kind !== "pair") return null;
	return crs === "cgcs2000" || crs === "wgs84" ? [entry.line.east, entry.line.north] : null;
}

/** The unit that answers for a place, whichever layer it is of. */
function responsibleOf(located: Located): (UnitKey & { name: string }) | null {
	const layer = LAYERS.find((one) => one === located.responsible?.layer);
	const place = layer && located[layer];
	return layer && place ? { layer, code: place.code, name: place.name } : null;
}

/** Pins for one position, or one for each of its readings. */
export function pinsOf(answer: Answer, words: Words, short: boolean): Pin[] {
	if (answer.kind === "one") {
		const { located } = answer.entry;
		if (!located) return [];
		const text = responsibleOf(located)?.name ?? words.lookup.outcome[located.outcome];
		return [{ id: "one", text, position: located.position, strong: true }];
	}
	if (answer.kind !== "readings" || answer.points !== 1) return [];
	return answer.inside.flatMap(({ letter, entries, crs }) => {
		const located = entries[0]?.located;
		const [first] = crs;
		if (!located || !first) return [];
		const text = short ? letter : `${letter} ${words.crsShort[first]}`;
		return [{ id: letter, text, position: located.position, strong: false }];
	});
}

function entriesOf(answer: Answer): { entry: Entry; crs: CrsId }[] {
	switch (answer.kind) {
		case "table":
			return answer.entries.map((entry) => ({ entry, crs: answer.crs }));
		case "readings":
			return answer.inside.flatMap(({ entries, crs }) =>
				entries.map((entry) => ({ entry, crs: crs[0] ?? "cgcs2000" })),
			);
		case "one":
			return [{ entry: answer.entry, crs: answer.crs }];
		case "nothing":
		case "mixed":
		case "wrong_form":
			return [];
		default:
			return answer satisfies never;
	}
}

/** Dots for all positions; the line that is pointed at is hot, those outside the city are pale. */
export function pointsOf(answer: Answer, line: number | null): GeoJSON.FeatureCollection {
	const features = entriesOf(answer).flatMap(({ entry, crs }): GeoJSON.Feature[] => {
		const coordinates = positionOf(entry, crs);
		if (coordinates === null) return [];
		const away = outcomeOf(entry) === "outside" || outcomeOf(entry) === "error";
		const properties = { line: entry.line.line, hot: entry.line.line === line, away };
		return [{ type: "Feature", properties, geometry: { type: "Point", coordinates } }];
	});
	return { type: "FeatureCollection", features };
}

/** Reference lines as they are drawn. */
export function linesOf(paths: readonly [number, number][][]): GeoJSON.FeatureCollection {
	const features = paths.map(
		(coordinates): GeoJSON.Feature => ({
			type: "Feature",
			properties: {},
			geometry: { type: "LineString", coordinates },
		}),
	);
	return { type: "FeatureCollection", features };
}

/** The circle of a declared accuracy. */
export function discOf(answer: Answer, accuracy: number | null): GeoJSON.Feature | null {
	if (answer.kind !== "one" || !answer.entry.located || accuracy === null) return null;
	const ring = circle(answer.entry.located.position, Math.min(accuracy, MAX_ACCURACY_M));
	return { type: "Feature", properties: {}, geometry: { type: "Polygon", coordinates: [ring] } };
}

/** The place that is reported. */
export function pinOfPlace(place: Place | null, text: string): Pin[] {
	if (!place) return [];
	return [{ id: "place", text, position: [place.lon, place.lat], strong: true }];
}

/** How sure the device is of it. */
export function discOfPlace(place: Place | null): GeoJSON.Feature | null {
	if (place?.accuracy == null) return null;
	const ring = circle([place.lon, place.lat], Math.min(place.accuracy, MAX_ACCURACY_M));
	return { type: "Feature", properties: {}, geometry: { type: "Polygon", coordinates: [ring] } };
}

/** The grids that the answer names, for their outlines: at most a handful. */
export function gridsOf(answer: Answer): UnitKey[] {
	if (answer.kind === "table") return [];
	if (answer.kind === "one") {
		const unit = answer.entry.located && responsibleOf(answer.entry.located);
		return unit ? [{ layer: unit.layer, code: unit.code }] : [];
	}
	const codes = entriesOf(answer)
		.slice(0, 5)
		.filter(({ entry }) => outcomeOf(entry) === "inside")
		.map(({ entry }) => entry.located?.land?.code)
		.filter((code) => code !== undefined);
	return [...new Set(codes)].map((code) => ({ layer: "land", code }));
}

/** The box around the positions in the city; around all when none is there; null without any. */
export function boundsOf(points: GeoJSON.FeatureCollection): Bounds | null {
	const near = points.features.filter(({ properties }) => properties?.away !== true);
	const places = (near.length > 0 ? near : points.features).flatMap(({ geometry }) =>
		geometry.type === "Point" ? [geometry.coordinates] : [],
	);
	if (places.length === 0) return null;
	const easts = places.map(([east = 0]) => east);
	const norths = places.map(([, north = 0]) => north);
	const low = (values: number[]) => values.reduce((a, b) => Math.min(a, b));
	const high = (values: number[]) => values.reduce((a, b) => Math.max(a, b));
	return [low(easts), low(norths), high(easts), high(norths)];
}
