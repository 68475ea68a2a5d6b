import type { Effect, Ground } from "../api/drafts";
import { type LonLat, ringsOf, runsBeside, type SnapKind } from "../core/sketch";

/** Ground that changes hands: what lies in both outlines. */
export interface Piece {
	before: LonLat[][];
	after: LonLat[][];
	gain: boolean;
}

export type LineKind = "old" | "new" | "hand" | "taken" | "unit" | "first" | "theirs" | "mine";

/** What is drawn by hand or under review, over the map. */
export interface Scene {
	pieces: readonly Piece[];
	lines: readonly { kind: LineKind; path: readonly LonLat[] }[];
	/** Vertices of the border under the hand. */
	dots: readonly LonLat[];
	/** Corners of the line that is drawn. */
	corners: readonly LonLat[];
	/**
	 * Where the pointer would take hold: a square at a node, a circle at a vertex, a cross on a border; a diamond on a
	 * reference line, in a square where it crosses a border. */
	snap: { at: LonLat; kind: SnapKind } | null;
	/** Places where something is wrong. */
	wrong: readonly LonLat[];
}

export const EMPTY: Scene = { pieces: [], lines: [], dots: [], corners: [], snap: null, wrong: [] };

/** The unit that grows most: gains and losses are told from its side. */
export function subjectOf(effect: Effect): number | null {
	const grown = (code: string) => {
		const area = effect.areas.find((one) => one.code === code);
		return area ? area.after_m2 - area.before_m2 : 0;
	};
	const units = effect.change.after.filter(({ geometry }) => geometry !== null);
	const best = units.reduce<Ground | null>(
		(most, unit) =>
			!most || grown(unit.properties.code) > grown(most.properties.code) ? unit : most,
		null,
	);
	return best?.id ?? null;
}

/** Every pair of a unit before and another after between which ground may go over. */
export function piecesOf(effect: Effect): Piece[] {
	const subject = subjectOf(effect);
	const rows = effect.areas;
	const grows = (unit: Ground) =>
		rows.some((row) => row.code === unit.properties.code && row.after_m2 > row.before_m2);
	return effect.change.before.flatMap((from) => {
		const before = ringsOf(from.geometry);
		if (before.length === 0) return [];
		return effect.change.after.flatMap((to): Piece[] => {
			const after = ringsOf(to.geometry);
			if (to.id === from.id || after.length === 0) return [];
			const gain = to.id === subject || (from.id !== subject && grows(to));
			return [{ before, after, gain }];
		});
	});
}

/** The runs that fall away, and those that come. */
export function runsOf(effect: Effect): Scene["lines"] {
	const rings = (units: readonly Ground[]) => units.flatMap(({ geometry }) => ringsOf(geometry));
	const before = rings(effect.change.before);
	const after = rings(effect.change.after);
	return [
		...runsBeside(before, after).map((path) => ({ kind: "old" as const, path })),
		...runsBeside(after, before).map((path) => ({ kind: "new" as const, path })),
	];
}

export function sceneOf(effect: Effect): Scene {
	const lines = runsOf(effect);
	const dots = lines.filter(({ kind }) => kind === "old").flatMap(({ path }) => path);
	return { ...EMPTY, pieces: piecesOf(effect), lines, dots };
}

export function boxOf(units: readonly Ground[]): [number, number, number, number] | null {
	const places = units.flatMap(({ geometry }) => ringsOf(geometry).flat());
	if (places.length === 0) return null;
	const easts = places.map(([lon]) => lon);
	const norths = places.map(([, lat]) => lat);
	const low = (all: number[]) => all.reduce((a, b) => Math.min(a, b));
	const high = (all: number[]) => all.reduce((a, b) => Math.max(a, b));
	return [low(easts), low(norths), high(easts), high(norths)];
}
