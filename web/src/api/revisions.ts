import { get, post } from "./client";
import type { Draft, Effect } from "./drafts";
import type { components } from "./schema";
import type { Listing } from "./shapes";

export type Revision = components["schemas"]["RevisionView"];

export interface Diff extends Effect {
	from: number;
	to: number;
	lineage: { from: string; to: string }[];
}

export const revisions = (signal: AbortSignal) =>
	get<Listing<Revision>>("/api/v1/revisions", {}, signal);

export const diff = (from: number, to: number, signal: AbortSignal) =>
	get<Diff>(`/api/v1/revisions/${from}/diff/${to}`, {}, signal);

export const revert = (revision: number, title: string, signal: AbortSignal) =>
	post<Draft>(`/api/v1/revisions/${revision}/revert`, { title, reason: title }, signal);

/** The number of the revision in force; asked often. */
export const current = (signal: AbortSignal) =>
	get<{ revision: number }>("/readyz", {}, signal).then((ready) => ready.revision);
