/** The words of the overlap of police grids and grids in Chinese. */
export const overlap = {
	overlap: {
		title: "警网融合",
		scope: "范围",
		whole: "全市",
		counties: "县区",
		stations: "派出所",
		loading: "正在比较警格与网格",
		split: "被分割网格",
		mismatch: "不一致面积",
		nesting: "嵌套指数",
		aligned: "界线吻合",
		define: (name: string) => `${name}:说明`,
		definitions: {
			split: "在两个以上警格里都有实质图斑(不含碎片)的网格数。",
			mismatch:
				"不在主属警格内的面积占全部网格面积的比例。一个网格的主属警格,是占其面积最多的警格。",
			nesting:
				"1 表示知道网格就知道警格;0 表示网格对警格毫无提示。按信息熵计算:1 − H(警格|网格) / H(警格)。",
			aligned: "警格内部界线中,离网格界线不超过 5 米的长度比例。完全重合的也计算在内。",
		},
		alignedMore: (same: string, near: string) => `完全重合 ${same},20 米内 ${near}`,
		list: "不一致(按面积)",
		ignore: "忽略窄于",
		metres: (n: number) => `${n} m`,
		counts: (pieces: number, slivers: number) => `${pieces} 处不一致,${slivers} 处碎片`,
		row: (grid: string, from: string, to: string, area: string) =>
			`${grid},${area} 在 ${from},主属 ${to}`,
		nobody: "界外",
		none: "这个范围内没有不一致。可放宽范围,或把滑块向左移以计入更窄的碎片。",
		cut: (shown: number, total: number) => `前 ${shown} 处,共 ${total} 处;全部见下载`,
		piece: "所选图斑",
		inPolice: "所在警格",
		majority: "主属警格",
		share: "占网格",
		width: "平均宽度",
		households: "约涉及",
		householdsUnit: (n: string) => `${n} 户`,
		card: "看网格",
		matrix: "对照表",
		matrixRows: { county: "县区", township: "乡镇街道", village: "村社区" } as Record<
			string,
			string
		>,
		matrixHint: "行为网格一侧,列为公安一侧;格内是占该行面积的比例。",
		suggestions: "建议",
		noSuggestions: "这个范围内没有建议:每个网格都整体落在一个警格里。",
		noneOfKind: "这个范围内没有这一类建议。",
		kindOf: "建议的种类",
		allKinds: "全部",
		kinds: { align: "对齐", rebuild: "重划", snap: "贴合", split: "分割" },
		align: (from: string, to: string) => `${from} → ${to}:沿网格界线对齐`,
		rebuild: (station: string) => `${station}:警格按整网格重划`,
		snap: (from: string, to: string) => `${from} → ${to}:界线贴合到 20 米内的网格界线`,
		splitGrid: (grid: string, one: string, other: string) =>
			`${grid}:沿${one}与${other}的界线分为两个网格`,
		moves: {
			align: (grids: number, moved: string) => `${grids} 个网格整体划入,移动 ${moved} 公顷`,
			rebuild: (grids: number, moved: string) => `${grids} 个网格整体划入,移动 ${moved} 公顷`,
			snap: (grids: number, moved: string) => `${grids} 个网格边上的窄条划入,移动 ${moved} 公顷`,
			split: (_: number, moved: string) => `分出 ${moved} 公顷为新网格`,
		},
		gain: (what: string, split: number, less: string) =>
			`${what};被分割网格减少 ${split} 个,不一致减少 ${less} 公顷`,
		confidence: { sure: "把握大", likely: "较可能", open: "需人工判断" },
		accept: "生成草案",
		making: "正在生成",
		look: "在地图上看",
		moreSuggestions: (n: number) => `还有 ${n} 条建议`,
		download: "下载",
		legend: "警格界线",
		classes: { coincident: "与网格重合", near: "20 米以内", independent: "单独" },
		zoomIn: "放大到村社区一级,可看界线分类",
	},
};

export type Overlap = typeof overlap;
