export type KeyRow = readonly [key: string, meaning: string];

/** The keys with those of a screen before the others: what they mean begins with the names of the screens and a colon. */
export function keysFirst(rows: readonly KeyRow[], screen: string): readonly KeyRow[] {
	const isOf = ([, meaning]: KeyRow) => {
		const at = meaning.indexOf(":");
		return at > 0 && meaning.slice(0, at).split(/、|, /).includes(screen);
	};
	return [...rows.filter(isOf), ...rows.filter((row) => !isOf(row))];
}
