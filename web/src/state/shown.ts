import type { ConflictFound, Drawn, Effect, Ground } from "../api/drafts";
import { type Border, type LonLat, ringsOf, runsBeside, touching } from "../core/sketch";
import { desk } from "./desk.svelte";
import { defectsOf } from "./saying";
import { EMPTY, type Scene, sceneOf } from "./scene";
import type { sketch as theSketch } from "./sketch.svelte";

function outlines(units: readonly { id: number }[], borders: readonly Border[]): Scene["lines"] {
	return units.flatMap(({ id }, i) =>
		borders
			.filter((border) => touching(border, id))
			.map(({ path }) => ({ kind: i === 0 ? ("first" as const) : ("unit" as const), path })),
	);
}

/** What is in the planner's hand, with what it would do. */
export function handScene(sketch: typeof theSketch): Scene {
	const { preview, path, border, pointer, finished, snap, near, lead } = sketch;
	const would = preview ? sceneOf(preview) : EMPTY;
	const rubber = !finished && pointer !== null && path.length > 0 ? [...lead, pointer] : [];
	const hand: LonLat[] = [...path, ...rubber];
	const closing = sketch.tool === "transfer" && finished && path[0] ? [path[0]] : [];
	const corners = hand.length > 40 ? [] : path;
	// What a click would take, before anything is drawn.
	const offered = sketch.tool === "redraw" && path.length === 0 && snap ? snap.border : null;
	const gaps = (desk.impact?.defects ?? []).flatMap(({ geometry }) =>
		ringsOf((geometry ?? null) as Parameters<typeof ringsOf>[0]),
	);
	const node = sketch.node && pointer ? [sketch.node, pointer] : [];
	return {
		pieces: would.pieces,
		lines: [
			...(border && !preview ? [{ kind: "taken" as const, path: border.path }] : []),
			...(offered ? [{ kind: "taken" as const, path: offered.path }] : []),
			...outlines(sketch.units, near?.borders ?? []),
			...gaps.map((path) => ({ kind: "unit" as const, path })),
			...would.lines,
			...(hand.length > 1 ? [{ kind: "hand" as const, path: [...hand, ...closing] }] : []),
			...(node.length > 0 ? [{ kind: "hand" as const, path: node }] : []),
		],
		dots: border ? border.path : would.dots,
		corners,
		snap: snap && !finished ? { at: snap.at, kind: snap.kind } : null,
		wrong: [
			...(sketch.refusal ? defectsOf(sketch.refusal) : []),
			...(desk.impact?.defects ?? []),
		].flatMap(({ at }) => (at ? [at as LonLat] : [])),
	};
}

/** Two versions of the same borders, and where they are in each other's way. */
export function conflictScene(conflicts: readonly ConflictFound[]): Scene {
	const rings = (units: readonly Ground[]) => units.flatMap(({ geometry }) => ringsOf(geometry));
	const lines = conflicts.flatMap(({ base, theirs, mine }): Scene["lines"] => [
		...runsBeside(rings(theirs), rings(base)).map((path) => ({ kind: "theirs" as const, path })),
		...runsBeside(rings(mine), rings(base)).map((path) => ({ kind: "mine" as const, path })),
	]);
	const wrong = conflicts.flatMap(({ at }) => (at ? [at as LonLat] : []));
	return { ...EMPTY, lines, wrong };
}

/** The ground of units before a change. */
export function groundBefore({ change }: Effect): GeoJSON.FeatureCollection {
	const features = change.before.flatMap(({ geometry, properties }): GeoJSON.Feature[] =>
		geometry ? [{ type: "Feature", properties: { layer: properties.layer }, geometry }] : [],
	);
	return { type: "FeatureCollection", features };
}

/** The ground of units after some operations, one on the other. */
export function groundAfter(effects: readonly (Drawn | Effect)[]): GeoJSON.FeatureCollection {
	const ground = new Map<number, GeoJSON.Feature>();
	for (const { change } of effects) {
		for (const unit of change.before) if (unit.geometry) ground.delete(unit.id);
		for (const { id, geometry, properties } of change.after) {
			if (geometry) {
				const { layer } = properties;
				ground.set(id, { type: "Feature", properties: { layer }, geometry });
			}
		}
	}
	return { type: "FeatureCollection", features: [...ground.values()] };
}
