// Tells whether a quantile differs between two versions, from their histograms.
//
// A bootstrap draws n durations many times and takes the k-th smallest of each draw, k = share * n. The share of the
// durations below it follows Beta(k, n - k + 1), so the distribution of infinitely many draws is known. This integrates
// it on a grid: there are no random numbers, and the tails are exact enough for hundreds of comparisons.
const gridPoints = 161, gridWidth = 10;   // points, and standard deviations to each side
const comparedShare = 0.95;
const fewestSpans = 100;   // of each version, for an operation to be compared

// The grid is even in the logit of the share, where the density of Beta(a, b) is share^a * (1 - share)^b.
function quantileDistribution(counts, share) {
  const n = sum(counts), a = share * n, b = n - a + 1;
  const center = Math.log(a / b), deviation = Math.sqrt(1 / a + 1 / b);
  const shares = Array.from({length: gridPoints}, (_, i) =>
    1 / (1 + Math.exp(-center - deviation * gridWidth * (2 * i / (gridPoints - 1) - 1))));
  const density = shares.map(s => a * Math.log(s) + b * Math.log1p(-s)), peak = Math.max(...density);
  const weights = density.map(d => Math.exp(d - peak)), total = sum(weights);
  return {octaves: octavesAt(counts, shares), weights: weights.map(weight => weight / total)};
}
// The probability that the second quantile is at most `octaves` above the first.
function probabilityUpTo(first, second, octaves) {
  let result = 0, below = 0, next = 0;
  first.octaves.forEach((start, i) => {
    while (next < gridPoints && second.octaves[next] <= start + octaves) below += second.weights[next++];
    result += first.weights[i] * below;
  });
  return result;
}
function differenceAt(first, second, probability) {
  let low = second.octaves[0] - first.octaves[gridPoints - 1], high = second.octaves[gridPoints - 1] - first.octaves[0];
  for (let i = 0; i < 30; ++i) {
    const middle = (low + high) / 2;
    if (probabilityUpTo(first, second, middle) < probability) low = middle; else high = middle;
  }
  return (low + high) / 2;
}
// The ratio of the new quantile to the old one, with its interval at a level such as 0.95. `falls` and
// `rises` are the probabilities of a ratio of at most, and at least, 1.
function compareQuantile(oldCounts, newCounts, share = comparedShare, level = 0.95) {
  const first = quantileDistribution(oldCounts, share), second = quantileDistribution(newCounts, share);
  const tail = (1 - level) / 2, upTo1 = probabilityUpTo(first, second, 0);
  return {
    oldMs: quantileMs(oldCounts, share), newMs: quantileMs(newCounts, share),
    ratio: quantileMs(newCounts, share) / quantileMs(oldCounts, share),
    low: 2 ** differenceAt(first, second, tail), high: 2 ** differenceAt(first, second, 1 - tail),
    falls: upTo1, rises: 1 - upTo1};
}
// Compares operations that both versions have: {name, oldCounts, newCounts}. With many comparisons at 95 %, some would
// differ by chance. So a change is reported only if it is significant at 1 - 5 % / comparisons and is at least
// `leastChange`. Reported changes come first; then the size of the change decides.
function compareOperations(operations, leastChange) {
  const enough = operations.filter(o => sum(o.oldCounts) >= fewestSpans && sum(o.newCounts) >= fewestSpans);
  const tail = 0.025 / enough.length, least = Math.log(1 + leastChange);
  const size = row => Math.abs(Math.log(row.ratio));
  const rows = enough.map(operation => {
    const row = {...operation, ...compareQuantile(operation.oldCounts, operation.newCounts)};
    const isCalled = size(row) >= least && Math.min(row.falls, row.rises) <= tail;
    return {...row, change: !isCalled ? '' : row.ratio > 1 ? 'slower' : 'faster'};
  });
  return rows.sort((a, b) => (b.change !== '') - (a.change !== '') || size(b) - size(a));
}
