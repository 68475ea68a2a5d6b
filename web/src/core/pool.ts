/** Maps with at most `width` at a time; answers in the order of the items. Stops at the first rejection. */
export async function pool<A, B>(
	items: readonly A[],
	width: number,
	run: (item: A, index: number) => Promise<B>,
): Promise<B[]> {
	const results: B[] = [];
	let next = 0;
	const worker = async () => {
		for (let i = next++; i < items.length; i = next++) {
			const item = items[i];
			if (item !== undefined) results[i] = await run(item, i);
		}
	};
	await Promise.all(Array.from({ length: Math.min(width, items.length) }, worker));
	return results;
}
