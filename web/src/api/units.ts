import type { Layer, UnitKey } from "../core/route";
import { get, type Refusal } from "./client";
import type { components } from "./schema";
import type { Listing, Unit, UnitFeature } from "./shapes";

export type Turn = components["schemas"]["Turn"];

/** A current unit that came after one that is no more. */
export interface Successor {
	id: number;
	layer: Layer;
	level: string;
	code: string;
	name: string;
}

export function list(
	query: Record<string, string | number>,
	signal: AbortSignal,
): Promise<Listing<Unit>> {
	return get("/api/v1/units", query, signal);
}

const path = (key: UnitKey) => `/api/v1/units/${key.layer}/${encodeURIComponent(key.code)}`;

export function search(q: string, limit: number, signal: AbortSignal): Promise<Listing<Unit>> {
	return get("/api/v1/units", { q, limit }, signal);
}

/** The current units that came after those which bore a code. */
export function succeeding(was: string, signal: AbortSignal): Promise<Listing<Unit>> {
	return get("/api/v1/units", { was }, signal);
}

/** The successors that a refusal of the kind `retired` names. */
export function successorsIn(refusal: Refusal): readonly Successor[] {
	return (refusal.more.successors as Successor[] | undefined) ?? [];
}

/** The life of a unit, oldest turn first. */
export function turns(key: UnitKey, signal: AbortSignal): Promise<Listing<Turn>> {
	return get(`${path(key)}/history`, {}, signal);
}

export function unit(
	key: UnitKey,
	signal: AbortSignal,
	at: string | null = null,
): Promise<UnitFeature> {
	return get(path(key), { at }, signal);
}

export function neighbours(
	key: UnitKey,
	signal: AbortSignal,
	at: string | null = null,
): Promise<Listing<Unit>> {
	return get(`${path(key)}/neighbours`, { at }, signal);
}

export function children(
	key: UnitKey,
	signal: AbortSignal,
	at: string | null = null,
): Promise<Listing<Unit>> {
	return get(`${path(key)}/children`, { limit: 200, at }, signal);
}

export function counties(signal: AbortSignal): Promise<Listing<Unit>> {
	return get("/api/v1/units", { layer: "land", level: "county", limit: 200 }, signal);
}

export function city(signal: AbortSignal): Promise<Listing<Unit>> {
	return get("/api/v1/units", { layer: "land", level: "city", limit: 1 }, signal);
}
