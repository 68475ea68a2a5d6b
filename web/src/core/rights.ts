/** What is known of whoever asks: their roles, and the ground on which they may change things. */
export interface Rights {
	/** Nobody signed in: null. */
	name: string | null;
	roles: readonly { role: string; layer: string | null }[];
	/** Empty: all units of the layers of the roles. */
	territory: readonly { layer: string; code: string }[];
}

/** Whether somebody has one of these roles on a layer; on any, when none is named. */
export function may(who: Rights | null, roles: readonly string[], layer?: string): boolean {
	return (who?.roles ?? []).some(
		(held) =>
			roles.includes(held.role) &&
			(layer === undefined || held.layer === null || held.layer === layer),
	);
}

/** Whether a unit is in somebody's territory, given by its code and those of the units above it. */
export function holds(who: Rights | null, layer: string, codes: readonly string[]): boolean {
	const ground = who?.territory ?? [];
	return (
		ground.length === 0 || ground.some((one) => one.layer === layer && codes.includes(one.code))
	);
}

/** Who changes posts: as the server asks it of them. */
export const STAFFERS = ["planner", "dispatcher"] as const;
/** Who sees drafts and what may be drawn along. */
export const DRAFTERS = ["planner", "approver"] as const;

/** Who sends reports; whoever works with grids or reports does. */
export const REPORTERS = ["worker", "planner", "approver", "dispatcher", "admin"] as const;
/** Who sees the reports of their ground, and what they add up to. */
export const REPORT_READERS = [...REPORTERS, "auditor"] as const;
/** Who is told that a source seems to send another system than it declares. */
export const DISPATCHERS = ["dispatcher"] as const;

/** Why somebody only looks at a draft that is open; null for whoever may draw on it. */
export type Barred =
	| { kind: "signed_out" }
	| { kind: "role"; layer: string }
	| { kind: "author"; author: string };

export function barred(
	who: Rights | null,
	draft: { layer: string; author: string },
): Barred | null {
	const from = barredFrom(who, draft.layer);
	if (from !== null || who?.name === draft.author) return from;
	return { kind: "author", author: draft.author };
}

/** Why somebody begins no draft on a layer. */
export function barredFrom(
	who: Rights | null,
	layer: string,
): Exclude<Barred, { kind: "author" }> | null {
	if (!who || who.name === null) return { kind: "signed_out" };
	return may(who, ["planner"], layer) ? null : { kind: "role", layer };
}

/** The screens that somebody is shown. */
export function screensOf<S extends string>(who: Rights | null, all: readonly S[]): S[] {
	const shown: Record<string, boolean> = {
		reports: may(who, REPORT_READERS),
		report: may(who, REPORTERS),
	};
	return all.filter((screen) => shown[screen] ?? true);
}
