/** How the page stands to what happens on the server. */
export type Standing =
	| { kind: "live" }
	| { kind: "behind"; seconds: number }
	| { kind: "offline"; seconds: number };

export interface Signs {
	/** The line on which events are told stands. */
	open: boolean;
	/** The last question was answered, and the device has a network. */
	answered: boolean;
	/** Until when all that happened is shown. */
	known: number;
	/** Since when something is known to have happened that is not shown yet. */
	pending: number | null;
	now: number;
}

/** What takes longer to be shown is said to be late. */
const PROMPT_MS = 2_000;

export function standing({ open, answered, known, pending, now }: Signs): Standing {
	const late = Math.max(0, now - (pending ?? known));
	const seconds = Math.floor(late / 1000);
	if (!answered) return { kind: "offline", seconds };
	if (open && (pending === null || late < PROMPT_MS)) return { kind: "live" };
	return { kind: "behind", seconds };
}
