// Reads JSON lines of several rounds; prints one JSON line for each median, and then the ratios that are aimed at.
import { readFileSync } from "node:fs";

const OURS = "jobs-embedded-postgres";
const CLUSTER = "jobs-cluster1-postgres";
const AIMS = [
  { measure: "cycle", peer: "graphile-worker", atLeast: 2.0 },
  { measure: "drain", peer: "graphile-worker", atLeast: 1.5 },
  { measure: "enqueue_batch", peer: "graphile-worker", atLeast: 1.5 },
  { measure: "enqueue_single", peer: "graphile-worker", atLeast: 10 },
  { measure: "latency_p50", peer: "bullmq", atMost: 1.5 },
  { of: CLUSTER, measure: "cycle", peer: OURS, atLeast: 0.8 },
  { of: CLUSTER, measure: "cycle", peer: "graphile-worker", atLeast: 1.5 },
];

const lines = readFileSync(0, "utf8").split("\n").filter((line) => line.startsWith("{")).map((line) => JSON.parse(line));
const rounds = new Map();
for (const { system, measure, value, unit } of lines) {
  const key = `${system} ${measure}`;
  if (!rounds.has(key)) rounds.set(key, { system, measure, unit, values: [] });
  rounds.get(key).values.push(value);
}

const median = (values) => {
  const sorted = [...values].sort((a, b) => a - b), middle = sorted.length >> 1;
  return sorted.length % 2 ? sorted[middle] : (sorted[middle - 1] + sorted[middle]) / 2;
};
const medians = new Map();
for (const [key, { system, measure, unit, values }] of rounds) {
  const value = Math.round(median(values) * 100) / 100;
  medians.set(key, value);
  console.log(JSON.stringify({ system, measure, value, unit }));
}

const systems = [...new Set(lines.map((line) => line.system))].sort();
const measures = [...new Set(lines.map((line) => line.measure))];
const peers = systems.filter((system) => system !== OURS && system !== CLUSTER);
const show = (value) => (value === undefined ? "-" : value >= 100 ? Math.round(value).toString() : value.toFixed(2));
const ratio = (measure, peer, of = OURS) => medians.get(`${of} ${measure}`) / medians.get(`${peer} ${measure}`);
const print = (cells) => console.log(cells.map((cell, i) => (i ? cell.padStart(22) : cell.padEnd(16))).join(" "));

console.log();
print(["median", ...systems]);
for (const measure of measures) print([measure, ...systems.map((system) => show(medians.get(`${system} ${measure}`)))]);
if (!systems.includes(OURS) || peers.length === 0) process.exit(0);

console.log();
print(["ours : theirs", ...peers]);
for (const measure of measures) print([measure, ...peers.map((peer) => { const r = ratio(measure, peer); return Number.isFinite(r) ? r.toFixed(2) : "-"; })]);

console.log();
print(["aim", "of", "relative to", "wanted", "measured", ""]);
for (const { of = OURS, measure, peer, atLeast, atMost } of AIMS) {
  const r = ratio(measure, peer, of);
  if (!Number.isFinite(r)) continue;
  const met = atLeast === undefined ? r <= atMost : r >= atLeast;
  print([measure, of, peer, atLeast === undefined ? `at most ${atMost}` : `at least ${atLeast}`, r.toFixed(2), met ? "met" : "MISSED"]);
}
