import { BarChart, ScatterChart, type BarSeriesOption } from 'echarts/charts';
import { GraphicComponent, GridComponent, LegendComponent, TitleComponent, TooltipComponent } from 'echarts/components';
import * as echarts from 'echarts/core';
import { CanvasRenderer, SVGRenderer } from 'echarts/renderers';

echarts.use([BarChart, ScatterChart, GridComponent, LegendComponent, TitleComponent, TooltipComponent, GraphicComponent, CanvasRenderer, SVGRenderer]);

/** What a card draws when it becomes a picture, or a chart on the page: bars of one or several parts. */
export interface Picture {
  kind: 'bars' | 'columns' | 'points';
  labels: string[];
  series: { name: string; color: string; values: (number | null)[] }[];
  /** Written at the end of each bar. */
  notes?: string[];
  unit?: string;
  /** Of points: where along the gene. */
  at?: number[];
  title?: string;
  about?: string[];
}

interface Ink { ink: string; mute: string; line: string; ground: string }

/** Pictures are for paper: always light. */
const paper: Ink = { ink: '#17202b', mute: '#5c6b7c', line: '#dfe5ec', ground: '#ffffff' };
const font = '"Inter Variable", "Noto Sans JP Variable", "Noto Sans CJK JP", "Hiragino Sans", sans-serif';

export function inkOfPage(): Ink {
  const style = getComputedStyle(document.documentElement);
  const of = (name: string) => style.getPropertyValue(name).trim();
  return { ink: of('--ink'), mute: of('--mute'), line: of('--line'), ground: 'transparent' };
}

export function option(picture: Picture, ink: Ink, forPaper: boolean): echarts.EChartsCoreOption {
  const upright = picture.kind !== 'bars';
  const text = { color: ink.mute, fontFamily: font, fontSize: 11 };
  const names = picture.kind === 'points'
    ? { type: 'value' as const, min: 0, axisLabel: text, splitLine: { show: false }, axisLine: { lineStyle: { color: ink.line } } }
    : { type: 'category' as const, data: picture.labels, inverse: !upright, axisTick: { show: false }, axisLine: { lineStyle: { color: ink.line } }, axisLabel: { ...text, color: upright ? ink.mute : ink.ink, width: 190, overflow: 'truncate' as const } };
  const values = { type: 'value' as const, axisLabel: text, splitLine: { lineStyle: { color: ink.line } }, minInterval: picture.unit === '%' ? 0 : 1 };
  const last = picture.series.length - 1;
  const bars = picture.series.map((s, i): BarSeriesOption => ({
    type: 'bar',
    name: s.name,
    stack: picture.kind === 'points' ? undefined : 'all',
    data: picture.kind === 'points' ? (picture.at ?? []).map((x, j) => [x, s.values[j] ?? 0]) as [number, number][] : s.values.map((v) => v ?? 0),
    itemStyle: { color: s.color, borderRadius: picture.series.length === 1 ? 2 : 0 },
    barMaxWidth: picture.kind === 'points' ? 1.5 : 30,
    label: i === last && picture.notes ? { show: true, position: upright ? 'top' : 'right', color: ink.mute, fontFamily: font, fontSize: 11, formatter: (p) => picture.notes?.[p.dataIndex] ?? '' } : undefined,
  }));
  const heads = picture.kind === 'points'
    ? [{ type: 'scatter' as const, symbolSize: 8, itemStyle: { color: picture.series[0]?.color }, data: (picture.at ?? []).map((x, j) => [x, picture.series[0]?.values[j] ?? 0]),
        label: { show: true, position: 'top' as const, color: ink.ink, fontFamily: font, fontSize: 11, formatter: (p: { dataIndex: number }) => picture.notes?.[p.dataIndex] ?? '' }, labelLayout: { hideOverlap: true } }]
    : [];
  return {
    animation: false,
    backgroundColor: ink.ground,
    textStyle: { fontFamily: font },
    title: forPaper ? { text: picture.title, subtext: picture.about?.join(' · '), left: 12, top: 8, textStyle: { color: ink.ink, fontSize: 15, fontFamily: font }, subtextStyle: { color: ink.mute, fontSize: 11, fontFamily: font, width: 800, overflow: 'break' } } : undefined,
    legend: forPaper && picture.series.length > 1 ? { bottom: 0, icon: 'rect', itemWidth: 9, itemHeight: 9, type: 'plain', textStyle: { color: ink.mute, fontSize: 11, fontFamily: font } } : undefined,
    grid: { left: 8, right: picture.notes && !upright ? 110 : 14, top: forPaper ? 74 : 22, bottom: forPaper && picture.series.length > 1 ? 56 : 8, outerBoundsMode: 'same', outerBoundsContain: 'axisLabel' },
    xAxis: upright ? names : { ...values, axisLabel: { ...text, formatter: picture.unit === '%' ? '{value}%' : '{value}' } },
    yAxis: upright ? values : names,
    series: picture.kind === 'points' ? [{ ...bars[0], label: undefined }, ...heads] : bars,
  };
}

const height = (picture: Picture) => (picture.kind === 'bars' ? 130 + picture.labels.length * 24 : 420);

export async function toSvg(picture: Picture): Promise<string> {
  const chart = echarts.init(null, undefined, { renderer: 'svg', ssr: true, width: 860, height: height(picture) });
  chart.setOption(option(picture, paper, true));
  const svg = chart.renderToSVGString();
  chart.dispose();
  return svg;
}

export async function toPng(picture: Picture): Promise<Blob> {
  const place = document.createElement('div');
  const chart = echarts.init(place, undefined, { renderer: 'canvas', width: 860, height: height(picture), devicePixelRatio: 2 });
  chart.setOption(option(picture, paper, true));
  const canvas = chart.renderToCanvas({ pixelRatio: 2, backgroundColor: '#ffffff' });
  const blob = await new Promise<Blob | null>((done) => canvas.toBlob(done, 'image/png'));
  chart.dispose();
  if (!blob) throw new Error('The browser made no picture.');
  return blob;
}

export function show(place: HTMLElement, picture: Picture): () => void {
  const chart = echarts.init(place, undefined, { renderer: 'canvas' });
  chart.setOption(option(picture, inkOfPage(), false));
  const watch = new ResizeObserver(() => chart.resize());
  watch.observe(place);
  return () => {
    watch.disconnect();
    chart.dispose();
  };
}
