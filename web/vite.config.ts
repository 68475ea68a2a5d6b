import { svelte } from "@sveltejs/vite-plugin-svelte";
import { defineConfig } from "vitest/config";

// `npm run dev` passes what the page asks for on to a running server.
const server = process.env.WANGGE_SERVER ?? "http://127.0.0.1:8080";

export default defineConfig({
	base: "./",
	plugins: [svelte()],
	build: { target: "es2022", chunkSizeWarningLimit: 1600, sourcemap: false },
	worker: { format: "es" },
	server: {
		proxy: Object.fromEntries(["/api", "/tiles", "/styles"].map((path) => [path, server])),
	},
	test: { environment: "node", include: ["src/**/*.test.ts"] },
});
