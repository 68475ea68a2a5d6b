import type { LonLat } from "../core/sketch";
import { get } from "./client";
import type { Box } from "./drafts";
import type { components } from "./schema";
import type { Listing } from "./shapes";

export type Reference = components["schemas"]["ReferenceView"];

/** A run of a road, a river, the line of a plan. */
export interface ReferenceLine {
	reference: string;
	name: string | null;
	path: LonLat[];
}

export const references = (signal: AbortSignal) =>
	get<Listing<Reference>>("/api/v1/references", {}, signal);

export const lines = (box: Box, signal: AbortSignal) =>
	get<Listing<ReferenceLine>>(
		"/api/v1/references/lines",
		{ bbox: box.map((n) => n.toFixed(7)).join(",") },
		signal,
	);
