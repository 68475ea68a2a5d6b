import type { UnitKey } from "../core/route";
import { get } from "./client";
import type { Listing, Unit, UnitFeature } from "./shapes";

const path = (key: UnitKey) => `/api/v1/units/${key.layer}/${encodeURIComponent(key.code)}`;

export function search(q: string, limit: number, signal: AbortSignal): Promise<Listing<Unit>> {
	return get("/api/v1/units", { q, limit }, signal);
}

export function unit(key: UnitKey, signal: AbortSignal): Promise<UnitFeature> {
	return get(path(key), {}, signal);
}

export function neighbours(key: UnitKey, signal: AbortSignal): Promise<Listing<Unit>> {
	return get(`${path(key)}/neighbours`, {}, signal);
}

export function children(key: UnitKey, signal: AbortSignal): Promise<Listing<Unit>> {
	return get(`${path(key)}/children`, { limit: 200 }, signal);
}

export function counties(signal: AbortSignal): Promise<Listing<Unit>> {
	return get("/api/v1/units", { layer: "land", level: "county", limit: 200 }, signal);
}

export function city(signal: AbortSignal): Promise<Listing<Unit>> {
	return get("/api/v1/units", { layer: "land", level: "city", limit: 1 }, signal);
}
