"""Bar charts as SVG, by string formatting alone."""

import math
from dataclasses import dataclass
from html import escape

_ROW, _BAR, _LEFT, _WIDTH, _RIGHT, _TOP = 22, 14, 330, 460, 130, 54
_COLOURS = ("#2f6f9f", "#c46b2d", "#5a8f4e", "#8a5a9e")


@dataclass
class Bar:
    """`least` and `most` are its spread over the repetitions, drawn as a line with ends."""

    label: str
    value: float
    series: str = ""
    least: float = None
    most: float = None


def _text(value):
    return f"{value:,.0f}" if value >= 100 else f"{value:.3g}"


def _scale(bars, is_log):
    most = max(bar.most or bar.value for bar in bars)
    if not is_log:
        return lambda value: _WIDTH * value / most
    least = min(bar.least or bar.value for bar in bars if bar.value > 0) / 2
    return lambda value: _WIDTH * math.log(max(value, least) / least) / math.log(most / least)


def _legend(series):
    at, parts = _LEFT, []
    for name, colour in series.items():
        if name:
            parts.append(f'<rect x="{at}" y="32" width="10" height="10" fill="{colour}"/>'
                         f'<text x="{at + 15}" y="41">{escape(name)}</text>')
            at += 40 + 7 * len(name)
    return parts


def _spread(bar, top, scale):
    if bar.least is None or bar.most is None:
        return ""
    left, right, middle = _LEFT + scale(bar.least), _LEFT + scale(bar.most), top + _BAR / 2
    ends = "".join(f"M{at:.1f} {middle - 4}V{middle + 4}" for at in (left, right))
    return f'<path d="M{left:.1f} {middle}H{right:.1f}{ends}" stroke="#222" fill="none"/>'


def bar_chart(title, bars, unit, line=None, is_log=False):
    """One bar a row; `line` is (value, label), drawn across all of them."""
    scale = _scale(bars, is_log)
    series = {}
    for bar in bars:
        series.setdefault(bar.series, _COLOURS[len(series) % len(_COLOURS)])
    height = _TOP + _ROW * len(bars) + 24
    parts = [f'<svg xmlns="http://www.w3.org/2000/svg" width="{_LEFT + _WIDTH + _RIGHT}" height="{height}" '
             'font-family="sans-serif" font-size="12"><rect width="100%" height="100%" fill="white"/>',
             f'<text x="12" y="22" font-size="15">{escape(title)}{" (logarithmic)" if is_log else ""}</text>',
             *_legend(series)]
    for row, bar in enumerate(bars):
        top = _TOP + row * _ROW
        width = max(1.0, scale(bar.value))
        text_at = max(width, scale(bar.most) if bar.most else 0)
        parts.append(f'<text x="{_LEFT - 8}" y="{top + 12}" text-anchor="end">{escape(bar.label)}</text>'
                     f'<rect x="{_LEFT}" y="{top}" width="{width:.1f}" height="{_BAR}" fill="{series[bar.series]}"/>'
                     f'{_spread(bar, top, scale)}'
                     f'<text x="{_LEFT + text_at + 6:.1f}" y="{top + 12}">{_text(bar.value)} {escape(unit)}</text>')
    if line:
        at = _LEFT + scale(line[0])
        parts.append(f'<line x1="{at:.1f}" x2="{at:.1f}" y1="{_TOP - 6}" y2="{height - 20}" stroke="#b22" '
                     f'stroke-dasharray="4 3"/><text x="{at + 4:.1f}" y="{height - 8}" fill="#b22">'
                     f'{escape(line[1])}</text>')
    return "\n".join([*parts, "</svg>\n"])
