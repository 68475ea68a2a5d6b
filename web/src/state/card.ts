import { locate } from "../api/locate";
import type { Link, Place, Unit, UnitFeature } from "../api/shapes";
import { children, neighbours, unit } from "../api/units";
import type { UnitKey } from "../core/route";

/** Whose card, as of when; null: now. */
export interface CardKey {
	key: UnitKey;
	at: string | null;
}

/** All that the card of a unit shows. */
export interface Card {
	feature: UnitFeature;
	/** From the unit itself up to the city. */
	chain: Link[];
	neighbours: Unit[];
	children: Unit[];
	childrenTotal: number;
	/** The police grid at the label point; undefined when the question makes no sense for this unit. */
	police: Place | null | undefined;
}

const LOWEST = ["grid", "water"];

async function policeOf(
	unit: Unit,
	at: string | null,
	signal: AbortSignal,
): Promise<Place | null | undefined> {
	if (!LOWEST.includes(unit.level) || unit.label === null) return undefined;
	const [east, north] = unit.label;
	const located = await locate(
		{ east, north, crs: "cgcs2000", accuracy: null, category: null },
		signal,
		at,
	);
	return located.police;
}

export async function loadCard({ key, at }: CardKey, signal: AbortSignal): Promise<Card> {
	const [feature, beside, below] = await Promise.all([
		unit(key, signal, at),
		neighbours(key, signal, at),
		children(key, signal, at),
	]);
	const { properties } = feature;
	const police = await policeOf(properties, at, signal);
	return {
		feature,
		chain: properties.chain,
		neighbours: beside.items,
		children: below.items,
		childrenTotal: below.total,
		police,
	};
}
