"""Two runs side by side. A change counts where the two have no value in common."""

from figures import all_figures, number


def _figures(run, earlier):
    yield "| figure | earlier | now |"
    yield "|---|---|---|"
    for figure in all_figures():
        values = [figure.measure(one) for one in (earlier, run)]
        texts = [number(value[0]) + figure.unit if value else "absent" for value in values]
        yield f"| {figure.what} | {texts[0]} | {texts[1]} |"


def _benchmarks(run, earlier):
    yield "| benchmark | earlier, ns | now, ns | change | beyond noise |"
    yield "|---|---|---|---|---|"
    for file, benchmarks in run.files.items():
        for name, found in sorted(benchmarks.items()):
            before = earlier.find(file, name)
            if not before or not before.time.median:
                continue
            change = found.time.median / before.time.median - 1
            is_apart = found.time.least > before.time.most or found.time.most < before.time.least
            yield (f"| `{name}` | {number(before.time.median)} | {number(found.time.median)} | {change:+.1%} | "
                   f"{'yes' if is_apart else ''} |")


def comparison(run, earlier):
    for one in (earlier, run):
        context = next(iter(one.context.values()))
        yield f"- {context['date']}: {context['processor']}, {context['compiler']}, `{context['flags'].strip()}`"
    yield ""
    yield from _figures(run, earlier)
    yield ""
    yield from _benchmarks(run, earlier)
