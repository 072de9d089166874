/**
 * What runs in the page: draws the chart in the reader's colours, keeps it as wide as the window.
 * Plain JavaScript, as it is written into the page as it stands. `OPTIONS`: the chart by theme.
 */
export const PAGE_SCRIPT = `
const box = document.getElementById('chart');
const options = JSON.parse(document.getElementById('options').textContent);
const dark = matchMedia('(prefers-color-scheme: dark)');
const chart = echarts.init(box, null, { renderer: 'svg' });
const number = new Intl.NumberFormat('en-US', { maximumFractionDigits: 0 });
const money = new Intl.NumberFormat('en-US', { style: 'currency', currency: 'USD' });
const day = new Intl.DateTimeFormat('en-GB', { dateStyle: 'full', timeZone: 'UTC' });
const DAY = 86400000;

function value(panel, n) {
  return n == null ? '–' : panel === 0 ? number.format(n) : money.format(n);
}

function tooltip(option) {
  const { panels, days, incidents } = options;
  return ([{ axisValue }]) => {
    // Where days end before a gap, or at the end of the chart, there is no day that begins.
    const begun = Math.floor(axisValue / DAY);
    const at = begun in days ? begun : begun - 1;
    const rows = panels.map((name, panel) => {
      const [here, mean] = days[at][panel];
      const colour = option.series[2 * panel + 1].lineStyle.color;
      return '<tr><th style="color:' + colour + '">' + name + '</th><td>' + value(panel, here) +
        '</td><td>' + value(panel, mean) + '</td></tr>';
    });
    const marks = incidents
      .filter(({ from, to }) => from * 1000 < (at + 1) * DAY && to * 1000 > at * DAY)
      .map(({ name }) => '<p>' + echarts.format.encodeHTML(name) + '</p>');
    return '<strong>' + day.format(at * DAY) + '</strong><table><tr><td></td><td>day</td>' +
      '<td>7-day mean</td></tr>' + rows.join('') + '</table>' + marks.join('');
  };
}

function draw() {
  const theme = options.theme ?? (dark.matches ? 'dark' : 'light');
  const option = options[theme];
  const { dataZoom, legend } = chart.getOption() ?? {};
  option.tooltip.formatter = tooltip(option);
  option.dataZoom.forEach((zoom, i) => {
    if (dataZoom) Object.assign(zoom, { start: dataZoom[i].start, end: dataZoom[i].end });
  });
  if (legend) option.legend.selected = legend[0].selected;
  chart.setOption(option, true);
  document.documentElement.dataset.theme = theme;
}

draw();
dark.addEventListener('change', draw);
new ResizeObserver(() => chart.resize()).observe(box);
`;
