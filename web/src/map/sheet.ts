import type { Map as GlMap } from "maplibre-gl";
import type { Theme } from "../core/route";
import type { LonLat } from "../core/sketch";
import type { LineKind, Piece, Scene } from "../state/scene";

interface Look {
	hot: string;
	gain: string;
	paper: string;
	ink: string;
	mine: string;
	theirs: string;
}

const LOOK: Record<Theme, Look> = {
	light: {
		hot: "#d4380d",
		gain: "#0b6e69",
		paper: "#ffffff",
		ink: "#1d2528",
		mine: "#d4380d",
		theirs: "#5b4bc4",
	},
	dark: {
		hot: "#ff7a45",
		gain: "#3fb5ab",
		paper: "#12171a",
		ink: "#e8ecec",
		mine: "#ff7a45",
		theirs: "#a196ff",
	},
};

const STROKE: Record<LineKind, { width: number; dash: number[]; colour: keyof Look }> = {
	old: { width: 1.6, dash: [5, 4], colour: "ink" },
	new: { width: 3, dash: [], colour: "hot" },
	hand: { width: 2.5, dash: [], colour: "hot" },
	taken: { width: 2.5, dash: [], colour: "hot" },
	unit: { width: 3, dash: [], colour: "hot" },
	first: { width: 5, dash: [], colour: "hot" },
	theirs: { width: 3, dash: [7, 4], colour: "theirs" },
	mine: { width: 3, dash: [], colour: "mine" },
};

/** A sheet over the map on which is shown what the hand draws: drawn anew with each frame of the map. */
export class Sheet {
	readonly #canvas = document.createElement("canvas");
	readonly #context = this.#canvas.getContext("2d");
	#scene: Scene | null = null;
	#look = LOOK.light;
	#hatches = new Map<string, CanvasPattern | null>();
	#frame = 0;

