/** The time of day, twice a minute: what is due is told by it. */
class Clock {
	now = $state(Date.now());

	constructor() {
		setInterval(() => {
			this.now = Date.now();
		}, 30_000);
	}
}

export const clock = new Clock();
