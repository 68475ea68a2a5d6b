/** Why somebody was not signed in, as the page says it. */
export type Fault =
	| { kind: "wrong" }
	| { kind: "wait"; seconds: number }
	| { kind: "offline" }
	| { kind: "other"; detail: string };

export function faultOf(refusal: { status: number; detail: string; after: number | null }): Fault {
	switch (refusal.status) {
		case 0:
			return { kind: "offline" };
		case 401:
			return { kind: "wrong" };
		case 429:
			return { kind: "wait", seconds: refusal.after ?? 1 };
		default:
			return { kind: "other", detail: refusal.detail };
	}
}

interface Held {
	role: string;
	layer: string | null;
}

/** Roles in words, each once; a role on every layer hides the same on one. */
export function rolesIn(
	held: readonly Held[],
	roles: Record<string, string>,
	layers: Record<string, string>,
): string[] {
	const everywhere = new Set(held.filter((h) => h.layer === null).map((h) => h.role));
	const shown = held.filter((h) => h.layer === null || !everywhere.has(h.role));
	return shown.map(({ role, layer }) => {
		const word = roles[role] ?? role;
		return layer === null ? word : `${word} · ${layers[layer] ?? layer}`;
	});
}