	constructor(private readonly map: GlMap) {
		this.#canvas.className = "sketch-sheet";
		this.#canvas.setAttribute("aria-hidden", "true");
		this.map.getCanvasContainer().appendChild(this.#canvas);
		map.on("render", () => this.#paint());
		map.on("resize", () => this.#paint());
	}

	show(scene: Scene | null, theme: Theme) {
		this.#scene = scene;
		this.#look = LOOK[theme];
		cancelAnimationFrame(this.#frame);
		// What is over goes at once, however busy the map is.
		if (scene === null) this.#paint();
		this.#frame = requestAnimationFrame(() => this.#paint());
	}

	#paint() {
		const context = this.#context;
		if (!context) return;
		const { clientWidth: wide, clientHeight: high } = this.map.getCanvas();
		const ratio = devicePixelRatio;
		if (this.#canvas.width !== wide * ratio || this.#canvas.height !== high * ratio) {
			this.#canvas.width = wide * ratio;
			this.#canvas.height = high * ratio;
			this.#canvas.style.width = `${wide}px`;
			this.#canvas.style.height = `${high}px`;
		}
		context.setTransform(ratio, 0, 0, ratio, 0, 0);
		context.clearRect(0, 0, wide, high);
		// Chromium (seen in 156) keeps the picture of a canvas that is cleared and not drawn on: one dot that nobody sees.
		context.fillStyle = "#00000001";
		context.fillRect(0, 0, 1, 1);
		if (!this.#scene) return;
		const { pieces, lines, dots, corners, snap, wrong } = this.#scene;
		for (const piece of pieces) this.#piece(context, piece);
		for (const { kind, path } of lines) this.#line(context, kind, path);
		for (const at of dots) this.#dot(context, at, 3);
		for (const at of corners) this.#dot(context, at, 4);
		for (const at of wrong) this.#cross(context, at);
		if (snap) this.#snap(context, snap);
	}

	#trace(context: CanvasRenderingContext2D, path: readonly LonLat[]) {
		path.forEach((place, i) => {
			const { x, y } = this.map.project(place);
			if (i === 0) context.moveTo(x, y);
			else context.lineTo(x, y);
		});
	}

	/** What lies in both outlines is hatched; the canvas cuts it out. */
	#piece(context: CanvasRenderingContext2D, { before, after, gain }: Piece) {
		const colour = gain ? this.#look.gain : this.#look.hot;
		const hatch = this.#hatch(context, gain, colour);
		if (!hatch) return;
		context.save();
		context.beginPath();
		for (const ring of before) this.#trace(context, ring);
		context.clip("evenodd");
		context.beginPath();
		for (const ring of after) this.#trace(context, ring);
		context.fillStyle = `${colour}26`;
		context.fill("evenodd");
		context.fillStyle = hatch;
		context.fill("evenodd");
		context.restore();
	}

	/** Lines that rise with "+", or fall with "−": the shape tells them apart, not the colour alone. */
	#hatch(context: CanvasRenderingContext2D, gain: boolean, colour: string): CanvasPattern | null {
		const name = `${gain} ${colour} ${devicePixelRatio}`;
		const known = this.#hatches.get(name);
		if (known !== undefined) return known;
		const size = 36;
		const tile = document.createElement("canvas");
		tile.width = tile.height = size * devicePixelRatio;
		const pen = tile.getContext("2d");
		if (!pen) return null;
		pen.scale(devicePixelRatio, devicePixelRatio);
		pen.strokeStyle = colour;
		pen.lineWidth = 1.8;
		for (let at = -size; at <= size; at += 9) {
			pen.beginPath();
			pen.moveTo(at, gain ? size : 0);
			pen.lineTo(at + size, gain ? 0 : size);
			pen.stroke();
		}
		pen.beginPath();
		pen.arc(18, 18, 7.5, 0, 7);
		pen.fillStyle = this.#look.paper;
		pen.fill();
		pen.lineWidth = 2;
		pen.beginPath();
		pen.moveTo(14, 18);
		pen.lineTo(22, 18);
		if (gain) {
			pen.moveTo(18, 14);
			pen.lineTo(18, 22);
		}
		pen.stroke();
		const pattern = context.createPattern(tile, "repeat");
		pattern?.setTransform(new DOMMatrix().scale(1 / devicePixelRatio));
		this.#hatches.set(name, pattern);
		return pattern;
	}

	#line(context: CanvasRenderingContext2D, kind: LineKind, path: readonly LonLat[]) {
		const { width, dash, colour } = STROKE[kind];
		context.save();
		context.lineJoin = "round";
		context.lineCap = "round";
		context.beginPath();
		this.#trace(context, path);
		context.setLineDash(dash);
		context.lineWidth = width;
		context.strokeStyle = this.#look[colour];
		context.stroke();
		context.restore();
	}

	#dot(context: CanvasRenderingContext2D, at: LonLat, radius: number) {
		const { x, y } = this.map.project(at);
		context.beginPath();
		context.arc(x, y, radius, 0, 7);
		context.fillStyle = this.#look.paper;
		context.fill();
		context.lineWidth = 1.2;
		context.strokeStyle = this.#look.ink;
		context.stroke();
	}

	#cross(context: CanvasRenderingContext2D, at: LonLat) {
		const { x, y } = this.map.project(at);
		context.beginPath();
		context.arc(x, y, 10, 0, 7);
		context.moveTo(x - 5, y - 5);
		context.lineTo(x + 5, y + 5);
		context.moveTo(x + 5, y - 5);
		context.lineTo(x - 5, y + 5);
		context.lineWidth = 2.2;
		context.strokeStyle = this.#look.hot;
		context.stroke();
	}

	#snap(context: CanvasRenderingContext2D, { at, kind }: NonNullable<Scene["snap"]>) {
		const { x, y } = this.map.project(at);
		context.beginPath();
		if (kind === "node" || kind === "crossing") context.rect(x - 6, y - 6, 12, 12);
		else if (kind === "vertex") context.arc(x, y, 6, 0, 7);
		if (kind === "reference" || kind === "crossing") {
			context.moveTo(x, y - 6);
			context.lineTo(x + 6, y);
			context.lineTo(x, y + 6);
			context.lineTo(x - 6, y);
			context.closePath();
		}
		if (kind === "border") {
			context.moveTo(x - 6, y - 6);
			context.lineTo(x + 6, y + 6);
			context.moveTo(x + 6, y - 6);
			context.lineTo(x - 6, y + 6);
		}
		context.lineWidth = 2;
		context.strokeStyle = this.#look.hot;
		context.stroke();
	}
}
