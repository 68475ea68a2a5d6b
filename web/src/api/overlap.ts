import type { Kind } from "../core/route";
import { get, post } from "./client";
import type { Draft } from "./drafts";
import type { components } from "./schema";
import type { Listing } from "./shapes";

export type Summary = components["schemas"]["OverlapSummaryView"];
export type Mismatch = components["schemas"]["MismatchView"];
export type Common = components["schemas"]["CommonView"];

/** What is looked at: rows under a unit, pieces narrower than that left out. */
export interface Question {
	under: string | null;
	sliver: number;
}

const PAIR = "/api/v1/overlap/land/police";
/** As many as the server gives at once. */
export const MOST = 1000;

const asked = ({ under, sliver }: Question) => ({ under, sliver_m: sliver });

export const summary = (question: Question, signal: AbortSignal) =>
	get<Summary>(`${PAIR}/summary`, asked(question), signal);

export const mismatches = (question: Question, signal: AbortSignal) =>
	get<Listing<Mismatch>>(
		`${PAIR}/mismatch`,
		{ ...asked(question), class: "real", limit: MOST },
		signal,
	);

export const shapes = (question: Question, signal: AbortSignal) =>
	get<GeoJSON.FeatureCollection>(
		`${PAIR}/mismatch`,
		{ ...asked(question), class: "real", format: "geojson" },
		signal,
	);

/** What units of two higher levels have in common. */
export const matrix = (
	levels: readonly [string, string],
	under: string | null,
	signal: AbortSignal,
) =>
	get<Listing<Common>>(
		`/api/v1/overlap/${levels[0]}/${levels[1]}`,
		{ under, class: "real", limit: MOST },
		signal,
	);

export type Suggestion = components["schemas"]["SuggestionView"];

/** What is suggested: about rows under a unit, of one kind or all, with some police grids left as they are. */
export interface Wish {
	under: string | null;
	kind: Kind | null;
	locked: readonly string[];
}

/** What would make police grids and grids agree more, what moves most first. */
export const suggestions = ({ under, kind, locked }: Wish, signal: AbortSignal) =>
	get<Listing<Suggestion>>(
		`${PAIR}/suggestions`,
		{ under, kind, locked: locked.join(",") || null, limit: 200 },
		signal,
	);

/** Makes a draft of one. */
export const draftOf = (id: string, locked: readonly string[], signal: AbortSignal) =>
	post<Draft>(`${PAIR}/suggestions/${encodeURIComponent(id)}/draft`, { locked }, signal);

/** The list as a file. */
export const fileOf = ({ under, sliver }: Question, format: "csv" | "xlsx" | "geojson") => {
	const params = new URLSearchParams({ format, class: "real", sliver_m: String(sliver) });
	if (under) params.set("under", under);
	return `${PAIR}/mismatch?${params}`;
};
