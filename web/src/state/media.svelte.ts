/** What the reader's machine prefers, kept up to date. */
export class Media {
	dark = $state(false);
	phone = $state(false);
	still = $state(false);
	/** There is room for a card beside the list. */
	wide = $state(false);

	constructor() {
		this.#follow("(prefers-color-scheme: dark)", (on) => {
			this.dark = on;
		});
		this.#follow("(max-width: 720px)", (on) => {
			this.phone = on;
		});
		this.#follow("(min-width: 1120px)", (on) => {
			this.wide = on;
		});
		this.#follow("(prefers-reduced-motion: reduce)", (on) => {
			this.still = on;
		});
	}

	#follow(query: string, set: (on: boolean) => void) {
		const list = matchMedia(query);
		set(list.matches);
		list.addEventListener("change", (event) => set(event.matches));
	}
}
