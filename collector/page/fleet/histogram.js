// Durations as the collector counts them: four buckets to an octave. Bucket 0 is below 1 µs, bucket n begins at
// 2^((n-1)/4) µs. The last count is that of the last bucket that is not empty.
const bucketsPerOctave = 4;
const octavesBefore = bucket => (bucket - 1) / bucketsPerOctave;   // above 1 µs
const milliseconds = octaves => 2 ** octaves / 1000;
// Durations are whole nanoseconds, so a bucket begins with the first one at or above its bound.
const firstNano = bucket => bucket === 0 ? 0 : Math.ceil(milliseconds(octavesBefore(bucket)) * 1e6);
const sum = numbers => numbers.reduce((total, number) => total + number, 0);

// The durations below which the given shares of all durations lie, in octaves above 1 µs. Shares are in ascending
// order.
function octavesAt(counts, shares) {
  const total = sum(counts);
  let bucket = 0, before = 0;
  return shares.map(share => {
    while (bucket < counts.length - 1 && before + counts[bucket] < share * total) before += counts[bucket++];
    const part = counts[bucket] > 0 ? (share * total - before) / counts[bucket] : 0;
    return octavesBefore(bucket) + Math.min(1, Math.max(0, part)) / bucketsPerOctave;
  });
}
const quantileMs = (counts, share) => milliseconds(octavesAt(counts, [share])[0]);
