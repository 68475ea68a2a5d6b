/** The orders in which pieces off the majority are listed. */
export const ORDERS = ["area", "share", "households", "name"] as const;
export type Order = (typeof ORDERS)[number];

interface Piece {
	a_name: string;
	area_m2: number;
	share_a: number;
	households: number | null;
}

const BY: Record<Order, (p: Piece, q: Piece) => number> = {
	area: (p, q) => q.area_m2 - p.area_m2,
	share: (p, q) => q.share_a - p.share_a,
	households: (p, q) => (q.households ?? 0) - (p.households ?? 0),
	name: (p, q) => p.a_name.localeCompare(q.a_name, "zh", { numeric: true }),
};

/** The same pieces in an order; equal ones keep theirs. */
export function ordered<P extends Piece>(pieces: readonly P[], order: Order): readonly P[] {
	return pieces.toSorted(BY[order]);
}
