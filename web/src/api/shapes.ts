import type { CrsId } from "../core/crs";
import type { Layer } from "../core/route";

/** What the server answers, as the page uses it. */
export type Outcome = "inside" | "nearby" | "outside";

export interface Post {
	title: string;
	holder: string | null;
	phone: string | null;
}

export interface Link {
	level: string;
	code: string;
	name: string;
	posts: Post[];
}

export interface Place {
	code: string;
	name: string;
	outcome: Outcome;
	border_distance_m: number;
	on_border: boolean;
	chain: Link[];
	candidates: { code: string | null; share: number }[];
}

export interface Located {
	point: { lon?: number; lat?: number; x?: number; y?: number; crs: string };
	position: [number, number];
	revision: number;
	effective_from: string;
	outcome: Outcome;
	needs_confirmation: boolean;
	responsible: { layer: string; code: string; rule: string } | null;
	land: Place | null;
	water: Place | null;
	police: Place | null;
}

export interface Row {
	outcome: Outcome | "error";
	land?: string | null;
	water?: string | null;
	police?: string | null;
	error?: { code: string; field?: string; detail: string };
}

export interface Unit {
	id: number;
	layer: Layer;
	level: string;
	code: string;
	name: string;
	parent: string | null;
	area_m2: number;
	households: number | null;
	bbox: [number, number, number, number] | null;
	label: [number, number] | null;
}

/** One unit asked for by its code: with the chain, from itself up to the city. */
export interface UnitDetail extends Unit {
	chain: Link[];
}

export interface UnitFeature {
	type: "Feature";
	id: number;
	geometry: GeoJSON.Geometry | null;
	properties: UnitDetail;
}

export interface Listing<T> {
	total: number;
	next: string | null;
	items: T[];
}

export interface Position {
	east: number;
	north: number;
	crs: CrsId;
	accuracy: number | null;
	category: string | null;
}

export interface Category {
	code: string;
	zh: string;
	en: string;
}
